package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * An answer came and is kept.
 *
 * @param asked      the question
 * @param reason     why Rentcast was asked, as in {@link CacheMiss}
 * @param status     the answer's status
 * @param bytes      the size of its body
 * @param freshUntil when it becomes stale
 * @param costMicros what it cost, in micro-dollars
 */
public record CacheStored(
        AskedQuestion asked, String reason, int status, long bytes, Instant freshUntil, long costMicros)
        implements Event {
    @Override
    public String address() {
        return Addresses.CACHE_STORED;
    }

    @Override
    public void addTo(JsonObject json) {
        asked.addTo(json);
        json.put("reason", reason)
                .put("status", status)
                .put("bytes", bytes)
                .put("freshUntil", freshUntil.toString())
                .put("costMicros", costMicros);
    }
}

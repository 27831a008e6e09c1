package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * An answer that was kept is fresh again.
 *
 * @param asked      the question
 * @param confirmed  whether Rentcast confirmed what was kept; otherwise it sent a new answer
 * @param background whether nobody waited for it
 * @param freshUntil when it becomes stale
 * @param costMicros what it cost, in micro-dollars
 */
public record CacheRefreshed(
        AskedQuestion asked, boolean confirmed, boolean background, Instant freshUntil, long costMicros)
        implements Event {
    @Override
    public String address() {
        return Addresses.CACHE_REFRESHED;
    }

    @Override
    public void addTo(JsonObject json) {
        asked.addTo(json);
        json.put("reason", confirmed ? "confirmed" : "fetched")
                .put("background", background)
                .put("freshUntil", freshUntil.toString())
                .put("costMicros", costMicros);
    }
}

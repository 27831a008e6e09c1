package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * Stale answers to a question were given. Each event loop says so at most once a second of each question.
 *
 * @param asked      the question; the key is that of the last who was given one
 * @param reason     {@code stale-while-revalidate}, or {@code upstream-failed}
 * @param staleSince since when the answer is stale
 * @param count      how many were given since it was said last, at least 1
 */
public record CacheServedStale(AskedQuestion asked, String reason, Instant staleSince, int count) implements Event {
    @Override
    public String address() {
        return Addresses.CACHE_SERVED_STALE;
    }

    @Override
    public void addTo(JsonObject json) {
        asked.addTo(json);
        json.put("reason", reason).put("staleSince", staleSince.toString()).put("count", count);
    }
}

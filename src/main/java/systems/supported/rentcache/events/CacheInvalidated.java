package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * Answers are invalid, and the node that says so gives them no longer. Every node says it.
 *
 * @param seq   the invalidation's number, by which it can be undone
 * @param scope what it covers, in the words of {@code Invalidation.scope()}
 * @param since from when on
 */
public record CacheInvalidated(long seq, String scope, Instant since) implements Event {
    @Override
    public String address() {
        return Addresses.CACHE_INVALIDATED;
    }

    @Override
    public void addTo(JsonObject json) {
        json.put("seq", seq).put("scope", scope).put("at", since.toString());
    }
}

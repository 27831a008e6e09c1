package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Catalog;

/** What a body asks to be invalidated: the contract's {@code Invalidation}. Pure. */
final class InvalidationRequest {
    private InvalidationRequest() {
    }

    /**
     * Reads it.
     *
     * @param now the time from which ages count
     * @throws RefusedCall when it is not clear what is meant
     */
    static Invalidation of(JsonObject body, Catalog catalog, Instant now) {
        boolean all = body.getBoolean("all", false);
        String endpoint = body.getString("endpoint");
        String age = body.getString("olderThan");
        String key = body.getString("key");
        List<String> tags = body.containsKey("tags")
                ? body.getJsonArray("tags").stream().map(String.class::cast).toList() : List.of();
        long chosen = Stream.of(all, age != null, key != null, !tags.isEmpty()).filter(given -> given).count();
        if (chosen > 1 || endpoint != null && (all || key != null)) {
            throw RefusedCall.malformed("Of 'all', 'key', 'tags' and 'olderThan' one can be given; 'endpoint' narrows "
                    + "'tags' and 'olderThan', or stands alone.");
        }
        if (chosen == 0 && endpoint == null) {
            throw RefusedCall.malformed("What is to be invalidated is missing: 'all': true, or one of 'endpoint', "
                    + "'olderThan', 'tags' and 'key'.");
        }
        if (endpoint != null) {
            KeyRequest.requireEndpoint("endpoint", endpoint, catalog);
        }
        if (key != null) {
            return new Invalidation.OfKey(CacheKey.parse(key));
        }
        if (age != null) {
            return new Invalidation.FetchedBefore(endpoint, before(age, now));
        }
        if (!tags.isEmpty()) {
            tags.forEach(InvalidationRequest::requireTag);
            return new Invalidation.OfTags(endpoint, tags);
        }
        return endpoint == null ? new Invalidation.All() : new Invalidation.OfEndpoint(endpoint);
    }

    private static Instant before(String age, Instant now) {
        try {
            return now.minus(TimeSpan.parse(age).duration());
        } catch (IllegalArgumentException wrong) {
            throw RefusedCall.invalid("olderThan", age, TimeSpan.ALLOWED);
        }
    }

    /**
     * Lets tags through.
     *
     * @throws RefusedCall for what is none
     */
    static void requireTag(String tag) {
        if (tag.indexOf(':') < 1) {
            throw RefusedCall.invalid("tags", tag, "NAME:VALUE, such as zipCode:78244");
        }
    }
}

package systems.supported.rentcache.cache;

import java.time.Instant;
import systems.supported.rentcache.catalog.CacheKey;

/** What an invalidation covers. */
public sealed interface Invalidation {
    /** Everything. */
    record All() implements Invalidation {
    }

    /**
     * All answers of an endpoint.
     *
     * @param name the catalog's name of it
     */
    record OfEndpoint(String name) implements Invalidation {
    }

    /**
     * One answer.
     *
     * @param key its key
     */
    record OfKey(CacheKey key) implements Invalidation {
    }

    /**
     * Answers fetched before a moment.
     *
     * @param endpoint the catalog's name of an endpoint, or null for all
     * @param moment   the moment
     */
    record FetchedBefore(String endpoint, Instant moment) implements Invalidation {
    }

    /** The text by which other processes learn of it; {@link #parse} reads it. */
    default String scope() {
        if (this instanceof OfEndpoint endpoint) {
            return "endpoint:" + endpoint.name();
        }
        if (this instanceof OfKey one) {
            return "key:" + one.key().hex();
        }
        if (this instanceof FetchedBefore before) {
            return "before:" + before.moment().toEpochMilli() + ":" + (before.endpoint() == null ? "" : before.endpoint());
        }
        return "all";
    }

    /**
     * Reads a {@link #scope}.
     *
     * @throws IllegalArgumentException when the text is no scope
     */
    static Invalidation parse(String scope) {
        if (scope.equals("all")) {
            return new All();
        }
        String[] parts = scope.split(":", 3);
        return switch (parts[0]) {
            case "endpoint" -> new OfEndpoint(parts[1]);
            case "key" -> new OfKey(CacheKey.parse(parts[1]));
            case "before" -> new FetchedBefore(
                    parts[2].isEmpty() ? null : parts[2], Instant.ofEpochMilli(Long.parseLong(parts[1])));
            default -> throw new IllegalArgumentException("no scope of an invalidation: " + scope);
        };
    }

    /** Whether an entry is covered. */
    default boolean covers(Entry entry) {
        if (this instanceof OfEndpoint of) {
            return entry.endpoint().equals(of.name());
        }
        if (this instanceof OfKey one) {
            return entry.key().equals(one.key());
        }
        if (this instanceof FetchedBefore before) {
            return (before.endpoint() == null || entry.endpoint().equals(before.endpoint()))
                    && entry.fetchedAt().isBefore(before.moment());
        }
        return true;
    }
}

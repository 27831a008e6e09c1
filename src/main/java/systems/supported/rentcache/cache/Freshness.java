package systems.supported.rentcache.cache;

import java.time.Duration;
import java.time.Instant;

/**
 * Freshness and age, in the terms of RFC 9111 §4.2. Pure functions; the clock may run backwards, an age is never
 * negative.
 */
public final class Freshness {
    private Freshness() {
    }

    /** The time since the answer was generated or confirmed at its origin (RFC 9111 §4.2.3). */
    public static Duration currentAge(Entry entry, Instant now) {
        Duration resident = Duration.between(entry.fetchedAt(), now);
        return resident.isNegative() ? entry.initialAge() : entry.initialAge().plus(resident);
    }

    /** Whether the entry's freshness lifetime is not over yet. */
    public static boolean isFresh(Entry entry, Instant now) {
        return now.isBefore(entry.expiresAt());
    }

    /** How long the entry stays fresh; negative when it is stale, by how long. */
    public static Duration freshFor(Entry entry, Instant now) {
        return Duration.between(now, entry.expiresAt());
    }

    /**
     * How long an answer is fresh: a kept 404 or empty list shorter than an answer that holds something.
     *
     * @param negative    whether the answer says that there is nothing
     * @param ttl         the freshness lifetime of the endpoint, or what the request asks for in its place
     * @param negativeTtl the most for an answer that says that there is nothing
     */
    public static Duration lifetime(boolean negative, Duration ttl, Duration negativeTtl) {
        return negative && negativeTtl.compareTo(ttl) < 0 ? negativeTtl : ttl;
    }
}

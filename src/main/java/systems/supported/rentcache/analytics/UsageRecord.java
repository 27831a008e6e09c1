package systems.supported.rentcache.analytics;

import systems.supported.rentcache.catalog.CacheKey;

/**
 * One answer that was given.
 *
 * @param millis      when, in milliseconds since 1970-01-01T00:00Z
 * @param keyId       whose key asked
 * @param endpoint    the catalog's name of the endpoint
 * @param method      the request's method
 * @param status      the answer's status
 * @param micros      how long it took, in microseconds
 * @param result      how the cache took part
 * @param costMicros  what it cost, in micro-dollars
 * @param savedMicros what it would have cost without the cache, less what it cost
 * @param key         the question's key, or null where the request asked none
 * @param client      who asked, for those records that are kept one by one; null for the others
 */
public record UsageRecord(
        long millis,
        long keyId,
        String endpoint,
        String method,
        int status,
        int micros,
        CacheResult result,
        long costMicros,
        long savedMicros,
        CacheKey key,
        Client client) {

    /**
     * Who asked.
     *
     * @param userAgent the request's {@code User-Agent}, or null
     * @param address   the peer's address, anonymised where that is configured, or null
     */
    public record Client(String userAgent, String address) {
    }
}

package systems.supported.rentcache.analytics;

import systems.supported.rentcache.catalog.CacheKey;

/**
 * One answer that was given.
 *
 * @param millis        when, in milliseconds since 1970-01-01T00:00Z
 * @param keyId         whose key asked
 * @param endpoint      the catalog's name of the endpoint
 * @param method        the request's method
 * @param status        the answer's status
 * @param micros        how long it took, in microseconds
 * @param result        how the cache took part
 * @param tier          where a kept answer was found, or null
 * @param reason        why it was refused, or null where it was not
 * @param costMicros    what it cost, in micro-dollars
 * @param savedMicros   what it would have cost without the cache, less what it cost
 * @param paidCalls     how many calls that Rentcast bills were made for it
 * @param uncachedCalls how many calls that Rentcast bills it would have taken without the cache
 * @param key           the question's key, or null where the request asked none
 * @param detail        what is kept of those records that are kept one by one; null for the others
 */
public record UsageRecord(
        long millis,
        long keyId,
        String endpoint,
        String method,
        int status,
        int micros,
        CacheResult result,
        String tier,
        String reason,
        long costMicros,
        long savedMicros,
        int paidCalls,
        int uncachedCalls,
        CacheKey key,
        Detail detail) {

    /**
     * What is known only of a record that is kept for itself.
     *
     * @param userAgent the request's {@code User-Agent}, or null
     * @param address   the peer's address, anonymised where that is configured, or null
     * @param weight    how many answers with this result it stands for, itself included
     */
    public record Detail(String userAgent, String address, long weight) {
    }

    /** The same, kept for itself or with another weight. */
    UsageRecord with(Detail other) {
        return new UsageRecord(
                millis, keyId, endpoint, method, status, micros, result, tier, reason, costMicros, savedMicros,
                paidCalls, uncachedCalls, key, other);
    }

    /** The same, standing for more answers. */
    UsageRecord heavier(long more) {
        return more == 0 ? this : with(new Detail(detail.userAgent(), detail.address(), detail.weight() + more));
    }
}

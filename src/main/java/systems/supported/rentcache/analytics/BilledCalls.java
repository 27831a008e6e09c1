package systems.supported.rentcache.analytics;

import java.time.Instant;

/**
 * Billed calls that have a time, a key and an endpoint in common.
 *
 * @param at       when: a moment from which on they were made, in the same day and on the same side of every bound that
 *                 a report is to tell apart
 * @param keyId    whose key asked; 0 for what RentCache did by itself, and for keys that live in memory only
 * @param endpoint the catalog's name of the endpoint
 * @param paid     calls that were billed, or may have been: their answers were lost
 * @param uncached calls that would have been billed had each answer been fetched for itself
 */
public record BilledCalls(Instant at, long keyId, String endpoint, long paid, long uncached) {
    /** Checks the ranges. */
    public BilledCalls {
        if (paid < 0 || uncached < 0) {
            throw new IllegalArgumentException("calls are not negative");
        }
    }
}

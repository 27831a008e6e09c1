package systems.supported.rentcache.catalog;

import java.time.Duration;
import systems.supported.rentcache.limits.Rate;

/**
 * One endpoint of the upstream: a group of paths with limits, lifetime and cost in common.
 *
 * @param name                its name in settings, metrics, events and the store
 * @param ordinal             its place in the catalog, from 0: an index for what is kept of each endpoint
 * @param cacheable           whether answers may be kept and shared at all
 * @param ttl                 the freshness lifetime of an answer; zero where it is used once
 * @param stale               how long an answer may be given after that
 * @param limit               how many requests one key may make
 * @param estimatedCostMicros a weight for {@code X-Estimated-Cost}, in micro-dollars; no part of the accounts
 */
public record Endpoint(
        String name,
        int ordinal,
        boolean cacheable,
        Duration ttl,
        StaleWindows stale,
        Rate limit,
        long estimatedCostMicros) {
}

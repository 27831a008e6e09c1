/**
 * Rate limits and quotas: token bucket, sliding window, calendar quotas.
 *
 * <p>The algorithms are pure functions of state, time and cost; what holds their state for the keys of this process is
 * beside them.
 */
package systems.supported.rentcache.limits;

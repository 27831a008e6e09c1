/**
 * Rate limits, quotas and budgets: token bucket, sliding window, calendar quotas, billing months and plans.
 *
 * <p>The algorithms are pure functions of state, time and cost; what holds their state for the keys of this process is
 * beside them.
 */
package systems.supported.rentcache.limits;

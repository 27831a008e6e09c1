package systems.supported.rentcache.coordination;

import systems.supported.rentcache.limits.KeyLimits;
import systems.supported.rentcache.limits.LeasedLimits;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Quota;

/**
 * A request as far as limits go.
 *
 * @param keyId    its key's id
 * @param limits   what this node knows of the key's limits, which it shares with others
 * @param policy   the key's limits
 * @param endpoint the endpoint's ordinal
 * @param period   the calendar's day and month at {@code millis}
 * @param millis   when it came in, milliseconds since 1970-01-01T00:00Z by the node's clock
 */
public record LimitRequest(
        long keyId, KeyLimits limits, LimitPolicy policy, int endpoint, Quota.Period period, long millis) {

    LeasedLimits leased() {
        return limits.leased();
    }

    /** Whether no rate limits it. */
    boolean isUnlimited() {
        return policy.global().isUnlimited() && policy.endpoints().get(endpoint).isUnlimited();
    }
}

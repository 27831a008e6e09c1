package systems.supported.rentcache.auth;

import systems.supported.rentcache.limits.KeyLimits;
import systems.supported.rentcache.limits.LimitPolicy;

/**
 * A known key with all that its requests need: made once when the key is first seen, shared by all its requests until
 * the key changes.
 *
 * @param key       the key
 * @param presented the digest by which it was presented: the present value's or the one before
 * @param policy    its limits
 * @param limits    what it used of them in this process
 */
public record Caller(ApiKey key, KeyHash presented, LimitPolicy policy, KeyLimits limits) {
}

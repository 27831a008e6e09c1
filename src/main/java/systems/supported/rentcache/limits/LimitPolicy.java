package systems.supported.rentcache.limits;

import java.util.List;

/**
 * The limits that hold for one key.
 *
 * @param global       requests to all endpoints together
 * @param endpoints    the bucket of each endpoint, by the endpoint's ordinal in the catalog
 * @param dailyLimit   requests a calendar day, or {@link Quota#UNLIMITED}
 * @param monthlyLimit requests a calendar month, or {@link Quota#UNLIMITED}
 */
public record LimitPolicy(SlidingWindow global, List<TokenBucket> endpoints, long dailyLimit, long monthlyLimit) {
    /** Whether quotas need counting. */
    public boolean hasQuota() {
        return dailyLimit != Quota.UNLIMITED || monthlyLimit != Quota.UNLIMITED;
    }
}

package systems.supported.rentcache.auth;

import java.util.List;
import java.util.Map;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.limits.SlidingWindow;
import systems.supported.rentcache.limits.TokenBucket;

/** Makes the limits of a key from the configured ones and its own. What keys have in common they share. Immutable. */
public final class LimitPolicies {
    private final Catalog catalog;
    private final boolean enabled;
    private final SlidingWindow global;
    private final List<TokenBucket> endpoints;
    /** The limits of a key that has none of its own: one for all of them. */
    private final LimitPolicy common;

    /**
     * Limits as they are configured.
     *
     * @param catalog the endpoints with their configured rates
     * @param global  the configured rate over all endpoints
     * @param enabled whether rates hold at all; quotas always do
     */
    public LimitPolicies(Catalog catalog, Rate global, boolean enabled) {
        this.catalog = catalog;
        this.enabled = enabled;
        this.global = SlidingWindow.of(effective(global));
        this.endpoints = catalog.endpoints().stream().map(endpoint -> bucket(endpoint.limit())).toList();
        this.common = new LimitPolicy(this.global, endpoints, Quota.UNLIMITED, Quota.UNLIMITED);
    }

    /** The limits of a key. */
    public LimitPolicy of(ApiKey key) {
        LimitPolicy policy = new LimitPolicy(
                key.rate().map(rate -> SlidingWindow.of(effective(rate))).orElse(global),
                key.endpointRates().isEmpty() ? endpoints : buckets(key.endpointRates()),
                key.dailyLimit(), key.monthlyLimit());
        return policy.equals(common) ? common : policy;
    }

    private List<TokenBucket> buckets(Map<String, Rate> own) {
        return catalog.endpoints().stream()
                .map(endpoint -> own.containsKey(endpoint.name())
                        ? bucket(own.get(endpoint.name())) : endpoints.get(endpoint.ordinal()))
                .toList();
    }

    private TokenBucket bucket(Rate rate) {
        return TokenBucket.of(effective(rate));
    }

    private Rate effective(Rate rate) {
        return enabled ? rate : Rate.UNLIMITED;
    }
}

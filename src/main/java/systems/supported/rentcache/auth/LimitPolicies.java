package systems.supported.rentcache.auth;

import java.util.List;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.limits.SlidingWindow;
import systems.supported.rentcache.limits.TokenBucket;

/**
 * Makes the limits of a key from the configured ones and its own.
 *
 * @param catalog the endpoints with their configured rates
 * @param global  the configured rate over all endpoints
 * @param enabled whether rates hold at all; quotas always do
 */
public record LimitPolicies(Catalog catalog, Rate global, boolean enabled) {

    /** The limits of a key. */
    public LimitPolicy of(ApiKey key) {
        List<TokenBucket> buckets = catalog.endpoints().stream()
                .map(endpoint -> key.endpointRates().getOrDefault(endpoint.name(), endpoint.limit()))
                .map(rate -> TokenBucket.of(enabled ? rate : Rate.UNLIMITED))
                .toList();
        Rate rate = enabled ? key.rate().orElse(global) : Rate.UNLIMITED;
        return new LimitPolicy(SlidingWindow.of(rate), buckets, key.dailyLimit(), key.monthlyLimit());
    }
}

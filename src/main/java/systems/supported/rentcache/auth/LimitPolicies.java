package systems.supported.rentcache.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.limits.SlidingWindow;
import systems.supported.rentcache.limits.TokenBucket;

/** Makes the limits of a key from the configured ones and its own. What keys have in common they share. Thread-safe. */
public final class LimitPolicies {
    private final Catalog catalog;
    private final boolean enabled;
    private final SlidingWindow global;
    private final List<TokenBucket> endpoints;
    /** Those that some key has. Keys by the thousand have the same: what is there once is in the processor's caches. */
    private final Cache<Terms, LimitPolicy> policies = Caffeine.newBuilder().weakValues().executor(Runnable::run).build();

    /** What makes a key's limits. */
    private record Terms(Optional<Rate> rate, Map<String, Rate> endpointRates, long dailyLimit, long monthlyLimit) {
    }

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
    }

    /** The limits of a key. */
    public LimitPolicy of(ApiKey key) {
        return policies.get(
                new Terms(key.rate(), key.endpointRates(), key.dailyLimit(), key.monthlyLimit()), this::policy);
    }

    private LimitPolicy policy(Terms terms) {
        return new LimitPolicy(
                terms.rate.map(rate -> SlidingWindow.of(effective(rate))).orElse(global),
                terms.endpointRates.isEmpty() ? endpoints : buckets(terms.endpointRates),
                terms.dailyLimit, terms.monthlyLimit);
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

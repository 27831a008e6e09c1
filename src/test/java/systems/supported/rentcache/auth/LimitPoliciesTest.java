package systems.supported.rentcache.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

class LimitPoliciesTest {
    private static ApiKey key(long id, Optional<Rate> rate, Map<String, Rate> endpointRates, long dailyLimit) {
        return new ApiKey(id, "key-" + id, KeyHash.of("value-" + id), "…", Optional.empty(), true,
                EnumSet.allOf(Permission.class), dailyLimit, Quota.UNLIMITED, rate, endpointRates, Quota.Usage.NONE,
                Instant.EPOCH, null, null);
    }

    @Test
    void keysWithTheSameTermsHaveTheirLimitsInCommon() throws SettingsException {
        LimitPolicies policies = new LimitPolicies(
                CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.UNLIMITED, true), Rate.parse("1000/hour"), true);
        LimitPolicy none = policies.of(key(1, Optional.empty(), Map.of(), Quota.UNLIMITED));
        LimitPolicy own = policies.of(key(2, Optional.of(Rate.parse("5/second")),
                Map.of("properties", Rate.parse("3/minute")), Quota.UNLIMITED));
        LimitPolicy quota = policies.of(key(3, Optional.empty(), Map.of(), 10));

        assertThat(policies.of(key(4, Optional.empty(), Map.of(), Quota.UNLIMITED))).isSameAs(none);
        assertThat(policies.of(key(5, Optional.of(Rate.parse("5/second")),
                Map.of("properties", Rate.parse("3/minute")), Quota.UNLIMITED))).isSameAs(own);
        assertThat(policies.of(key(6, Optional.empty(), Map.of(), 11)).dailyLimit()).isEqualTo(11);
        assertThat(quota.dailyLimit()).isEqualTo(10);
        assertThat(own.global().rate()).isEqualTo(Rate.parse("5/second"));
        assertThat(none.global().rate()).isEqualTo(Rate.parse("1000/hour"));
    }
}

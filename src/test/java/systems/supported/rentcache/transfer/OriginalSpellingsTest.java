package systems.supported.rentcache.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times and endpoints as the original spells them. */
class OriginalSpellingsTest {
    @ParameterizedTest
    @CsvSource({
        "2026-08-01 12:13:14,            2026-08-01T12:13:14Z",
        "2026-08-01T12:13:14,            2026-08-01T12:13:14Z",
        "2026-08-01T12:13:14Z,           2026-08-01T12:13:14Z",
        "2026-08-01 12:13:14.123456,     2026-08-01T12:13:14.123Z",
        "2026-08-01T12:13:14.5+02:00,    2026-08-01T10:13:14.5Z",
        "2026-08-01 12:13:14 -0530,      2026-08-01T17:43:14Z",
        "2026-08-01 12:13:14+00,         2026-08-01T12:13:14Z",
        "2026-08-01 12:13,               2026-08-01T12:13:00Z",
        "2026-08-01,                     2026-08-01T00:00:00Z",
        "1785586394,                     2026-08-01T12:13:14Z",
        "1785586394.5,                   2026-08-01T12:13:14.5Z",
        "1785586394123,                  2026-08-01T12:13:14.123Z"})
    void momentsAreRead(String spelled, Instant moment) {
        assertThat(OriginalMoments.millis(spelled)).isEqualTo(moment.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "never", "2026-13-01", "2026-02-30", "2026-08-01 25:00:00", "-5", "2026-08-01T", "1e9"})
    void whatIsNoMomentIsNone(String spelled) {
        assertThat(OriginalMoments.millis(spelled)).isNull();
    }

    @Test
    void nothingIsNoMoment() {
        assertThat(OriginalMoments.millis(null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/properties, properties", "properties/123-Main, properties", "/properties/random, properties_random",
        "estimates/value, value_estimate", "/api/v1/estimates/value/bulk, value_estimate", "/v1/avm/value, value_estimate",
        "value_estimate, value_estimate", "estimates/rent, rent_estimate", "/v1/avm/rent/long-term, rent_estimate",
        "listings/sale, listings_sale", "listings_sale, listings_sale", "listings/abc, listings_sale",
        "listings/rental, listings_rental", "listings_rental, listings_rental", "markets/stats, market_stats",
        "markets, market_stats", "market_stats, market_stats", "comparables?x=1, comparables"})
    void endpointsAreKnown(String original, String name) {
        assertThat(OriginalEndpoints.name(original)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/health", "/admin/api-keys", "propertiesx"})
    void otherPathsAreNoEndpoints(String original) {
        assertThat(OriginalEndpoints.name(original)).isNull();
    }
}

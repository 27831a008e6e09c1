package systems.supported.rentcache.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.Rate;

/** What is said of limits, and by what requests are named, is written digit by digit: it has to be the numbers. */
class RateLimitHeadersTest {
    private final List<Endpoint> endpoints;

    RateLimitHeadersTest() throws SettingsException {
        endpoints = CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.UNLIMITED, true).endpoints();
    }

    @Property
    void whatIsLeftIsWhatTheAdmissionSays(
            @ForAll @Size(min = 1, max = 5) List<@LongRange(min = 0, max = Long.MAX_VALUE - 1) Long> numbers, @ForAll @LongRange(min = 0) long reset) {
        RateLimitHeaders headers = new RateLimitHeaders();
        for (int i = 0; i < numbers.size(); i++) {
            Endpoint endpoint = endpoints.get(i % endpoints.size());
            long remaining = numbers.get(i);
            assertThat(headers.left(admission(remaining, reset, 0, 1), endpoint).toString()).isEqualTo(
                    said("global", remaining, reset) + ", " + said(endpoint.name(), 0, 1));
            assertThat(headers.left(admission(Long.MAX_VALUE, 0, remaining, reset), endpoint).toString())
                    .isEqualTo(said(endpoint.name(), remaining, reset));
        }
    }

    @Test
    void whatLimitsNothingIsLeftOut() {
        CharSequence left = new RateLimitHeaders().left(admission(Long.MAX_VALUE, 0, Long.MAX_VALUE, 0), endpoints.get(0));

        assertThat(left).isEmpty();
    }

    private static String said(String name, long remaining, long reset) {
        return "\"" + name + "\";r=" + remaining + ";t=" + reset;
    }

    private static Admission admission(long global, long globalReset, long endpoint, long endpointReset) {
        return new Admission(null, 0, global, globalReset, endpoint, endpointReset);
    }

    @Test
    void eachRequestHasAnotherName() {
        RequestIds ids = new RequestIds();
        String first = ids.of(null).toString();
        assertThat(first).matches("[0-9a-f]{8}-0");
        String prefix = first.substring(0, 9);
        for (int i = 1; i < 70_000; i++) {
            assertThat(ids.of(i % 2 == 0 ? null : "not proper\r\n")).hasToString(prefix + Integer.toHexString(i));
        }
        assertThat(ids.of("their-own")).hasToString("their-own");
    }
}

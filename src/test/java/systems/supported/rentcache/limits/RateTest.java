package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How rates are read and written. */
class RateTest {
    @Provide
    Arbitrary<Duration> windows() {
        return Arbitraries.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1));
    }

    @Property
    void whatIsWrittenIsReadAgain(
            @ForAll @LongRange(min = 1, max = 1_000_000_000) long permits, @ForAll @From("windows") Duration window) {
        Rate rate = new Rate(permits, window);
        assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
    }

    @ParameterizedTest
    @CsvSource({
        "5/s, 5, 1", "5/sec, 5, 1", "5/second, 5, 1", "30/m, 30, 60", "30/min, 30, 60", "30/minute, 30, 60",
        "7/h, 7, 3600", "7/hour, 7, 3600", "1/d, 1, 86400", "1/day, 1, 86400", "' 30 / Minute ', 30, 60",
        "1000000000/second, 1000000000, 1",
    })
    void unitsMayBeShort(String text, long permits, long seconds) {
        assertThat(Rate.parse(text)).isEqualTo(new Rate(permits, Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "5", "/minute", "5/", "0/minute", "-1/minute", "five/minute", "5/fortnight", "1000000001/second", "2.5/minute",
    })
    void nothingElseIsARate(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Rate.parse(text)).withMessageContaining(Rate.ALLOWED);
    }

    @Example
    void noLimitIsARateToo() {
        assertThat(Rate.parse(" Unlimited")).isEqualTo(Rate.UNLIMITED);
        assertThat(Rate.UNLIMITED.toString()).isEqualTo("unlimited");
        assertThat(new Rate(5, Duration.ofSeconds(90)).toString()).isEqualTo("5/90s");
    }

    @Example
    void aRateAdmitsSomethingInASecondAtLeast() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Rate(0, Duration.ofMinutes(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Rate(1, Duration.ofMillis(999)));
    }
}

package systems.supported.rentcache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0|0", "7|7", " 7 |7", "100000|86400", "99999999999999999999|86400",
        "Sun, 01 Mar 2026 12:00:30 GMT|30", "Sun, 01 Mar 2026 11:00:00 GMT|0", "Mon, 01 Mar 2027 12:00:00 GMT|86400",
    })
    void secondsOrADate(String value, long seconds) {
        assertThat(RetryAfter.parse(value, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "-1", "1.5", "soon", "Mon, 01 Mar 2026 12:00:30 GMT", "2026-03-01T12:00:30Z"})
    void anythingElseSaysNothing(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isNull();
    }
}

package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.admin.Expiry;
import systems.supported.rentcache.admin.TimeSpan;

/** Times, sizes and money, as they are written on the command line and as they are shown. */
class AmountsTest {
    private static final Instant NOW = Instant.parse("2026-08-01T12:00:00Z");
    private static final ZoneId CHICAGO = ZoneId.of("America/Chicago");

    @ParameterizedTest
    @CsvSource({"0s, PT0S", "90s, PT1M30S", "30m, PT30M", "24h, PT24H", "90D, P90D", "2w, P14D", "36500d, P36500D"})
    void spansAreRead(String text, Duration span) {
        assertThat(TimeSpan.parse(text).duration()).isEqualTo(span);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "h", "-1h", "1.5h", "1h30m", "36501d", "9999999999w", "99999999999s", "1y"})
    void whatIsNoSpanIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TimeSpan.parse(text)).withMessageContaining("such as");
    }

    @Test
    void aNumberAloneIsHoursWhereTheOriginalHasIt() {
        assertThat(new Hours().convert("24").duration()).isEqualTo(Duration.ofDays(1));
        assertThat(new Hours().convert("90m").duration()).isEqualTo(Duration.ofMinutes(90));
    }

    @ParameterizedTest
    @CsvSource({
        "90d, 2026-10-30T12:00:00Z",
        "2027-01-31, 2027-02-01T06:00:00Z",
        "2027-01-31T12:00:00Z, 2027-01-31T12:00:00Z",
        "2027-01-31T12:00+02:00, 2027-01-31T10:00:00Z",
        "2027-01-31T12:00:00, 2027-01-31T18:00:00Z"})
    void expiriesAreRead(String text, Instant moment) {
        assertThat(Expiry.parse(text).at(NOW, CHICAGO)).isEqualTo(moment);
    }

    @Test
    void neverIsNoMoment() {
        assertThat(Expiry.parse("Never").at(NOW, CHICAGO)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0, 0.00", "30000, 0.03", "1, 0.000001", "1500000, 1.50", "100000000, 100.00", "123456789, 123.456789"})
    void moneyIsExact(long micros, String dollars) {
        assertThat(Text.dollars(micros)).hasToString(dollars);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1536, 1.5 KiB", "1048576, 1.0 MiB", "5497558138880, 5.0 TiB"})
    void sizesArePowersOf1024(long bytes, String size) {
        assertThat(Text.size(bytes)).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "59, 59s", "61, 1m 1s", "7200, 2h 0m", "90000, 1d 1h"})
    void spansAreShownInTwoUnits(long seconds, String text) {
        assertThat(Text.about(Duration.ofSeconds(seconds))).isEqualTo(text);
    }

    @Test
    void aServersOwnAddressIsOneThatCanBeCalled() {
        assertThat(LocalUrl.of("0.0.0.0", 8000)).isEqualTo("http://localhost:8000");
        assertThat(LocalUrl.of("::", 8000)).isEqualTo("http://localhost:8000");
        assertThat(LocalUrl.of("::1", 8000)).isEqualTo("http://[::1]:8000");
        assertThat(LocalUrl.of("10.0.0.7", 8000)).isEqualTo("http://10.0.0.7:8000");
    }
}

package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import systems.supported.rentcache.limits.Rate;

/** Which texts each type reads, and which it refuses. */
class SettingTypesTest {

    private static final SettingType<Duration> TIME = SettingTypes.duration(Duration.ZERO, Duration.ofDays(365));

    @ParameterizedTest
    @CsvSource({"24h,86400000", "30m,1800000", "90s,90000", "7d,604800000", "500ms,500", "3600,3600000", "0,0",
            "' 5 M ',300000", "365d,31536000000"})
    void timesWithAUnitOrInSeconds(String text, long millis) throws RefusedException {
        assertThat(TIME.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5h", "1h30m", "24hours", "366d", "9223372036854775807",
            "99999999999999999999d", "NaN", "1e3", "\u0661h", "h", "+1", "1_000"})
    void noOtherTimes(String text) {
        assertRefused(TIME, text);
    }

    @ParameterizedTest
    @CsvSource({"64MiB,67108864", "512KB,512000", "4096,4096", "1gib,1073741824", "2 mb,2000000", "0,0", "7b,7"})
    void sizesWithAUnitOrInBytes(String text, long bytes) throws RefusedException {
        assertThat(SettingTypes.bytes(0L, 1L << 40).parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "64 M", "1.5MiB", "-1", "2TiB", "1025GiB", "999999999999999999GiB", "64MiB!",
            "Infinity"})
    void noOtherSizes(String text) {
        assertRefused(SettingTypes.bytes(0L, 1L << 40), text);
    }

    @Test
    void sizesThatFitAnIntAreBoundByTheirRange() throws RefusedException {
        SettingType<Integer> type = SettingTypes.bytes(1_024, 1 << 20);

        assertThat(type.parse("1MiB")).isEqualTo(1 << 20);
        assertThat(type.allowed()).startsWith("a size from 1KiB to 1MiB");
        assertRefused(type, "1023", "1048577", "4294968320");
    }

    @Test
    void wholeNumbersInTheirRange() throws RefusedException {
        SettingType<Integer> type = SettingTypes.integer(1, 10);

        assertThat(type.parse(" 007 ")).isEqualTo(7);
        assertThat(type.allowed()).isEqualTo("a whole number from 1 to 10");
        assertRefused(type, "", "0", "11", "1.0", "0x1", "ten", "4294967297", "1 0", "1\u0660", "-1", "NaN");
    }

    @ParameterizedTest
    @CsvSource({"true,true", "TRUE,true", "1,true", "Yes,true", "oN,true", "false,false", "0,false", "NO,false",
            "off,false"})
    void truthHasManyWords(String text, boolean value) throws RefusedException {
        assertThat(SettingTypes.flag().parse(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "t", "2", "truee", "null", "yes please"})
    void butNotEveryWord(String text) {
        assertRefused(SettingTypes.flag(), text);
    }

    @ParameterizedTest
    @CsvSource({"0.03,30000", "0,0", "1,1000000", "0.000001,1", "1000000,1000000000000", "0.1000000000,100000"})
    void dollarsAreExact(String text, long micros) throws RefusedException {
        assertThat(SettingTypes.micros(SettingTypes.dollars().parse(text))).isEqualTo(micros);
    }

    @Test
    void dollarsPrintPlainly() throws RefusedException {
        assertThat(SettingTypes.dollars().parse("100")).isEqualTo(new BigDecimal("100")).hasToString("100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$1", "-1", "0.0000001", "1000000.01", "1e2", "NaN", "Infinity", ".5", "1,5", "1."})
    void noOtherDollars(String text) {
        assertRefused(SettingTypes.dollars(), text);
    }

    @Test
    void ratesPerSecondMayBePlainNumbers() throws RefusedException {
        SettingType<Rate> type = SettingTypes.ratePerSecond();

        assertThat(type.parse("20")).isEqualTo(Rate.parse("20/second"));
        assertThat(type.parse("5/minute")).isEqualTo(Rate.parse("5/minute"));
        assertThat(type.parse("Unlimited")).isEqualTo(Rate.UNLIMITED);
        assertRefused(type, "", "0", "-1", "99999999999", "5/week", "5/");
        assertRefused(SettingTypes.rate(), "20");
    }

    @Test
    void choicesInAnyLetterCase() throws RefusedException {
        SettingType<LogFormat> type = SettingTypes.choice(LogFormat.class);

        assertThat(type.parse("Json")).isEqualTo(LogFormat.JSON);
        assertThat(type.allowed()).isEqualTo("text or json");
        assertRefused(type, "", "xml", "json text");
    }

    @Test
    void webAddresses() throws RefusedException {
        SettingType<URI> type = SettingTypes.webUrl();

        assertThat(type.parse("HTTPS://example.com:8443/v1//")).hasToString("HTTPS://example.com:8443/v1");
        assertRefused(type, "", "example.com", "ftp://example.com", "http://", "http://a b", "https:///v1",
                "https://user@example.com", "https://example.com?x=1", "https://example.com#x", "http://h:70000");
    }

    @Test
    void redisAddresses() throws RefusedException {
        assertThat(SettingTypes.redisUrl().parse("rediss://u:p@host:6380/1").reveal())
                .isEqualTo("rediss://u:p@host:6380/1");
        assertRefused(SettingTypes.redisUrl(), "localhost:6379", "redis://", "http://localhost");
    }

    @Test
    void hostsToListenOn() throws RefusedException {
        for (String host : List.of("0.0.0.0", "::", "[::1]", "localhost", "fe80::1%eth0", "db_1.internal")) {
            assertThat(SettingTypes.host().parse(host)).isEqualTo(host);
        }
        assertRefused(SettingTypes.host(), "", "a b", "http://localhost", "a,b", "h\nx");
    }

    @Test
    void hostsToAnswerTo() throws RefusedException {
        assertThat(SettingTypes.hosts().parse("Example.com, *.internal ,[::1]:8000,a:80,example.com"))
                .containsExactly("example.com", "*.internal", "[::1]:8000", "a:80");
        assertThat(SettingTypes.hosts().parse("[\"*\"]")).containsExactly("*");
        assertRefused(SettingTypes.hosts(), "", "a,,b", "a b", "*example.com", "http://a", "[]", "a/");
    }

    @Test
    void originsMayBeNone() throws RefusedException {
        SettingType<List<String>> type = SettingTypes.origins();

        assertThat(type.parse("none")).isEmpty();
        assertThat(type.parse("[]")).isEmpty();
        assertThat(type.parse("[\"http://a\", \"https://b:1\"]")).containsExactly("http://a", "https://b:1");
        assertRefused(type, "a.example.com", "https://a/", "https://a,none", "https://u@a", "null");
    }

    @Test
    void secretsOfALength() throws RefusedException {
        SettingType<Secret> type = SettingTypes.secret(4, 6);

        assertThat(type.parse("abcd")).isEqualTo(new Secret("abcd")).hasToString("****");
        assertThat(type.show("abcd")).isEqualTo("****");
        assertRefused(type, "abc", "abcdefg", "ab cd", "abc\u00e9", "abc\u0007");
    }

    @Test
    void severalSecrets() throws RefusedException {
        assertThat(SettingTypes.secrets().parse("a, b,a\nc,"))
                .extracting(Secret::reveal)
                .containsExactly("a", "b", "c");
        assertThat(SettingTypes.secrets().parse("")).isEmpty();
        assertRefused(SettingTypes.secrets(), "a,\u00e9");
    }

    @Test
    void timesAndSizesAreWrittenShortly() {
        assertThat(SettingTypes.time(Duration.ZERO)).isEqualTo("0");
        assertThat(SettingTypes.time(Duration.ofHours(25))).isEqualTo("25h");
        assertThat(SettingTypes.time(Duration.ofMillis(1_500))).isEqualTo("1500ms");
        assertThat(SettingTypes.size(1 << 20)).isEqualTo("1MiB");
        assertThat(SettingTypes.size(1_000)).isEqualTo("1000");
    }

    @Test
    void shownTextsStayOnOneLine() {
        assertThat(SettingTypes.host().show("a\nb\u001b[31m")).isEqualTo("a\\u000ab\\u001b[31m");
        assertThat(SettingTypes.host().show("x".repeat(500))).hasSize(121);
        assertThat(SettingTypes.webUrl().show("https://u:p@w@host/v1?key=k")).isEqualTo("https://****@host/v1?****");
    }

    private static void assertRefused(SettingType<?> type, String... texts) {
        Arrays.stream(texts).forEach(text -> assertThatThrownBy(() -> type.parse(text))
                .as("'%s'", text)
                .isInstanceOf(RefusedException.class));
    }
}

package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import systems.supported.rentcache.config.SettingsException.Problem;

/** The YAML file: its syntax, its names, and its section of endpoints. */
class SettingsFileTest {

    private static final String FILE = "conf/rentcache.yaml";

    @TempDir
    private Path directory;
    private SettingsFixture given;

    @BeforeEach
    void emptyDirectory() {
        given = new SettingsFixture(directory);
    }

    @Test
    void brokenSyntaxIsOneProblemWithItsLine() {
        assertThat(given.file("port: 8000\nhost: [a\nlog: x\n").problem())
                .returns(FILE, Problem::name)
                .returns("file line 3", Problem::source)
                .satisfies(problem -> assertThat(problem.allowed()).startsWith("is not YAML: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"allowed-hosts: *", "port: \u0000", "a: &x {b: *x}", "endpoints: &x [*x]",
            "port: !!int abc", "port: !!java.net.URL [http://x]", "port: 1\nport: 2", "- port", "just text", "{",
            "a: b: c", "--- 1\n--- 2", "? {a: b}\n: c", "? [1]\n: 1", "x: !!binary '%'"})
    void whateverTheFileHoldsItIsReadOrRefused(String yaml) {
        assertThat(given.file(yaml).refused().problems()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "---\n", "~", "{}", "endpoints:\n", "upstream: {}", "\ufeffport: 8000"})
    void aFileMaySayNothing(String yaml) throws SettingsException {
        assertThat(given.file(yaml).load().endpoints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "default-cach-ttl: 1, DEFAULT_CACH_TTL, DEFAULT_CACHE_TTL",
        "upstream: {rate-limits: 1}, UPSTREAM_RATE_LIMITS, UPSTREAM_RATE_LIMIT",
        "server: {port: 1}, SERVER_PORT, PORT",
        "ttl: {market_stat: 1h}, TTL_MARKET_STAT, TTL_MARKET_STATS",
        "endpoint: {x: {ttl: 1h}}, ENDPOINT, endpoints",
    })
    void anUnknownNameGetsASuggestion(String yaml, String name, String meant) {
        assertThat(given.file(yaml).problem())
                .returns(name, Problem::name)
                .returns("", Problem::value)
                .returns(FILE + " line 1", Problem::source)
                .satisfies(problem -> assertThat(problem.allowed()).endsWith("did you mean " + meant + "?"));
    }

    @Test
    void aNameThatIsLikeNoneGetsNone() {
        assertThat(given.file("colour_of_the_sky: blue").problem().allowed()).isEqualTo("there is no such setting");
    }

    @Test
    void aSettingStandsOnceInTheFileHoweverItIsSpelled() {
        assertThat(given.file("UPSTREAM_RATE_LIMIT: 1\nupstream:\n  rate-limit: 2\n").problem()).isEqualTo(new Problem(
                "UPSTREAM_RATE_LIMIT", "", FILE + " line 3", "allowed: once in the file"));
    }

    @Test
    void textsReachTheSettingsAsWritten() throws SettingsException {
        Settings settings = given.file("price-per-call: 0.10\nport: 0080\nanonymize-addresses: ON\n").load();

        assertThat(settings.upstream().pricePerCallMicros()).isEqualTo(100_000);
        assertThat(settings.server().port()).isEqualTo(80);
        assertThat(settings.analytics().anonymizeAddresses()).isTrue();
        assertThat(SettingsFixture.effective(settings, "PRICE_PER_CALL").value()).isEqualTo("0.10");
    }

    @Test
    void theSectionOfEndpointsIsPassedOn() throws SettingsException {
        Settings settings = given.file("""
                Endpoints:
                  schools:
                    path: /schools/{id}
                    parameters: {radius: {type: number, max: 100}}
                    ttl: 24h
                  7: [a]
                """).load();

        assertThat(settings.endpoints()).isEqualTo(Map.of(
                "schools", Map.of(
                        "path", "/schools/{id}",
                        "parameters", Map.of("radius", Map.of("type", "number", "max", 100)),
                        "ttl", "24h"),
                "7", List.of("a")));
    }

    @Test
    void theSectionOfEndpointsIsASection() {
        assertThat(given.file("endpoints: [properties]").problem()).isEqualTo(new Problem(
                "ENDPOINTS", "", FILE + " line 1", "allowed: endpoint names, each with its fields"));
    }

    @Test
    void settingsForOneEndpointGoOverTheFilesSection() throws SettingsException {
        given.file("""
                endpoints:
                  properties: {ttl: 1h, limit: 5/minute, note: kept}
                  Market-Stats: {TTL: 1h, estimated-cost: 9}
                  rent_estimate:
                  value_estimate: 24h
                rate-limit: {rent_estimate: unlimited}
                """)
                .environment("TTL_PROPERTIES", "2h").environment("TTL_MARKET_STATS", "500ms")
                .environment("COST_MARKET_STATS", "0.060").environment("TTL_VALUE_ESTIMATE", "1h")
                .flag("ttl-comparables", "0");

        assertThat(given.load().endpoints()).isEqualTo(Map.of(
                "properties", Map.of("ttl", "7200s", "limit", "5/minute", "note", "kept"),
                "Market-Stats", Map.of("TTL", "500ms", "estimated-cost", new BigDecimal("0.06")),
                "rent_estimate", Map.of("limit", "unlimited"),
                "value_estimate", "24h",
                "comparables", Map.of("ttl", "0s")));
    }

    @Test
    void theOriginalsTimeForExpensiveEndpointsIsThatOfProperties() throws SettingsException {
        given.environment("EXPENSIVE_ENDPOINTS_TTL", "86400");
        assertThat(given.load().endpoints()).isEqualTo(Map.of("properties", Map.of("ttl", "86400s")));

        given.file("ttl: {properties: 1h}");
        assertThat(given.load().endpoints()).isEqualTo(Map.of("properties", Map.of("ttl", "3600s")));
    }

    @Test
    void overridesAreCheckedAsAllSettings() {
        given.environment("TTL_PROPERTIES", "long").environment("RATE_LIMIT_LISTINGS_SALE", "5")
                .environment("COST_MARKET_STATS", "-1").environment("EXPENSIVE_ENDPOINTS_TTL", "x");

        assertThat(given.refused().problems()).extracting(Problem::name).containsExactly(
                "EXPENSIVE_ENDPOINTS_TTL", "TTL_PROPERTIES", "RATE_LIMIT_LISTINGS_SALE", "COST_MARKET_STATS");
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.KeySpec;

/** What {@code /metrics} says: to Prometheus, to its linter, to a user of the original, and to whom not. */
class MetricsTest {
    private static final String PROPERTY = "/v1/properties/5500-Grand-Lake-Dr,-San-Antonio,-TX-78244";
    private static final Pattern FAMILY = Pattern.compile("(?m)^# TYPE (\\S+) ");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\|");

    /** What is there only once the garbage collector ran, or ran in a certain way. */
    private static final Pattern COLLECTOR = Pattern.compile("jvm_gc_(pause|concurrent_phase_time)_seconds(_max)?");

    @TempDir
    private static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("GLOBAL_RATE_LIMIT", "100000/hour").start();
        Node.until("the process is measured", () -> scrape().contains("rentcache_disk_size_bytes"));
        node.get(PROPERTY);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String scrape() {
        return node.get("/metrics").text();
    }

    /** The names and labels of everything that is scraped, without the values, and without what comes by itself. */
    private static Set<String> series(String text) {
        return text.lines().filter(line -> !line.startsWith("#") && !line.startsWith("jvm_gc_"))
                .map(line -> line.substring(0, line.lastIndexOf(' '))).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static double value(String series) {
        return scrape().lines().filter(line -> line.startsWith(series + " ")).findFirst()
                .map(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .orElseThrow(() -> new AssertionError("there is no " + series));
    }

    @Test
    void thePrometheusLinterFindsNothing() throws Exception {
        Tool.Run lint = Tool.named("promtool").run(scrape(), "check", "metrics");
        assertThat(lint.output()).isEmpty();
        assertThat(lint.status()).isZero();
    }

    @Test
    void everyFamilyIsDocumentedAndNoOther() throws IOException {
        Set<String> documented = all(DOCUMENTED, Files.readString(Path.of("docs", "METRICS.md")));
        Set<String> scraped = all(FAMILY, scrape());
        assertThat(documented).containsAll(scraped);
        documented.removeIf(family -> COLLECTOR.matcher(family).matches());
        assertThat(scraped).containsAll(documented);
    }

    @Test
    void allThatMayBeDroppedIsThereFromTheStartAndDocumented() throws IOException {
        String row = Files.readString(Path.of("docs", "METRICS.md")).lines()
                .filter(line -> line.startsWith("| `rentcache_dropped_total`")).findFirst().orElseThrow();
        String listed = row.substring(row.indexOf("what was dropped")).replaceAll("\\([^)]*\\)", "");
        assertThat(all(Pattern.compile("`([a-z-]+)`"), listed))
                .isEqualTo(all(Pattern.compile("(?m)^rentcache_dropped_total\\{what=\"([^\"]+)\"}"), scrape()));
    }

    @Test
    void whatNeverHappenedIsThereAndZero() {
        assertThat(value("rentcache_requests_total{endpoint=\"market_stats\",result=\"coalesced\"}")).isZero();
        assertThat(value("api_request_duration_seconds_count{endpoint=\"market_stats\",source=\"failed\"}")).isZero();
        assertThat(value("upstream_api_calls_total{endpoint=\"market_stats\",outcome=\"server_error\"}")).isZero();
        assertThat(value("rentcache_refused_total{reason=\"quota-exceeded\"}")).isZero();
        assertThat(value("rentcache_responses_total{code=\"503\"}")).isZero();
        assertThat(value("rentcache_dropped_total{what=\"usage-record\"}")).isZero();
        assertThat(value("rentcache_upstream_state{endpoint=\"market_stats\"}")).isZero();
        assertThat(value("cache_hit_ratio{endpoint=\"market_stats\"}")).isNaN();
    }

    @Test
    void randomKeysPathsAndParametersMakeNoSeries() {
        node.get(PROPERTY);
        String stranger = node.newKey(KeySpec.named("stranger"));
        ask(0, stranger);
        Set<String> before = series(scrape());
        for (int i = 1; i < 50; i++) {
            ask(i, stranger);
        }
        assertThat(series(scrape())).isEqualTo(before);
        assertThat(value("rentcache_refused_total{reason=\"path-unknown\"}")).isGreaterThanOrEqualTo(50);
    }

    private static void ask(int i, String stranger) {
        node.getWithKey("no-such-key-0123456789-" + i, PROPERTY);
        node.getWithKey(stranger, "/v1/no-such-path-" + i);
        node.getWithKey(stranger, "/v1/avm/value?bedrooms=x" + i);
        node.getWithKey(stranger, PROPERTY, "Cache-Control", "only-if-cached, x-" + i, "X-Request-Id", "id-" + i);
        node.send("PROPFIND", "/v1/x" + i, null);
        node.send("GET", "/health-" + i, null);
    }

    @Test
    void answersAreCountedByEndpointResultTimeAndStatus() {
        String hits = "rentcache_requests_total{endpoint=\"listings_sale\",result=\"hit_near\"}";
        String quick = "api_request_duration_seconds_count{endpoint=\"listings_sale\",source=\"near\"}";
        String whole = "api_request_duration_seconds_bucket{endpoint=\"listings_sale\",source=\"near\",le=\"+Inf\"}";
        double answersBefore = value("rentcache_responses_total{code=\"200\"}");
        node.get("/v1/listings/sale?zipCode=78244");
        for (int i = 0; i < 3; i++) {
            node.get("/v1/listings/sale?zipCode=78244");
        }
        assertThat(value(hits)).isEqualTo(3);
        assertThat(value(quick)).isEqualTo(3);
        assertThat(value(whole)).isEqualTo(3);
        assertThat(value("cache_hit_ratio{endpoint=\"listings_sale\"}")).isEqualTo(0.75);
        assertThat(value("rentcache_money_saved_microdollars_total{endpoint=\"listings_sale\"}")).isEqualTo(90_000);
        assertThat(value("rentcache_responses_total{code=\"200\"}") - answersBefore).isGreaterThanOrEqualTo(4);
        assertThat(value("upstream_api_calls_total{endpoint=\"listings_sale\",outcome=\"answered\"}")).isEqualTo(1);
        assertThat(value("rentcache_tier_duration_seconds_count{operation=\"read\",tier=\"sql\"}")).isPositive();
    }

    @Test
    void jsonIsForWhoPrefersIt() {
        node.get("/v1/markets?zipCode=78244");
        node.get("/v1/markets?zipCode=78244");
        Node.Answer answer = node.get("/metrics", "Accept", "application/json");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        JsonObject json = answer.json();
        assertThat(json.getDouble("avg_response_time_ms")).isPositive();
        assertThat(json.getLong("total_requests")).isGreaterThanOrEqualTo(2);
        assertThat(json.getLong("spent_micros")).isGreaterThanOrEqualTo(30_000);
        JsonObject markets = json.getJsonObject("endpoints").getJsonObject("market_stats");
        assertThat(markets.getLong("cache_hits")).isEqualTo(1);
        assertThat(markets.getLong("cache_misses")).isEqualTo(1);
        assertThat(markets.getDouble("cache_hit_ratio")).isEqualTo(0.5);
        assertThat(markets.getLong("saved_micros")).isEqualTo(30_000);
        for (String accept : new String[] {"*/*", "text/plain, application/json;q=0.5", "application/json;q=0", "x"}) {
            assertThat(node.get("/metrics", "Accept", accept).header("Content-Type")).startsWith("text/plain");
        }
    }

    @Test
    void noSecretIsShown() {
        assertThat(scrape()).doesNotContain(Node.ADMIN).doesNotContain(directory.toString());
    }

    @Test
    void theTransportIsThePlatformsOwn() {
        assertThat(node.vertx().isNativeTransportEnabled()).isEqualTo(Transport.nativeTransport() != null);
    }

    @Test
    void theyAreOpenOrGoneWhereTheSettingsSaySo(@TempDir Path elsewhere) {
        assertThat(node.send("GET", "/metrics", null).status()).isEqualTo(401);
        try (Node open = Node.in(elsewhere).with("METRICS_PUBLIC", "true").start()) {
            assertThat(open.send("GET", "/metrics", null).text()).contains("cache_hit_ratio");
        }
        try (Node off = Node.in(elsewhere).with("ENABLE_METRICS", "false").start()) {
            assertThat(off.get("/metrics").status()).isEqualTo(404);
            assertThat(off.get(PROPERTY).status()).isEqualTo(200);
        }
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The files for Prometheus and Grafana, against a Prometheus that scrapes a node as the files say. */
class PrometheusTest {
    private static final Path CONF = Path.of("conf");
    private static final String PROPERTY = "/v1/properties/5500-Grand-Lake-Dr,-San-Antonio,-TX-78244";
    /** Panels of which a healthy node has nothing but zeroes to show. */
    private static final Set<String> QUIET = Set.of(
            "Calls not made", "Calls that wait", "Circuits", "Refreshes", "Failures and drops", "Waiting for a pool",
            "Parts that do not work");

    @TempDir
    private Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private int port;

    @Test
    void theRulesAndTheConfigurationAreRight() throws Exception {
        Tool promtool = Tool.named("promtool");
        prepare(1);
        Tool.Run rules = promtool.run("", "check", "rules", CONF.resolve("prometheus-alerts.yml").toString());
        assertThat(rules.status()).as(rules.output()).isZero();
        Tool.Run configuration = promtool.run("", "check", "config", directory.resolve("prometheus.yml").toString());
        assertThat(configuration.status()).as(configuration.output()).isZero();
        assertThat(configuration.output()).contains("1 rule files found");
    }

    @Test
    void everyAlertSaysWhatToDo() throws IOException {
        List<Map<String, Object>> alerts = rules().stream().filter(rule -> rule.containsKey("alert")).toList();
        assertThat(alerts).hasSizeGreaterThan(10).allSatisfy(alert -> {
            Map<?, ?> annotations = (Map<?, ?>) alert.get("annotations");
            assertThat((String) annotations.get("summary")).isNotBlank();
            assertThat((String) annotations.get("description")).hasSizeGreaterThan(80);
            assertThat(((Map<?, ?>) alert.get("labels")).get("severity")).isIn("warning", "critical");
        });
    }

    @Test
    void everyQueryIsAnsweredOverARunningNode() throws Exception {
        Tool prometheus = Tool.named("prometheus");
        try (Node node = Node.in(directory.resolve("node")).with("BUDGET_MONTHLY_CALLS", "10").start()) {
            prepare(node.port());
            port = freePort();
            Path log = directory.resolve("prometheus.log");
            Process process = prometheus.start(
                    log, "--config.file=" + directory.resolve("prometheus.yml"),
                    "--storage.tsdb.path=" + directory.resolve("tsdb"), "--web.listen-address=127.0.0.1:" + port);
            try {
                Node.until("the node is scraped", () -> sum("rentcache_build_info") == 1);
                // Twice, for what is new is counted from what was there before.
                Node.until("the counters were seen at 0", () -> sum("count_over_time(rentcache_ready[1m])") >= 2);
                traffic(node);
                Node.until("the traffic is seen", () -> sum("rate(rentcache_requests_total{result=\"hit_near\"}[1m])") > 0);
                askTheDashboardsQueries();
                askTheRules();
            } catch (AssertionError failed) {
                failed.addSuppressed(new AssertionError(Files.readString(log)));
                throw failed;
            } finally {
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    /** The files as they are, but for where the node is and how often it is asked. */
    private void prepare(int nodePort) throws IOException {
        String configuration = Files.readString(CONF.resolve("prometheus.yml"));
        assertThat(configuration).contains("localhost:8000", "scrape_interval: 15s", "evaluation_interval: 15s");
        Files.writeString(directory.resolve("prometheus.yml"), configuration
                .replace("localhost:8000", "127.0.0.1:" + nodePort).replace("_interval: 15s", "_interval: 1s"));
        Files.copy(CONF.resolve("prometheus-alerts.yml"), directory.resolve("prometheus-alerts.yml"));
        Files.writeString(directory.resolve("rentcache-key"), Node.ADMIN);
        Files.createDirectories(directory.resolve("node"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void traffic(Node node) {
        for (int i = 0; i < 5; i++) {
            node.get(PROPERTY);
            node.get("/v1/listings/sale?zipCode=78244");
            node.get("/v1/avm/value?bedrooms=none");
        }
        node.get("/v1/markets?zipCode=78244");
    }

    private void askTheDashboardsQueries() throws IOException {
        JsonArray panels = new JsonObject(Files.readString(CONF.resolve("grafana-dashboard.json"))).getJsonArray("panels");
        List<String> titles = new ArrayList<>();
        panels.stream().map(JsonObject.class::cast).filter(panel -> panel.containsKey("targets")).forEach(panel -> {
            String title = panel.getString("title");
            List<String> queries = panel.getJsonArray("targets").stream()
                    .map(target -> ((JsonObject) target).getString("expr")
                            .replace("$__rate_interval", "1m").replace("$__range", "1m").replace("$instance", ".*"))
                    .toList();
            queries.forEach(query -> assertThat(ask(query).getJsonArray("result")).as(query).isNotEmpty());
            if (!QUIET.contains(title)) {
                Node.until(title + " shows the traffic", () -> queries.stream().anyMatch(query -> sum(query) > 0));
            }
            titles.add(title);
        });
        assertThat(titles).hasSizeGreaterThan(25).containsAll(QUIET);
    }

    private void askTheRules() throws IOException {
        rules().forEach(rule -> ask((String) rule.get("expr")));
        Node.until("the rules were evaluated, without fault", () -> {
            List<JsonObject> groups = get("/api/v1/rules").getJsonObject("data").getJsonArray("groups").stream()
                    .map(JsonObject.class::cast).toList();
            return groups.size() == 2 && groups.stream().flatMap(group -> group.getJsonArray("rules").stream())
                    .map(JsonObject.class::cast).allMatch(rule -> rule.getString("health").equals("ok"));
        });
        Node.until("the recorded ratio is there", () -> sum("rentcache:hit_ratio:rate5m >= 0") > 0);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, Object> file = new Yaml().load(Files.readString(CONF.resolve("prometheus-alerts.yml")));
        List<Map<String, Object>> rules = new ArrayList<>();
        ((List<Map<String, Object>>) file.get("groups"))
                .forEach(group -> rules.addAll((List<Map<String, Object>>) group.get("rules")));
        return rules;
    }

    /** The data of a query's answer; a query that is wrong is an error. */
    private JsonObject ask(String query) {
        JsonObject answer = get("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        assertThat(answer.getString("status")).as(query + ": " + answer.getString("error")).isEqualTo("success");
        return answer.getJsonObject("data");
    }

    /** The sum of a query's numbers, without those that are none; 0 while there is nobody to ask. */
    private double sum(String query) {
        try {
            return ask(query).getJsonArray("result").stream().map(JsonObject.class::cast)
                    .mapToDouble(one -> Double.parseDouble(one.getJsonArray("value").getString(1).replace("+Inf", "NaN")))
                    .filter(value -> !Double.isNaN(value)).sum();
        } catch (NotThere notYet) {
            return 0;
        }
    }

    private JsonObject get(String target) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target)).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 503) {
                throw new NotThere();
            }
            return new JsonObject(answer.body());
        } catch (IOException refused) {
            throw new NotThere();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.sandbox.Faults;

/** How a node treats an upstream that is busy or failing. */
class UpstreamMannersTest {
    @TempDir
    Path directory;
    private int questions;

    private String question() {
        return "/v1/properties?zipCode=78244&limit=1&offset=" + questions++;
    }

    private static void fault(Node node, String faults) {
        node.sandbox().faults(Faults.parse(new JsonObject(faults)));
    }

    @Test
    void whatTheQueueDoesNotHoldIsRefusedAtOnce() {
        try (Node node = Node.in(directory).with("UPSTREAM_QUEUE", 5).start()) {
            List<CompletableFuture<Answer>> asked = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                asked.add(node.sendAsync(question()));
            }
            List<Answer> answers = asked.stream().map(CompletableFuture::join).toList();
            List<Answer> refused = answers.stream().filter(answer -> answer.status() != 200).toList();
            assertThat(refused).isNotEmpty().hasSizeLessThanOrEqualTo(15).allSatisfy(answer -> {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.json().getString("type")).endsWith("upstream-busy");
                assertThat(answer.header("Retry-After")).isEqualTo("10");
            });
            assertThat(node.bill().billed()).isEqualTo(40 - refused.size());
            assertThat(node.get("/metrics").text()).contains(
                    "rentcache_upstream_not_asked_total{reason=\"queue_full\"} " + (double) refused.size());
        }
    }

    @Test
    void noCallWithAKeyLeavesBeforeItMayBeTriedAgain() {
        try (Node node = Node.in(directory).start()) {
            fault(node, "{\"status\":429,\"retryAfterSeconds\":2,\"times\":1}");
            CompletableFuture<Answer> first = node.sendAsync(question());
            // The bill has the call before it is answered.
            Node.until("the first call was refused", () -> node.get("/metrics").text().contains(
                    "upstream_api_calls_total{endpoint=\"properties\",outcome=\"rate_limited\"} 1.0"));
            long begun = System.nanoTime();
            CompletableFuture<Answer> second = node.sendAsync(question());
            assertThat(second.join().status()).isEqualTo(200);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isGreaterThan(1_500);
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(node.bill().calls()).isEqualTo(3);
        }
    }

    @Test
    void whoWouldWaitTooLongForAKeyIsToldAtOnce() {
        try (Node node = Node.in(directory).start()) {
            fault(node, "{\"status\":429,\"retryAfterSeconds\":60,\"times\":1}");
            assertThat(node.get(question()).header("Retry-After")).isEqualTo("60");
            Answer second = node.get(question());
            assertThat(second.status()).isEqualTo(503);
            assertThat(second.json().getString("type")).endsWith("upstream-rate-limited");
            assertThat(Long.parseLong(second.header("Retry-After"))).isBetween(50L, 60L);
            assertThat(node.bill().calls()).isEqualTo(1);
        }
    }

    @Test
    void afterFailuresInARowAnEndpointIsLeftAloneUntilOneRealRequestSucceeds() {
        try (Node node = Node.in(directory).with("RENTCAST_MAX_RETRIES", 0).start()) {
            ConcurrentLinkedQueue<JsonObject> events = new ConcurrentLinkedQueue<>();
            node.vertx().eventBus().<JsonObject>consumer(
                    Addresses.UPSTREAM_STATE, message -> events.add(message.body()));
            fault(node, "{\"status\":500}");
            for (int i = 0; i < 5; i++) {
                assertThat(node.get(question()).json().getString("type")).endsWith("upstream-error");
            }
            Answer refused = node.get(question());
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().getString("type")).isEqualTo("urn:rentcache:problem:upstream-circuit-open");
            assertThat(Long.parseLong(refused.header("Retry-After"))).isBetween(7L, 10L);
            assertThat(node.bill().calls()).isEqualTo(5);
            assertThat(node.get("/health").json().getJsonObject("checks").getJsonObject("upstream").encode())
                    .contains("\"down\"");
            assertThat(node.get("/metrics").text())
                    .contains("rentcache_upstream_state{endpoint=\"properties\"} 2");
            assertThat(node.get("/v1/markets?zipCode=78244").json().getString("type"))
                    .as("another endpoint is asked").endsWith("upstream-error");
            assertThat(node.bill().calls()).isEqualTo(6);

            node.clock.advance(Duration.ofSeconds(11));
            fault(node, "{\"latencyMillis\":3000}");
            CompletableFuture<Answer> probe = node.sendAsync(question());
            Node.until("the probe is under way", () -> node.bill().calls() == 7);
            Answer meanwhile = node.get(question());
            assertThat(meanwhile.json().getString("type")).endsWith("upstream-circuit-open");
            assertThat(meanwhile.header("Retry-After")).isEqualTo("1");
            assertThat(probe.join().status()).isEqualTo(200);
            assertThat(node.get(question()).status()).isEqualTo(200);
            assertThat(node.bill().calls()).isEqualTo(8);

            Node.until("all is published", () -> events.size() == 3);
            assertThat(events).extracting(event -> event.getString("state"))
                    .containsExactly("open", "half-open", "closed");
            assertThat(events).allSatisfy(event -> {
                assertThat(event.getInteger("v")).isEqualTo(1);
                assertThat(event.getString("endpoint")).isEqualTo("properties");
            });
            assertThat(events.peek().getString("at")).isEqualTo("2026-03-01T12:00:00Z");
        }
    }

    private static void openTheCircuit(Node node, String endpoint) {
        fault(node, "{\"status\":500}");
        for (int i = 0; i < 5; i++) {
            assertThat(node.get(endpoint + "?zipCode=78244&limit=1&offset=" + 50 * (i + 1)).status()).isEqualTo(502);
        }
        fault(node, "{}");
    }

    @Test
    void aRefreshIsNoProbe() {
        String kept = "/v1/listings/sale?zipCode=78244&limit=3";
        try (Node node = Node.in(directory).with("RENTCAST_MAX_RETRIES", 0).start()) {
            assertThat(node.get(kept).status()).isEqualTo(200);
            openTheCircuit(node, "/v1/listings/sale");
            node.clock.advance(Duration.ofMinutes(31));
            assertThat(node.get(kept).header("X-Cache")).isEqualTo("STALE");
            Node.until("the refresh was refused", () ->
                    node.get("/metrics").text().contains("rentcache_refreshes_total{outcome=\"failed\"} 1.0"));
            assertThat(node.bill().calls()).isEqualTo(6);
            assertThat(node.get("/metrics").text())
                    .contains("rentcache_upstream_not_asked_total{reason=\"gave_way\"} 1.0");
            assertThat(node.get("/v1/listings/sale?zipCode=78244&limit=2").status()).as("the probe").isEqualTo(200);
            assertThat(node.bill().calls()).isEqualTo(7);
        }
    }

    @Test
    void theLedgerIsNotAskedForWhatIsRefusedAnyway() {
        try (Node node = Node.in(directory).with("RENTCAST_MAX_RETRIES", 0).with("BUDGET_MONTHLY_CALLS", 100).start()) {
            openTheCircuit(node, "/v1/properties");
            String reserved = "rentcache_budget_reservations_total{outcome=\"reserved\"} ";
            assertThat(node.get("/metrics").text()).contains(reserved + "5.0");
            assertThat(node.get(question()).json().getString("type")).endsWith("upstream-circuit-open");
            assertThat(node.get("/metrics").text()).contains(reserved + "5.0");
            fault(node, "{\"status\":429,\"retryAfterSeconds\":60,\"times\":1}");
            String other = "/v1/markets?zipCode=";
            assertThat(node.get(other + "78244").json().getString("type")).endsWith("upstream-rate-limited");
            assertThat(node.get(other + "78245").json().getString("type")).endsWith("upstream-rate-limited");
            assertThat(node.get("/metrics").text()).contains(reserved + "6.0");
            assertThat(node.bill().calls()).isEqualTo(6);
        }
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.analytics.Rollup;
import systems.supported.rentcache.analytics.UsageStore;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.sandbox.Faults;

/** Things that happen at once, or in an order that nobody chose. */
class RacesTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    Path directory;
    private Node node;

    @BeforeEach
    void start() {
        node = Node.in(directory).with("IDLE_TIMEOUT", "2s").start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void fault(String name, Object value) {
        node.sandbox().faults(Faults.parse(JsonObject.of(name, value)));
    }

    private List<Rollup> report() {
        return node.database(database -> new UsageStore(database).report(Instant.EPOCH, null));
    }

    @Test
    void aNewKeyIsAcceptedOnManyConnectionsAtOnce() {
        String key = node.newKey(KeySpec.named("popular"));
        node.get(TARGET);
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            answers.add(node.sendAsync(TARGET, key));
        }
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
    }

    @Test
    void whatWasAskedForBeforeAnInvalidationIsNotKeptAfterIt() {
        fault("latencyMillis", 3_000);
        CompletableFuture<Answer> underWay = node.sendAsync(TARGET);
        Node.until("the call is made", () -> node.bill().calls() == 1);
        node.database(database -> new SqlTier(
                node.vertx(), database, new Metrics(), new PartHealth("cache", "", Duration.ofSeconds(1), InstantSource.system()))
                .invalidate(new Invalidation.All(), Instant.now()));
        assertThat(underWay.join().header("Cache-Status")).isEqualTo("RentCache; fwd=uri-miss; fwd-status=200");
        assertThat(node.get(TARGET).header("X-Cache")).isEqualTo("MISS");
    }

    @Test
    void whoAsksAfterAnInvalidationIsNotGivenWhatWasAskedForBeforeIt() {
        fault("latencyMillis", 3_000);
        CompletableFuture<Answer> underWay = node.sendAsync(TARGET);
        Node.until("the call is made", () -> node.bill().calls() == 1);
        assertThat(node.post("/admin/v1/cache/invalidate", "{\"all\": true}", "Content-Type", "application/json")
                .status()).isEqualTo(200);
        assertThat(underWay).as("the call is still under way").isNotDone();
        node.clock.advance(Duration.ofSeconds(1));
        List<CompletableFuture<Answer>> later = List.of(node.sendAsync(TARGET), node.sendAsync(TARGET));
        assertThat(later).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        assertThat(underWay.join().status()).isEqualTo(200);
        assertThat(node.bill().calls()).as("one call for those before, one for those after").isEqualTo(2);
    }

    @Test
    void anAnswerThatIsCompressedLateDoesNotReplaceANewerOne() {
        fault("bodyBytes", 12 << 20);
        String target = "/v1/properties?zipCode=78244&limit=2";
        node.get(target);
        node.sandbox().faults(Faults.NONE);
        Answer refreshed = node.get(target + "&force_refresh=true");
        node.stop();
        node = Node.in(directory).start();
        assertThat(node.get(target).bytes()).isEqualTo(refreshed.bytes());
    }

    @Test
    void whatWasPaidIsRecordedThoughNobodyWaitsForIt() throws IOException {
        fault("latencyMillis", 400);
        RawConnection connection = new RawConnection(node.port());
        connection.send("GET " + TARGET + " HTTP/1.1\r\nHost: a\r\nX-Api-Key: " + Node.ADMIN + "\r\n\r\n");
        Node.until("the call is made", () -> node.bill().calls() == 1);
        connection.abort();
        Node.until("it is billed", () -> node.bill().billed() == 1);
        Node.until("the cost is recorded",
                () -> report().stream().mapToLong(Rollup::costMicros).sum() == node.bill().costMicros());
    }

    @Test
    void whatAPartOfABulkRequestMayHaveCostIsRecorded() {
        node.close();
        node = Node.in(directory).with("RENTCAST_TIMEOUT", "300ms").start();
        fault("hang", true);
        Answer answer = node.post("/api/v1/estimates/value/bulk", "{\"addresses\": [\"1 A St, Austin, TX\"]}");
        assertThat(answer.json().getJsonArray("results").getJsonObject(0).getInteger("status")).isEqualTo(504);
        Node.until("the doubtful cost is recorded",
                () -> report().stream().mapToLong(Rollup::costMicros).sum() == 30_000);
    }

    @Test
    void aBulkRequestOutlivesTheIdleTimeOut() {
        fault("latencyMillis", 900);
        JsonArray addresses = new JsonArray();
        for (int i = 0; i < 30; i++) {
            addresses.add(i + " Main St, Austin, TX 78701");
        }
        Answer answer = node.post("/api/v1/estimates/value/bulk", JsonObject.of("addresses", addresses).encode());
        assertThat(answer.json().getJsonObject("summary").getInteger("paid")).isEqualTo(30);
    }

    @Test
    void aPartThatIsNoJsonDoesNotSpoilTheOthers() {
        node.sandbox().faults(Faults.parse(JsonObject.of("invalidJson", true, "times", 1)));
        Answer answer = node.post("/api/v1/estimates/value/bulk?force_refresh=true",
                "{\"addresses\": [\"1 Main St, Austin, TX 78701\", \"2 Main St, Austin, TX 78701\"]}");
        JsonArray results = answer.json().getJsonArray("results");
        assertThat(List.of(
                results.getJsonObject(0).getInteger("status"), results.getJsonObject(1).getInteger("status")))
                .containsExactlyInAnyOrder(200, 502);
    }

    @Test
    void aConsumerThatIsSlowInTakingItsAnswerGetsAllOfIt() throws IOException {
        fault("bodyBytes", 6 << 20);
        long length = node.get(TARGET).bytes().length;
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send("GET " + TARGET + " HTTP/1.0\r\nX-Api-Key: " + Node.ADMIN + "\r\n\r\n");
            assertThat(connection.slowly(1 << 20, 500).length()).isGreaterThan((int) length);
        }
    }

    @Test
    void aConsumerThatTakesNothingIsCutOff() throws IOException {
        fault("bodyBytes", 15 << 20);
        node.get(TARGET);
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send("GET " + TARGET + " HTTP/1.1\r\nHost: a\r\nX-Api-Key: " + Node.ADMIN + "\r\n\r\n");
            // It sends something all the time: to the kernel it is alive.
            Node.until("the connection is closed", Duration.ofSeconds(60), Duration.ofMillis(5), () -> {
                try {
                    connection.send("\r\n");
                    return false;
                } catch (IOException closed) {
                    return true;
                }
            });
        }
    }

    @Test
    void anOldClientGetsAStreamedAnswerWhole() throws IOException {
        node.close();
        node = Node.in(directory).with("MAX_CACHED_BODY", "1MiB").with("IDLE_TIMEOUT", "1s").start();
        fault("bodyBytes", 3 << 20);
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send("GET " + TARGET + " HTTP/1.0\r\nConnection: keep-alive\r\nX-Api-Key: " + Node.ADMIN
                    + "\r\n\r\n");
            String answer = connection.rest();
            assertThat(answer).startsWith("HTTP/1.0 200");
            new JsonArray(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
    }

    @Test
    void aConnectionThatAsksForHealthOnlyIsActive() throws IOException {
        try (RawConnection connection = new RawConnection(node.port())) {
            for (int i = 0; i < 12; i++) {
                connection.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(connection.line()).as("request " + i).isEqualTo("HTTP/1.1 200 OK");
                connection.skip("{\"status\":\"up\"}");
                LockSupport.parkNanos(300_000_000);
            }
        }
    }

    @Test
    void theBootstrapKeysFormerValueMayComeBack() {
        String other = "another-admin-key-0123456789abcdefgh";
        for (String value : List.of(other, Node.ADMIN)) {
            node.close();
            node = Node.in(directory).with("BOOTSTRAP_API_KEY", value).start();
            assertThat(node.getWithKey(value, TARGET).status()).isEqualTo(200);
        }
        assertThat(node.getWithKey(other, TARGET).status()).isEqualTo(401);
    }
}

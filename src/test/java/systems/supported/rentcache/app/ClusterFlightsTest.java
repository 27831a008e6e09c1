package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.PostgresqlServer;

/** Nodes that are asked the same cold question at the same moment: one call is paid for. Through PostgreSQL alone. */
class ClusterFlightsTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=2";
    private static final int NODES = 3;

    @TempDir
    private Path directory;
    private final String database = PostgresqlServer.newDatabase();
    final Vertx vertx = Vertx.vertx();
    private final List<Node> nodes = new ArrayList<>();
    private SandboxServer sandbox;

    @BeforeEach
    void start() {
        sandbox = Node.await(SandboxServer.start(vertx, SandboxOptions.standard(0)));
        for (int i = 0; i < NODES; i++) {
            nodes.add(newNode());
        }
    }

    @AfterEach
    void stop() {
        nodes.forEach(Node::close);
        Node.await(sandbox.close());
        Node.await(vertx.close());
    }

    Node configured(Node node) {
        return node;
    }

    private Node newNode() {
        return configured(Node.in(directory)
                .with("SANDBOX", false)
                .with("RENTCAST_API_URL", "http://127.0.0.1:" + sandbox.port() + "/v1")
                .with("RENTCAST_API_KEY", SandboxServer.API_KEY)
                .with("RENTCAST_MAX_RETRIES", 0)
                .with("DATABASE_URL", PostgresqlServer.url(database))).start();
    }

    private void fault(String name, Object value) {
        sandbox.faults(Faults.parse(JsonObject.of(name, value)));
    }

    @Test
    void tenThousandEqualQuestionsAtOnceArePaidForOnce() {
        fault("latencyMillis", 300);
        HttpClient client = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setPipelining(true).setPipeliningLimit(100))
                .with(new PoolOptions().setHttp1MaxSize(40).setMaxWaitQueueSize(-1))
                .build();
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            int port = nodes.get(i % NODES).port();
            answers.add(client.request(HttpMethod.GET, port, "127.0.0.1", TARGET)
                    .compose(request -> request.putHeader("X-Api-Key", Node.ADMIN).send())
                    .compose(response -> response.body().map(response.statusCode())));
        }
        Node.await(Future.join(answers));
        assertThat(answers).extracting(Future::result).containsOnly(200);
        assertThat(sandbox.bill().billed()).isEqualTo(1);
        assertThat(sandbox.bill().calls()).isEqualTo(1);
    }

    @Test
    void onesAnswerReachesTheOthersByteForByte() {
        fault("latencyMillis", 2_000);
        List<CompletableFuture<Answer>> answers = nodes.stream().map(node -> node.sendAsync(TARGET)).toList();
        byte[] first = answers.get(0).join().bytes();
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.join().status()).isEqualTo(200);
            assertThat(answer.join().bytes()).isEqualTo(first);
        });
        assertThat(answers).filteredOn(answer -> answer.join().header("Cache-Status").contains("collapsed"))
                .hasSize(NODES - 1)
                .allSatisfy(answer -> assertThat(answer.join().header("X-Estimated-Cost")).isEqualTo("0.0"));
    }

    @Test
    void onesFailureIsTheOthersToo() {
        sandbox.faults(Faults.parse(JsonObject.of("latencyMillis", 500, "status", 500)));
        List<CompletableFuture<Answer>> answers = nodes.stream().map(node -> node.sendAsync(TARGET)).toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(502));
        assertThat(sandbox.bill().calls()).isEqualTo(1);
    }

    @Test
    void aNodeThatDiesInMidCallDelaysTheOthersAndCostsOneMoreCall() {
        fault("latencyMillis", 1_500);
        CompletableFuture<Answer> lost = nodes.get(0).sendAsync(TARGET);
        Node.until("the call is out", () -> sandbox.bill().calls() == 1);
        CompletableFuture<Answer> waiting = nodes.get(1).sendAsync(TARGET);
        nodes.get(0).die();
        lost.exceptionally(gone -> null).join();
        assertThat(waiting.join().status()).isEqualTo(200);
        assertThat(sandbox.bill().calls()).isLessThanOrEqualTo(2);
    }

    @Test
    void aStaleAnswerIsRefreshedByOneNode() {
        nodes.forEach(node -> assertThat(node.get(TARGET).status()).isEqualTo(200));
        nodes.forEach(node -> node.clock.advance(Duration.ofHours(25)));
        fault("latencyMillis", 300);
        List<CompletableFuture<Answer>> answers = nodes.stream().map(node -> node.sendAsync(TARGET)).toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().header("X-Cache")).isEqualTo("STALE"));
        nodes.forEach(node -> Node.until("it is fresh", () -> node.get(TARGET).header("X-Cache").equals("HIT")));
        assertThat(sandbox.bill().billed()).isEqualTo(2);
    }

    @Test
    void whoWantsANewAnswerGetsOneThoughAnotherHasJustCome() {
        assertThat(nodes.get(0).get(TARGET).header("X-Cache")).isEqualTo("MISS");
        nodes.forEach(node -> node.clock.advance(Duration.ofMillis(10)));
        // The first answer may not be written yet.
        assertThat(nodes.get(1).get(TARGET, "Cache-Control", "no-cache").header("Cache-Status"))
                .matches("RentCache; fwd=(request|uri-miss); fwd-status=200; stored");
        nodes.forEach(node -> node.clock.advance(Duration.ofMillis(10)));
        assertThat(nodes.get(2).get(TARGET + "&force_refresh=true").header("X-Cache")).isEqualTo("MISS");
        assertThat(sandbox.bill().calls()).isEqualTo(3);
    }

    @Test
    void aLateAnswerOfALostLeaseDoesNotReplaceANewerOne() {
        fault("latencyMillis", 2_500);
        Instant begun = nodes.get(0).clock.instant();
        CompletableFuture<Answer> late = nodes.get(0).sendAsync(TARGET);
        Node.until("the call is out", () -> sandbox.bill().calls() == 1);
        loseLeases();
        sandbox.faults(Faults.NONE);
        nodes.forEach(node -> node.clock.advance(Duration.ofSeconds(10)));
        assertThat(nodes.get(1).get(TARGET).header("X-Cache")).isEqualTo("MISS");
        nodes.forEach(node -> node.clock.advance(Duration.ofSeconds(10)));
        assertThat(late.join().status()).isEqualTo(200);
        // What is asked next is written after it.
        nodes.get(0).get(TARGET + "&offset=2");
        Node.until("both are written", () -> fetchedAt().size() == 2);
        assertThat(fetchedAt()).contains(begun.plusSeconds(10).toEpochMilli())
                .contains(begun.plusSeconds(20).toEpochMilli());
    }

    /** As where the store that keeps them forgot. */
    void loseLeases() {
        PostgresqlServer.execute(database, "DELETE FROM flights");
    }

    private Set<Long> fetchedAt() {
        return nodes.get(2).database(open -> open.reader().query("SELECT created_at FROM cache_entries").execute().map(
                rows -> {
                    Set<Long> times = new HashSet<>();
                    rows.forEach(row -> times.add(row.getLong("created_at")));
                    return times;
                }));
    }
}

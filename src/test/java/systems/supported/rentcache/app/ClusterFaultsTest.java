package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;

/**
 * Real nodes that are killed, stand still, are cut off and restarted: one cluster with Redis, one with PostgreSQL alone,
 * each of three processes, in networks of their own where that is possible. What is tested on both is tested at the same
 * time, for most of it is waiting.
 */
@Tag("cluster")
class ClusterFaultsTest {
    /** A killed node's flights are free after 3 s; its place is taken when it has started again. */
    private static final Duration WHOLE_AFTER_A_KILL = NodeProcess.STARTS_WITHIN;
    /** Members that lost each other look for each other every 5 s, and find each other two by two. */
    private static final Duration WHOLE_AFTER_A_PAUSE = Duration.ofSeconds(60);
    private static final Duration WHOLE_AFTER_A_PARTITION = Duration.ofSeconds(60);
    /** How long what is near is given as it is where it is not known what is invalid, and some time to ask for it. */
    private static final Duration TRUSTED = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PACE = Duration.ofMillis(100);
    /** Requests a second. {@code -Dcluster.load=N} sets it. */
    private static final int RESTART_RATE = Integer.getInteger("cluster.load", 2_000);
    private static final int HERD = 10_000;
    private static final String VALUE = "/v1/avm/value?address=5500+Grand+Lake+Dr,+San+Antonio,+TX+78244";
    private static final String VALUES = "value_estimate";
    private static final List<String> QUESTIONS = IntStream.range(0, 20)
            .mapToObj(page -> "/v1/properties?zipCode=78244&limit=5&offset=" + 5 * page).toList();

    @TempDir
    private static Path directory;
    private static final Vertx VERTX = Vertx.vertx();
    private static NetworkSpaces network;
    private static ProcessCluster withRedis;
    private static ProcessCluster withoutRedis;

    @BeforeAll
    static void start() {
        if (NetworkSpaces.arePossible()) {
            network = new NetworkSpaces(7);
            // The last is for a node that joins later.
            withRedis = ProcessCluster.in(
                    network, network.spaces().subList(0, 4), VERTX, directory.resolve("redis"), true);
            withoutRedis = ProcessCluster.in(
                    network, network.spaces().subList(4, 7), VERTX, directory.resolve("postgresql"), false);
        } else {
            withRedis = ProcessCluster.onLoopback(VERTX, directory.resolve("redis"), true);
            withoutRedis = ProcessCluster.onLoopback(VERTX, directory.resolve("postgresql"), false);
        }
        both().forEach(cluster -> Stream.of("one", "two", "three").forEach(name -> cluster.add(name).launch()));
        both().forEach(cluster -> cluster.awaitWhole(NodeProcess.STARTS_WITHIN));
    }

    /** Waits until a cluster is whole, and reports how long that took. */
    private static void whole(ProcessCluster cluster, Duration within, String after, TestReporter reporter) {
        long begun = System.nanoTime();
        cluster.awaitWhole(within);
        reporter.publishEntry("whole after " + after, Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");
    }

    @AfterEach
    void mend() {
        both().forEach(ProcessCluster::mend);
    }

    @AfterAll
    static void stop() {
        both().forEach(ProcessCluster::close);
        if (network != null) {
            network.close();
        }
        Node.await(VERTX.close());
    }

    private static Stream<ProcessCluster> both() {
        return Stream.of(withRedis, withoutRedis);
    }

    private static void onBoth(Consumer<ProcessCluster> test) {
        List<CompletableFuture<Void>> tests = both()
                .map(cluster -> CompletableFuture.runAsync(() -> test.accept(cluster))).toList();
        tests.forEach(CompletableFuture::join);
    }

    @Test
    void tenThousandEqualQuestionsAtOnceArePaidForOnce() {
        both().forEach(cluster -> {
            long before = cluster.calls();
            cluster.upstreamTakes(Duration.ofMillis(300));
            HttpClient client = VERTX.httpClientBuilder()
                    .with(new HttpClientOptions().setPipelining(true).setPipeliningLimit(100))
                    .with(new PoolOptions().setHttp1MaxSize(40).setMaxWaitQueueSize(-1))
                    .build();
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < HERD; i++) {
                NodeProcess node = cluster.node(i % 3);
                answers.add(client.request(HttpMethod.GET, node.port(), node.host(), "/v1/properties?zipCode=78250")
                        .compose(request -> request.putHeader("X-Api-Key", Node.ADMIN).send())
                        .compose(response -> response.body().map(response.statusCode())));
            }
            Node.until("all are answered", PATIENCE, PACE, Future.join(answers)::isComplete);
            assertThat(answers).extracting(Future::result).containsOnly(200);
            assertThat(cluster.calls() - before).isEqualTo(1);
            Node.await(client.close());
        });
    }

    @Test
    void aNodeThatIsKilledInMidCallCostsTheOthersOneMoreCall(TestReporter reporter) {
        onBoth(cluster -> {
            String target = "/v1/properties?zipCode=78251&limit=2";
            NodeProcess victim = cluster.thatCallsFor(target);
            cluster.invalidate(victim, "properties");
            SteadyLoad load = cluster.load(SteadyLoad.answersOf(victim, QUESTIONS), 100);
            long before = cluster.calls();
            cluster.upstreamTakes(Duration.ofMillis(1_500));
            CompletableFuture<Answer> lost = victim.ask(Node.ADMIN, target);
            Node.until("the call is out", () -> cluster.calls() == before + 1);
            List<CompletableFuture<Answer>> waiting = cluster.but(victim).stream()
                    .flatMap(node -> IntStream.range(0, 5).mapToObj(i -> node.ask(Node.ADMIN, target))).toList();

            victim.kill();

            assertThat(lost).failsWithin(PATIENCE);
            assertThat(waiting).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
            assertThat(waiting.stream().map(answer -> answer.join().text()).distinct()).hasSize(1);
            assertThat(cluster.calls() - before).isEqualTo(2);
            Node.until("the others go on", load.goesOnFor(100));
            victim.launch();
            whole(cluster, WHOLE_AFTER_A_KILL, "a start", reporter);
            assertNoticedOnlyBy(victim, cluster.endLoad());
        });
    }

    @Test
    void aNodeThatStandsStillIsDoneWithoutAndComesBackKnowingWhatHappened(TestReporter reporter) {
        onBoth(cluster -> {
            NodeProcess victim = cluster.thatCallsFor(VALUE);
            NodeProcess other = cluster.but(victim).get(0);
            cluster.load(SteadyLoad.answersOf(victim, QUESTIONS), 100);
            JsonObject key = newKey(other, "to be revoked in a pause");
            String old = victim.ask(key.getString("value"), VALUE).join().text();
            cluster.nodes().forEach(node -> assertThat(node.get(VALUE).text()).isEqualTo(old));
            cluster.upstreamChanges();
            cluster.invalidate(victim, VALUES);
            cluster.upstreamTakes(Duration.ofMillis(800));
            long before = cluster.calls();
            CompletableFuture<Answer> late = victim.ask(Node.ADMIN, VALUE);
            Node.until("the call is out", () -> cluster.calls() == before + 1);

            victim.pause();

            long began = System.nanoTime();
            List<CompletableFuture<Answer>> waiting = cluster.but(victim).stream()
                    .map(node -> node.ask(Node.ADMIN, VALUE)).toList();
            assertThat(waiting).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
            String replaced = waiting.get(0).join().text();
            assertThat(replaced).isNotEqualTo(old);
            assertThat(cluster.calls() - before).isEqualTo(2);
            cluster.upstreamChanges();
            cluster.invalidate(other, VALUES);
            String newest = other.get(VALUE).text();
            assertThat(newest).isNotEqualTo(replaced);
            revoke(other, key);
            Node.until("it stood still for longer than all leases", PAUSE.plusSeconds(5), PACE,
                    () -> System.nanoTime() - began > PAUSE.toNanos());

            victim.goOn();

            assertThat(victim.ask(key.getString("value"), VALUE).join().status()).isEqualTo(401);
            assertThat(victim.get(VALUE).text()).isEqualTo(newest);
            assertThat(late.join().text()).as("the lost call's answer, or that of one after it")
                    .isIn(replaced, newest);
            whole(cluster, WHOLE_AFTER_A_PAUSE, "a pause", reporter);
            cluster.nodes().forEach(node -> assertThat(node.get(VALUE).text()).as(node.name()).isEqualTo(newest));
            assertThat(cluster.calls() - before).as("the lost call, the one in its place, one after the invalidation")
                    .isEqualTo(3);
            assertNoticedOnlyBy(victim, cluster.endLoad());
        });
    }

    @Test
    void aPartitionHeals(TestReporter reporter) {
        assumeTrue(network != null || "true".equals(System.getenv("CI")), "this takes root and iproute2");
        assertThat(network).as("networks of the test's own, which take root and iproute2").isNotNull();
        both().forEach(cluster -> cluster.nodes().forEach(node ->
                assertThat(node.get(VALUE).status()).isEqualTo(200)));
        // No node reaches another, and the third of each cluster reaches no server.
        network.part();
        network.cutOff(network.spaces().get(2));
        network.cutOff(network.spaces().get(6));
        try {
            onBoth(ClusterFaultsTest::whileParted);
        } finally {
            network.heal();
        }
        onBoth(cluster -> {
            String newest = cluster.node(0).get(VALUE).text();
            whole(cluster, WHOLE_AFTER_A_PARTITION, "a partition", reporter);
            cluster.nodes().forEach(node -> {
                Answer answer = node.get(VALUE);
                assertThat(answer.text()).as(node.name()).isEqualTo(newest);
                assertThat(answer.header("X-Cache")).as(node.name()).isEqualTo("HIT");
            });
        });
    }

    private static void whileParted(ProcessCluster cluster) {
        NodeProcess one = cluster.node(0);
        NodeProcess two = cluster.node(1);
        NodeProcess alone = cluster.node(2);
        String old = alone.get(VALUE).text();
        Map<NodeProcess, Long> lost = cluster.nodes().stream().collect(Collectors.toMap(node -> node, NodeProcess::lost));
        long before = cluster.calls();
        cluster.upstreamChanges();
        cluster.invalidate(one, VALUES);
        String newest = one.get(VALUE).text();
        assertThat(newest).isNotEqualTo(old);
        assertThat(two.get(VALUE).text()).as("two nodes that cannot hear each other").isEqualTo(newest);
        Node.until("the node that is cut off knows that it may be wrong", TRUSTED, PACE,
                () -> alone.get(VALUE).header("X-Cache").equals("STALE"));
        assertThat(alone.get(VALUE).text()).isEqualTo(old);
        cluster.upstreamTakes(Duration.ofMillis(500));
        List<CompletableFuture<Answer>> cold = Stream.of(one, two, one, two)
                .map(node -> node.ask(Node.ADMIN, "/v1/properties?zipCode=78252&limit=1")).toList();
        assertThat(cold).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        assertThat(cluster.calls() - before).as("one after the invalidation, one for the cold question").isEqualTo(2);
        Node.until("each takes the others for lost", PATIENCE, PACE, () -> cluster.nodes().stream()
                .allMatch(node -> node.lost() >= lost.get(node) + 2));
    }

    @Test
    void aNodeMoreAndAllRestartedInTurnLoseNoRequest(TestReporter reporter) {
        List<NodeProcess> three = List.copyOf(withRedis.nodes());
        NodeProcess four = withRedis.add("four");
        Map<String, Buffer> questions = SteadyLoad.answersOf(three.get(0), QUESTIONS);
        SteadyLoad load = withRedis.load(questions, RESTART_RATE);
        Node.until("requests are answered", PATIENCE, PACE, load.goesOnFor(RESTART_RATE));
        four.launch().awaitReady();
        restartInTurn(withRedis, three, load, reporter);
        four.stop();
        withRedis.nodes().remove(four);
    }

    @Test
    void allRestartedInTurnWithoutRedisLoseNoRequest(TestReporter reporter) {
        Map<String, Buffer> questions = SteadyLoad.answersOf(withoutRedis.node(0), QUESTIONS);
        SteadyLoad load = withoutRedis.load(questions, RESTART_RATE);
        Node.until("requests are answered", PATIENCE, PACE, load.goesOnFor(RESTART_RATE));
        restartInTurn(withoutRedis, withoutRedis.nodes(), load, reporter);
    }

    private static void restartInTurn(
            ProcessCluster cluster, List<NodeProcess> nodes, SteadyLoad load, TestReporter reporter) {
        for (NodeProcess node : nodes) {
            node.stop();
            Node.until("the others go on", PATIENCE, PACE, load.goesOnFor(RESTART_RATE / 10));
            node.launch().awaitReady();
        }
        cluster.awaitWhole(NodeProcess.STARTS_WITHIN);
        SteadyLoad.Result result = cluster.endLoad();
        reporter.publishEntry("a rolling restart", result.toString());
        assertThat(result.failures()).isEmpty();
        assertThat(result.wrong()).isZero();
        assertThat(result.statuses()).isEqualTo(Map.of(200, result.sent()));
    }

    private static JsonObject newKey(NodeProcess by, String name) {
        return by.send("POST", "/admin/v1/keys", new JsonObject().put("name", name)).json();
    }

    private static void revoke(NodeProcess by, JsonObject key) {
        int status = by.send("DELETE", "/admin/v1/keys/" + key.getJsonObject("key").getLong("id"), null).status();
        assertThat(status).isBetween(200, 299);
    }

    /** Consumers of the other nodes noticed nothing, and nobody got a wrong answer. */
    private static void assertNoticedOnlyBy(NodeProcess victim, SteadyLoad.Result result) {
        assertThat(result.wrong()).isZero();
        assertThat(result.statuses()).containsOnlyKeys(200);
        assertThat(result.failures()).allSatisfy(failure -> assertThat(failure.node()).isEqualTo(victim.name()));
    }
}

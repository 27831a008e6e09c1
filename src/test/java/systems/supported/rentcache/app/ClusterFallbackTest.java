package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.PostgresqlServer;

/** Two nodes that each do everything: who looks a question up, and what happens where that one does not. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterFallbackTest {
    private static final int SOME = 16;
    private static final String JOINED = "rentcache_cluster_changes_total{change=\"joined\"}";
    private static final String LEFT = "rentcache_cluster_changes_total{change=\"left\"}";

    @TempDir
    private static Path directory;
    private static final Vertx VERTX = Vertx.vertx();
    private static SandboxServer sandbox;
    private static Node one;
    private static Node other;
    private static int vanished;

    @BeforeAll
    static void start() {
        sandbox = Node.await(SandboxServer.start(VERTX, SandboxOptions.standard(0)));
        int port = ClusterPorts.some();
        String database = PostgresqlServer.url(PostgresqlServer.newDatabase());
        one = node("one", port, database).start();
        other = node("other", port, database).start();
        Node.until("they know of each other", () -> members(one) == 2 && members(other) == 2);
    }

    private static Node node(String name, int port, String database) {
        return ClusterPorts.joining(Node.in(directory.resolve(name)), port)
                .with("NODE_NAME", name)
                .with("SANDBOX", false)
                .with("RENTCAST_API_URL", "http://127.0.0.1:" + sandbox.port() + "/v1")
                .with("RENTCAST_API_KEY", SandboxServer.API_KEY)
                .with("UPSTREAM_RATE_LIMIT", "1000/second")
                .with("DATABASE_URL", database);
    }

    @AfterAll
    static void stop() {
        other.close();
        one.close();
        Node.await(sandbox.close());
        Node.await(VERTX.close());
    }

    private static double metric(Node node, String series) {
        return node.get("/metrics").text().lines().filter(line -> line.startsWith(series + " ")).findFirst()
                .map(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .orElseThrow(() -> new AssertionError("there is no " + series));
    }

    private static int members(Node node) {
        return (int) metric(node, "rentcache_cluster_members");
    }

    private static double calls(Node node, String outcome) {
        return metric(node, "rentcache_cluster_calls_total{outcome=\"" + outcome + "\",role=\"lookup\"}");
    }

    /** Distinct questions that nobody asked before. */
    private static List<String> questions(int from) {
        return IntStream.range(from, from + SOME)
                .mapToObj(number -> "/v1/properties?zipCode=78244&limit=" + number).toList();
    }

    private static void assertAllAnswered(Node node, List<String> targets) {
        assertThat(targets).allSatisfy(target -> assertThat(node.get(target).status()).isEqualTo(200));
    }

    @Test
    @Order(1)
    void eachQuestionIsLookedUpInOnePlaceAndPaidForOnce() {
        List<String> targets = questions(1);
        assertAllAnswered(one, targets);
        double routed = calls(one, "answered");
        assertThat(routed).as("the other one's share").isBetween(1.0, SOME - 1.0);
        assertThat(sandbox.bill().billed()).isEqualTo(SOME);

        assertAllAnswered(other, targets);

        assertThat(routed + calls(other, "answered")).as("each key prefers the same node, whoever is asked")
                .isEqualTo(SOME);
        assertThat(sandbox.bill().billed()).isEqualTo(SOME);
    }

    private static JsonObject ghost(String name, int oldest, int newest) {
        return new JsonObject().put("v", 1).put("id", name).put("busId", name).put("name", name)
                .put("version", "9").put("state", "SERVING").put("wire", new JsonArray().add(oldest).add(newest))
                .put("roles", new JsonArray().add("http").add("lookup").add("upstream").add("refresh").add("analytics"));
    }

    /** Has a node hear that another one is there, and waits until it has. */
    private static void appear(JsonObject ghost) {
        double before = metric(one, JOINED);
        one.vertx().eventBus().publish("rentcache.cluster.presence", ghost);
        Node.until("the ghost is heard of", () -> metric(one, JOINED) == before + 1);
    }

    /** Has it want to be asked no more. */
    private static void vanish(JsonObject ghost) {
        one.vertx().eventBus().publish("rentcache.cluster.presence", ghost.put("state", "LEAVING"));
        vanished++;
    }

    @Test
    @Order(2)
    void whereTheNodeIsNotThereAnyMoreThisOneLooksUp() {
        double before = calls(one, "not-taken");
        JsonObject ghost = ghost("dead", 1, 1);
        appear(ghost);
        assertAllAnswered(one, questions(100));
        assertThat(calls(one, "not-taken")).isGreaterThan(before);
        vanish(ghost);
    }

    @Test
    @Order(3)
    void whereTheNodeDoesNotSayThatItTakesTheQuestionOnThisOneLooksUp() {
        double before = calls(one, "not-taken");
        var silence = other.vertx().eventBus().<Buffer>consumer("rentcache.node.silent.lookup").handler(message -> { });
        Node.await(silence.completion());
        JsonObject ghost = ghost("silent", 1, 1);
        appear(ghost);
        assertAllAnswered(one, questions(200));
        Node.await(silence.unregister());
        assertThat(calls(one, "not-taken")).isGreaterThan(before);
        vanish(ghost);
    }

    @Test
    @Order(4)
    void whereTheAnswerCannotBeReadThisOneLooksUp() {
        double before = calls(one, "lost");
        var newer = other.vertx().eventBus().<Buffer>consumer("rentcache.node.newer.lookup").handler(message ->
                message.reply(Buffer.buffer(new byte[] {9, 0, 0, 0, 2, '{', '}'})));
        Node.await(newer.completion());
        JsonObject ghost = ghost("newer", 1, 1);
        appear(ghost);
        assertAllAnswered(one, questions(300));
        Node.await(newer.unregister());
        assertThat(calls(one, "lost")).isGreaterThan(before);
        vanish(ghost);
    }

    @Test
    @Order(5)
    void aNodeThatSpeaksNoCommonVersionIsNotAsked() {
        double before = calls(one, "not-taken") + calls(one, "lost");
        JsonObject ghost = ghost("foreign", 7, 8);
        appear(ghost);
        assertAllAnswered(one, questions(400).subList(0, 8));
        assertThat(calls(one, "not-taken") + calls(one, "lost")).isEqualTo(before);
        vanish(ghost);
    }

    @Test
    @Order(6)
    void noQuestionIsLostWhenTheOtherNodeStops() {
        List<String> targets = questions(450);
        assertAllAnswered(one, targets.subList(0, SOME / 2));
        Node.until("the ghosts are forgotten", () -> metric(one, LEFT) == vanished);
        other.stop();
        assertAllAnswered(one, targets.subList(SOME / 2, SOME));
        Node.until("it is known to have left", () -> metric(one, LEFT) == vanished + 1);
        assertThat(one.get("/health/ready").status()).isEqualTo(200);
    }
}

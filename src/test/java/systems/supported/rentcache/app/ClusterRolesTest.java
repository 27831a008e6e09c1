package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.PostgresqlServer;

/** Three nodes that share out the work: one answers requests, one looks up, one calls Rentcast. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterRolesTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=2";
    private static final String LARGE = "/v1/properties?zipCode=78244&limit=500";

    @TempDir
    private static Path directory;
    private static final Vertx VERTX = Vertx.vertx();
    private static SandboxServer sandbox;
    private static Node front;
    private static Node finder;
    private static Node caller;

    @BeforeAll
    static void start() {
        sandbox = Node.await(SandboxServer.start(VERTX, SandboxOptions.standard(0)));
        int port = ClusterPorts.some();
        String database = PostgresqlServer.url(PostgresqlServer.newDatabase());
        caller = node("caller", port, database).with("ROLES", "upstream").start();
        finder = node("finder", port, database).with("ROLES", "lookup,refresh,analytics").start();
        front = node("front", port, database).with("ROLES", "http").start();
        Node.until("the front is ready", ClusterRolesTest::isReady);
        // To be asked for the first time may take a process longer than it is given to say that it is there.
        Node.until("questions are answered", () -> front.get("/v1/markets?zipCode=78244").status() == 200);
    }

    private static Node node(String name, int port, String database) {
        return ClusterPorts.joining(Node.in(directory.resolve(name)), port)
                .with("NODE_NAME", name)
                .with("SANDBOX", false)
                .with("RENTCAST_API_URL", "http://127.0.0.1:" + sandbox.port() + "/v1")
                .with("RENTCAST_API_KEY", SandboxServer.API_KEY)
                .with("MAX_CACHED_BODY", "64KiB")
                .with("DATABASE_URL", database);
    }

    @AfterAll
    static void stop() {
        front.close();
        finder.close();
        caller.close();
        Node.await(sandbox.close());
        Node.await(VERTX.close());
    }

    private static boolean isReady() {
        return front.send("GET", "/health/ready", null).status() == 200;
    }

    @Test
    @Order(1)
    void aQuestionIsAnsweredAcrossAllOfThemAndThenByTheNearTier() {
        byte[] right = Node.askUpstream(sandbox, TARGET.substring("/v1".length()));
        long before = sandbox.bill().billed();

        Answer first = front.get(TARGET);
        Answer second = front.get(TARGET);

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.bytes()).isEqualTo(right);
        assertThat(first.header("X-Cache")).isEqualTo("MISS");
        assertThat(second.bytes()).isEqualTo(right);
        assertThat(second.header("Cache-Status")).contains("hit").contains("near");
        assertThat(sandbox.bill().billed()).isEqualTo(before + 1);
    }

    @Test
    @Order(2)
    void anAnswerTooLargeToBeHeldComesThroughBothHops() {
        byte[] right = Node.askUpstream(sandbox, LARGE.substring("/v1".length()));
        assertThat(right.length).isGreaterThan(128 << 10);

        Answer answer = front.get(LARGE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.bytes()).isEqualTo(right);
        assertThat(answer.header("Cache-Status")).contains("too-large");
    }

    @Test
    @Order(3)
    void whatRentcastSaysOfAFaultComesThrough() {
        Answer answer = front.get("/v1/properties?zipCode=78244&limit=3", "Cache-Control", "only-if-cached");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().getString("type")).endsWith("not-cached");
    }

    @Test
    @Order(4)
    void usageIsWrittenByTheNodeThatHasThatRole() {
        Node.until("the requests are in the reports", () -> front.get("/admin/v1/usage?groupBy=endpoint")
                .text().contains("properties"));
    }

    @Test
    @Order(5)
    void withoutARoleTheAnswerNamesItAndTheNodeIsNotReady() {
        caller.stop();
        Node.until("the front is not ready", () -> !isReady());

        Answer kept = front.get(TARGET);
        Answer cold = front.get("/v1/properties?zipCode=78244&limit=4");

        assertThat(kept.status()).isEqualTo(200);
        assertThat(cold.status()).isEqualTo(503);
        assertThat(cold.json().getString("type")).endsWith("role-missing");
        assertThat(cold.json().getString("role")).isEqualTo("upstream");
        Node.until("the health answer names it", () -> front.get("/health").json().getJsonObject("checks")
                .getJsonObject("cluster").getString("detail").contains("upstream"));
        Node.until("two nodes are left", () -> front.get("/metrics").text().contains("rentcache_cluster_members 2.0"));

        finder.stop();
        Answer lost = front.get("/v1/properties?zipCode=78244&limit=5");

        assertThat(lost.status()).isEqualTo(503);
        assertThat(lost.json().getString("role")).isEqualTo("lookup");
    }
}

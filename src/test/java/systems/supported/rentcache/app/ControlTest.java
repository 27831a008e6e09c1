package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.events.Addresses;

/** What a program on the event bus can have a node do, and what it cannot. */
class ControlTest {
    private static final String QUESTION = "/v1/markets?zipCode=78244";

    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("BUS_CONTROL", true).start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Message<JsonObject> ask(String address, Object body, String key) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(10_000);
        if (key != null) {
            options.addHeader("X-Api-Key", key);
        }
        return Node.await(node.vertx().eventBus().request(address, body, options));
    }

    private static JsonObject done(String address, JsonObject body) {
        Message<JsonObject> reply = ask(address, body, Node.ADMIN);
        assertThat(reply.headers().get("status")).as(() -> reply.body().encode()).isEqualTo("200");
        return reply.body();
    }

    private static JsonObject refused(int status, String address, Object body, String key) {
        Message<JsonObject> reply = ask(address, body, key);
        assertThat(reply.headers().get("status")).isEqualTo(String.valueOf(status));
        assertThat(reply.body().getInteger("status")).isEqualTo(status);
        assertThat(reply.body().getString("type")).startsWith("urn:rentcache:problem:");
        return reply.body();
    }

    @Test
    void answersAreInvalidatedAndTheDocumentIsThatOfTheAdminApi() {
        node.get(QUESTION);
        assertThat(node.get(QUESTION).header("X-Cache")).isEqualTo("HIT");
        JsonObject cleared = done(Addresses.CONTROL_INVALIDATE, new JsonObject().put("endpoint", "market_stats"));
        assertThat(cleared.getLong("seq")).isPositive();
        node.clock.advance(Duration.ofSeconds(1));
        assertThat(node.get(QUESTION).header("X-Cache")).isEqualTo("MISS");
    }

    @Test
    void aRequestIsExplainedAsTheAdminApiDoes() {
        String question = "/v1/properties?zipCode=78244&limit=1&offset=91";
        JsonObject told = done(Addresses.CONTROL_EXPLAIN, new JsonObject().put("request", question));
        JsonObject http = node.get("/admin/v1/explain?request="
                + question.replace("?", "%3F").replace("&", "%26").replace("=", "%3D")).json();
        assertThat(told.fieldNames()).isEqualTo(http.fieldNames());
        assertThat(told.getString("request")).isEqualTo(http.getString("request"));
    }

    @Test
    void onlyAnAdministratorsKeyIsLetIn() {
        String reader = node.newKey(KeySpec.named("reader"));
        JsonObject all = new JsonObject().put("all", true);
        assertThat(refused(401, Addresses.CONTROL_INVALIDATE, all, null).getString("type"))
                .endsWith(":api-key-missing");
        assertThat(refused(401, Addresses.CONTROL_INVALIDATE, all, "no-such-key-at-all").getString("type"))
                .endsWith(":api-key-invalid");
        assertThat(refused(403, Addresses.CONTROL_INVALIDATE, all, reader).toString()).doesNotContain(reader);
    }

    @Test
    void whatTheContractDoesNotAllowIsRefusedInItsWords() {
        assertThat(refused(400, Addresses.CONTROL_INVALIDATE, new JsonObject().put("al", true), Node.ADMIN)
                .getString("detail")).contains("'al'");
        assertThat(refused(400, Addresses.CONTROL_INVALIDATE, new JsonObject(), Node.ADMIN)
                .getString("detail")).contains("missing");
        assertThat(refused(400, Addresses.CONTROL_INVALIDATE, "all", Node.ADMIN).getString("detail"))
                .contains("JSON object");
        assertThat(refused(400, Addresses.CONTROL_EXPLAIN, new JsonObject(), Node.ADMIN).getString("detail"))
                .contains("'request'");
        assertThat(refused(400, Addresses.CONTROL_EXPLAIN, new JsonObject().put("request", "/v1/markets")
                .put("key", "one"), Node.ADMIN).getString("detail")).contains("'key'");
        assertThat(refused(400, Addresses.CONTROL_EXPLAIN, new JsonObject().put("request", new JsonArray()),
                Node.ADMIN).getString("detail")).contains("'request'");
        assertThat(refused(404, Addresses.CONTROL_EXPLAIN, new JsonObject().put("request", "/v1/markets")
                .put("key", 4_711), Node.ADMIN).getString("detail")).contains("4711");
    }

    @Test
    void whoFloodsItIsRefusedAndOthersAreServedAfterwards() {
        JsonObject explain = new JsonObject().put("request", QUESTION);
        var replies = IntStream.range(0, 200).mapToObj(i -> node.vertx().eventBus().<JsonObject>request(
                Addresses.CONTROL_EXPLAIN, explain, new DeliveryOptions().addHeader("X-Api-Key", Node.ADMIN))).toList();
        assertThat(replies).allSatisfy(reply ->
                assertThat(Node.await(reply).headers().get("status")).isIn("200", "503"));
        done(Addresses.CONTROL_EXPLAIN, explain);
    }

    @Test
    void withoutTheSettingNobodyHearsAndMessagesThatNobodyWaitsForDoNothing(@TempDir Path other) {
        String question = "/v1/markets?zipCode=78701";
        node.get(question);
        double refused = node.metric("rentcache_control_calls_total{operation=\"invalidate\",outcome=\"refused\"}");
        node.vertx().eventBus().publish(Addresses.CONTROL_INVALIDATE, new JsonObject().put("all", true),
                new DeliveryOptions().addHeader("X-Api-Key", Node.ADMIN));
        Node.until("it is refused", () -> node.metric(
                "rentcache_control_calls_total{operation=\"invalidate\",outcome=\"refused\"}") == refused + 1);
        assertThat(node.get(question).header("X-Cache")).isEqualTo("HIT");
        try (Node silent = Node.in(other).start()) {
            assertThatThrownBy(() -> Node.await(silent.vertx().eventBus().request(
                    Addresses.CONTROL_INVALIDATE, new JsonObject(), new DeliveryOptions())))
                    .hasMessageContaining("No handlers");
        }
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.http.AdminContract;

/** Events that are sent over HTTP: signed, in order, at least once, by one node at a time. */
class WebhookTest {
    private static final String HOOKS = "/admin/v1/webhooks";
    private static final String MASTER = "master-secret-of-the-webhooks-0123456789";
    private static final AtomicInteger QUESTIONS = new AtomicInteger();

    @TempDir
    static Path directory;
    private static Node node;
    private WebhookReceiver receiver;

    @BeforeAll
    static void start() {
        node = configured().start();
    }

    private static Node configured() {
        return Node.in(directory).with("WEBHOOK_SECRET", MASTER).with("WEBHOOK_HTTP", true)
                .with("WEBHOOK_TRIES", 3).with("WEBHOOK_TIMEOUT", "3s").with("UPSTREAM_RATE_LIMIT", "1000/second")
                .with("ENABLE_RATE_LIMITING", false);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void listen() {
        receiver = new WebhookReceiver(node.vertx());
    }

    @AfterEach
    void deleteAll() {
        done("GET", "", null).getJsonArray("items").forEach(webhook ->
                done("DELETE", "/" + ((JsonObject) webhook).getInteger("id"), null));
        receiver.close();
    }

    private static Answer call(String method, String path, JsonObject body) {
        Answer answer = node.send(method, HOOKS + path, body == null ? null : body.encode(), Node.withKey(
                Node.ADMIN, "Content-Type", "application/json"));
        AdminContract.assertFits(answer.response());
        return answer;
    }

    private static JsonObject done(String method, String path, JsonObject body) {
        Answer answer = call(method, path, body);
        assertThat(answer.status()).as(answer.text()).isBetween(200, 202);
        return answer.json();
    }

    /** A webhook of misses. */
    private JsonObject made() {
        return done("POST", "", new JsonObject()
                .put("url", receiver.url()).put("events", new JsonArray().add("cache.miss")));
    }

    private static String path(JsonObject made) {
        return "/" + made.getJsonObject("webhook").getInteger("id");
    }

    private static JsonObject shown(String path) {
        return done("GET", path, null);
    }

    private static void miss(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(node.get(question(QUESTIONS.incrementAndGet())).status()).isEqualTo(200);
        }
    }

    private static String question(int number) {
        return "/v1/properties?zipCode=78244&limit=1&offset=" + number;
    }

    /** The number of the question that an event is about. */
    private static int number(JsonObject event) {
        return Integer.parseInt(event.getJsonObject("event").getJsonObject("parameters").getString("offset"));
    }

    @Test
    void eventsComeSignedAndInTheirOrderAndNoSecretIsKeptOrTold() throws Exception {
        JsonObject made = made();
        String secret = made.getString("secret");
        int before = QUESTIONS.get();
        miss(5);
        Node.until("all have come", () -> receiver.events().size() == 5);
        assertThat(receiver.events()).extracting(WebhookTest::number)
                .containsExactly(before + 1, before + 2, before + 3, before + 4, before + 5);
        assertThat(receiver.events()).extracting(event -> event.getString("name")).containsOnly("cache.miss");
        assertThat(receiver.events()).extracting(event -> event.getJsonObject("event").getString("cursor"))
                .doesNotHaveDuplicates().doesNotContainNull();
        assertThat(receiver.got).allSatisfy(request -> {
            assertThat(request.isSignedBy(secret)).isTrue();
            assertThat(request.isSignedBy(secret + "x")).isFalse();
            assertThat(request.target()).isEqualTo("/hook?token=hush");
            assertThat(request.webhook()).isEqualTo(path(made).substring(1));
            assertThat(request.json().getInteger("v")).isEqualTo(1);
            assertThat(request.body().toString()).doesNotContain(Node.ADMIN, MASTER, secret);
        });
        Node.until("it is noted", () -> shown(path(made)).getInteger("delivered") == 5);
        assertThat(shown(path(made)).encode()).doesNotContain(secret);
        assertThat(new String(Files.readAllBytes(node.databaseFile()), StandardCharsets.ISO_8859_1))
                .doesNotContain(secret, MASTER);
        assertThat(node.get("/admin/v1/settings").text()).doesNotContain(MASTER);
    }

    @Test
    void whatIsNotTakenIsTriedAgainLaterAndGivenUpInTheEndAndCanBeHadThen() {
        double failed = node.metric("rentcache_webhook_failures_total");
        double dead = node.metric("rentcache_webhook_events_total{outcome=\"dead\"}");
        receiver.answer(500);
        JsonObject made = made();
        String path = path(made);
        miss(1);
        for (int i = 1; i <= 2; i++) {
            int tries = i;
            Node.until("it failed " + i + " times", () -> shown(path).getInteger("failures") == tries);
            assertThat(receiver.got).hasSize(i);
            assertThat(shown(path).getString("lastFault")).contains("500");
            assertThat(shown(path).getString("nextTryAt")).isGreaterThan(node.clock.instant().toString());
            node.clock.advance(Duration.ofSeconds(10));
        }
        assertThat(node.metric("rentcache_webhook_lag_seconds")).isGreaterThanOrEqualTo(10);
        Node.until("it is given up", () -> shown(path).getInteger("dead") == 1);
        assertThat(shown(path).getInteger("failures")).isZero();
        JsonObject given = done("GET", path + "/dead", null).getJsonArray("items").getJsonObject(0);
        assertThat(given.getInteger("tries")).isEqualTo(3);
        assertThat(given.getJsonArray("events")).isEqualTo(receiver.got.get(0).json().getJsonArray("events"));
        assertThat(node.metric("rentcache_webhook_failures_total")).isEqualTo(failed + 3);
        assertThat(node.metric("rentcache_webhook_events_total{outcome=\"dead\"}")).isEqualTo(dead + 1);

        receiver.answer(200);
        miss(1);
        Node.until("what follows is delivered", () -> receiver.got.size() == 4);
        assertThat(done("POST", path + "/retry", new JsonObject().put("delivery", given.getInteger("id")))
                .getInteger("count")).isEqualTo(1);
        Node.until("what was given up is delivered", () -> shown(path).getInteger("dead") == 0);
        assertThat(receiver.got.get(4).events()).isEqualTo(receiver.got.get(0).events());
        assertThat(call("POST", path + "/retry", new JsonObject().put("delivery", given.getInteger("id"))).status())
                .isEqualTo(404);
    }

    @Test
    void aReceiverThatAnswersLateOrWithARedirectOrWithoutEndHasNotTakenAnything() {
        JsonObject made = made();
        receiver.answer(response -> response.setStatusCode(302)
                .putHeader("Location", receiver.url() + "&followed").end());
        miss(1);
        Node.until("it failed", () -> shown(path(made)).getInteger("failures") >= 1);
        assertThat(shown(path(made)).getString("lastFault")).contains("302");
        assertThat(receiver.got).hasSize(1);
        receiver.answer(response -> { });
        node.clock.advance(Duration.ofSeconds(10));
        Node.until("it failed again", () -> shown(path(made)).getInteger("failures") == 2);
        assertThat(shown(path(made)).getString("lastFault")).contains("3000 ms");
        receiver.answer(response -> response.setStatusCode(200).setChunked(true).write("x".repeat(500_000)));
        node.clock.advance(Duration.ofSeconds(20));
        Node.until("it is taken by its status, and its answer is not read to the end",
                () -> shown(path(made)).getInteger("delivered") == 1);
    }

    @Test
    void aPauseHoldsEventsBackAndWhoIsGoneIsPaused() {
        JsonObject made = made();
        String path = path(made);
        assertThat(done("PATCH", path, new JsonObject().put("paused", true)).getBoolean("paused")).isTrue();
        miss(2);
        assertThat(done("POST", path + "/test", null).getBoolean("delivered")).as("a test goes all the same").isTrue();
        assertThat(receiver.events()).isEmpty();
        assertThat(receiver.got.get(0).json().getBoolean("test")).isTrue();
        receiver.answer(410);
        done("PATCH", path, new JsonObject().put("paused", false));
        Node.until("it is paused", () -> shown(path).getBoolean("paused"));
        receiver.answer(200);
        done("PATCH", path, new JsonObject().put("paused", false));
        Node.until("what was held back comes", () -> shown(path).getInteger("delivered") == 2);
    }

    @Test
    void aNewSecretAndTheFormerOneSignForAWhile() {
        JsonObject made = made();
        JsonObject rotated = done("POST", path(made) + "/rotate", new JsonObject().put("grace", "1h"));
        assertThat(rotated.getString("secret")).isNotEqualTo(made.getString("secret"));
        done("POST", path(made) + "/test", null);
        assertThat(receiver.got.get(0).isSignedBy(made.getString("secret"))).isTrue();
        assertThat(receiver.got.get(0).isSignedBy(rotated.getString("secret"))).isTrue();
        node.clock.advance(Duration.ofHours(1));
        done("POST", path(made) + "/test", null);
        assertThat(receiver.got.get(1).isSignedBy(made.getString("secret"))).isFalse();
        assertThat(receiver.got.get(1).isSignedBy(rotated.getString("secret"))).isTrue();
    }

    @Test
    void whatIsNoWebhookIsRefusedInWords() {
        assertThat(call("POST", "", new JsonObject().put("url", "ftp://example.com/")).json().getString("detail"))
                .contains("https://");
        assertThat(call("POST", "", new JsonObject().put("url", receiver.url())
                .put("events", new JsonArray().add("cache.mis"))).json().getString("detail"))
                .contains("cache.mis").contains("cache.miss");
        assertThat(call("GET", "/4711", null).status()).isEqualTo(404);
        JsonObject metadata = done("POST", "", new JsonObject().put("url", "http://169.254.169.254/latest"));
        JsonObject sent = done("POST", path(metadata) + "/test", null);
        assertThat(sent.getBoolean("delivered")).isFalse();
        assertThat(sent.getString("fault")).contains("WEBHOOK_LINK_LOCAL");
    }

    @Test
    void twoNodesDeliverEachEventOnceAndARestartLosesNone() {
        JsonObject made = made();
        try (Node other = configured().start()) {
            miss(30);
            for (int i = 0; i < 10; i++) {
                other.get(question(1_000 + i));
            }
            Node.until("all have come", () -> receiver.events().size() >= 40);
            Node.until("all is noted", () -> shown(path(made)).getInteger("delivered") == 40);
        }
        List<Integer> numbers = receiver.events().stream().map(WebhookTest::number).toList();
        assertThat(numbers).hasSize(40);
        assertThat(new HashSet<>(numbers)).hasSize(40);
        receiver.answer(503);
        miss(1);
        Node.until("it failed", () -> shown(path(made)).getInteger("failures") >= 1);
        node.stop();
        node.start();
        WebhookReceiver former = receiver;
        receiver = new WebhookReceiver(node.vertx());
        done("PATCH", path(made), new JsonObject().put("url", receiver.url()));
        Node.until("it has come after the restart", () -> receiver.events().size() == 1);
        assertThat(receiver.events()).isEqualTo(former.got.get(former.got.size() - 1).events());
    }
}

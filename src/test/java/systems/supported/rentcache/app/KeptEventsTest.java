package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The events that are kept, over HTTP, across nodes and restarts. */
class KeptEventsTest {
    @TempDir
    private Path directory;
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(Node::close);
    }

    private Node node(String name) {
        Node node = Node.in(directory).with("NODE_NAME", name).with("LIVE_STREAMS", 2);
        nodes.add(node);
        return node;
    }

    private static JsonObject page(Node node, String query) {
        Node.Answer answer = node.get("/admin/v1/events" + query, "Accept", "application/json");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        AdminContract.assertFits("Events", answer.json());
        return answer.json();
    }

    private static List<String> names(JsonObject page) {
        return page.getJsonArray("items").stream().map(item -> ((JsonObject) item).getString("name")).toList();
    }

    private static LiveReader follow(Node node, String query, String... headers) throws Exception {
        return LiveReader.openAt(node.port(), "/admin/v1/events" + query, Node.withKey(Node.ADMIN, headers));
    }

    private static void ask(Node node, int limit) {
        assertThat(node.get("/v1/properties?zipCode=78244&limit=" + limit).status()).isEqualTo(200);
    }

    @Test
    void whatHappenedIsReadByPagesOfTheTypesThatAreAskedFor() {
        Node node = node("one").start();
        String begin = page(node, "?after=now").getString("next");
        ask(node, 1);
        Node.until("both are kept", () -> names(page(node, "?after=" + begin)).size() == 2);
        JsonObject all = page(node, "?after=" + begin);
        assertThat(names(all)).as("in their order").containsExactly("cache.miss", "cache.stored");
        assertThat(all.getBoolean("more")).isFalse();
        JsonObject first = page(node, "?limit=1&after=" + begin);
        assertThat(first.getBoolean("more")).isTrue();
        assertThat(page(node, "?after=" + first.getString("next")).getJsonArray("items"))
                .isEqualTo(new JsonArray().add(all.getJsonArray("items").getValue(1)));
        assertThat(names(page(node, "?types=cache.stored,budget.step&after=oldest"))).containsExactly("cache.stored");
        JsonObject reset = page(node, "?types=budget.step&after=nonsense").getJsonArray("items").getJsonObject(0);
        assertThat(reset.getString("name")).isEqualTo("reset");
        assertThat(reset.getJsonObject("event").getString("node")).isEqualTo("one");

        Node.Answer unknown = node.get("/admin/v1/events?types=cache.miss,no.such", "Accept", "application/json");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.json().getString("detail")).contains("no.such", "cache.stored");
        assertThat(node.get("/admin/v1/events?types=no.such").status()).as("a stream").isEqualTo(400);
        assertThat(node.get("/admin/v1/events?kinds=cache.miss").status()).isEqualTo(400);
        assertThat(node.get("/admin/v1/events?limit=0").status()).isEqualTo(400);
        assertThat(node.send("GET", "/admin/v1/events", null).status()).isEqualTo(401);
    }

    @Test
    void aStreamGoesOnWithItsLastIdAfterARestart() throws Exception {
        Node node = node("one").start();
        String last;
        try (LiveReader reader = follow(node, "?types=cache.stored")) {
            assertThat(reader.header("Content-Type")).isEqualTo("text/event-stream");
            ask(node, 1);
            LiveReader.Frame stored = reader.await("cache.stored", any -> true);
            last = stored.id();
            assertThat(stored.data().getString("cursor")).isEqualTo(last);
            assertThat(reader.frames()).hasSize(1);
        }
        ask(node, 2);
        node.stop();
        node.start();
        ask(node, 3);
        try (LiveReader reader = follow(node, "?types=cache.stored&limit=2", "Last-Event-ID", last)) {
            Node.until("it ends after two", reader::ended);
            assertThat(reader.frames()).extracting(frame -> frame.data().getJsonObject("parameters").getString("limit"))
                    .containsExactly("2", "3");
        }
        try (LiveReader one = follow(node, ""); LiveReader two = follow(node, "?after=oldest")) {
            two.await("cache.stored", event -> event.getString("cursor").equals(last));
            Node.Answer full = node.get("/admin/v1/events");
            assertThat(full.status()).isEqualTo(503);
            assertThat(node.get("/metrics").text()).contains("rentcache_events_streams 2.0");
            assertThat(one.frames()).isEmpty();
        }
        Node.until("they gave their places back", () -> node.get("/metrics").text().contains("rentcache_events_streams 0.0"));
    }

    @Test
    void onTwoNodesAnEventThatBothSayIsKeptOnceAndHasOneCursor() throws Exception {
        String database = PostgresqlServer.url(PostgresqlServer.newDatabase());
        Node one = node("one").with("DATABASE_URL", database).start();
        Node two = node("two").with("DATABASE_URL", database).start();
        List<JsonObject> said = new ArrayList<>();
        for (Node node : nodes) {
            node.vertx().eventBus().<JsonObject>consumer(Addresses.CACHE_INVALIDATED, message -> {
                synchronized (said) {
                    said.add(message.body());
                }
            });
        }
        try (LiveReader reader = follow(two, "?after=oldest")) {
            ask(one, 1);
            reader.await("cache.stored", event -> event.getString("node").equals("one"));
            assertThat(one.post("/admin/v1/cache/invalidate", "{\"endpoint\":\"properties\"}",
                    "Content-Type", "application/json").status()).isLessThan(300);
            JsonObject kept = reader.await("cache.invalidated", any -> true).data();
            Node.until("both said it", () -> {
                synchronized (said) {
                    return said.size() == 2;
                }
            });
            assertThat(said).allMatch(event -> event.getString("cursor").equals(kept.getString("cursor")));
            String value = KeyHash.newValue();
            ApiKey key = one.keys(keys -> keys.create(KeySpec.named("consumer"), value, one.clock.instant()));
            one.keys(keys -> keys.revoke(key.id(), one.clock.instant()));
            reader.await("key.revoked", event -> event.getLong("keyId") == key.id());
            assertThat(reader.frames()).extracting(LiveReader.Frame::name).filteredOn(name -> !name.startsWith("cache.m"))
                    .containsSubsequence("cache.stored", "cache.invalidated", "key.changed", "key.revoked")
                    .filteredOn("cache.invalidated"::equals).hasSize(1);
        }
    }

    @Test
    void whatIsKeptForNoTimeIsToldOnTheEventBusAlone() {
        Node node = node("one").with("EVENTS_RETENTION", "0").start();
        List<JsonObject> told = new ArrayList<>();
        node.vertx().eventBus().<JsonObject>consumer(Addresses.CACHE_STORED, message -> told.add(message.body()));
        ask(node, 1);
        Node.until("it is told", () -> told.size() == 1);
        assertThat(told.get(0).containsKey("cursor")).isFalse();
        Node.Answer refused = node.get("/admin/v1/events");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().getString("detail")).contains("EVENTS_RETENTION");
    }

    @Test
    void theExampleInTheDocumentationWorks() throws Exception {
        Node node = node("one").start();
        ask(node, 1);
        Node.until("both are kept", () -> names(page(node, "")).containsAll(List.of("cache.miss", "cache.stored")));
        Matcher example = Pattern.compile("```sh\n(curl [^`]*/admin/v1/events[^`]*)```")
                .matcher(Files.readString(Path.of("docs/EVENTS.md")));
        int ran = 0;
        while (example.find()) {
            Process curl = shell(example.group(1).replace("http://localhost:8000", "http://127.0.0.1:" + node.port()));
            String printed = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(curl.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(curl.exitValue()).as(printed).isZero();
            assertThat(printed).contains("cache.stored", "78244");
            ran++;
        }
        assertThat(ran).isEqualTo(2);
    }

    private static Process shell(String script) throws Exception {
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", script).redirectErrorStream(true);
        shell.environment().put("RENTCACHE_ADMIN_KEY", Node.ADMIN);
        return shell.start();
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.events.CacheInvalidated;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.storage.InvalidationLog;

/** The figures of the moment and the live stream, over HTTP. */
class LiveTest {
    private static final String QUESTION = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    private Path directory;
    private Node node;

    @BeforeEach
    void start() {
        node = Node.in(directory).with("NODE_NAME", "one").with("LIVE_STREAMS", 3)
                .with("BUDGET_MONTHLY_CALLS", 10).start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private JsonObject now() {
        Node.Answer answer = node.get("/admin/v1/now");
        assertThat(answer.status()).isEqualTo(200);
        return answer.json();
    }

    private LiveReader open(String query, String... headers) throws Exception {
        return LiveReader.open(node.port(), query, Node.withKey(Node.ADMIN, headers));
    }

    private void invalidate(int zip) {
        node.database(database -> new InvalidationLog(database).append(
                new Invalidation.OfTags(null, List.of("zipCode:" + zip)).scope(), node.clock.instant()));
    }

    @Test
    void theFiguresOfThisMomentFitTheContractAndTheBill() {
        AdminContract.assertFits("Now", now());
        node.get(QUESTION);
        for (int i = 0; i < 4; i++) {
            node.get(QUESTION);
        }
        Node.until("all are counted", () -> now().getJsonObject("requests").getLong("total") == 5);
        node.clock.advance(Duration.ofSeconds(2));
        Node.until("their second has passed", () -> now().getJsonObject("requests").getLong("perSecond") == 5);
        JsonObject now = now();
        AdminContract.assertFits("Now", now);
        assertThat(now.getString("node")).isEqualTo("one");
        assertThat(now.getJsonObject("requests").getJsonObject("byResult"))
                .isEqualTo(new JsonObject().put("hit_near", 4).put("miss", 1));
        assertThat(now.getJsonObject("latency").getJsonObject("hit").getInteger("count")).isEqualTo(4);
        assertThat(now.getJsonObject("latency").getJsonObject("miss").getInteger("count")).isEqualTo(1);
        assertThat(now.getJsonObject("latency").getJsonObject("miss").getInteger("p99Micros")).isPositive();
        assertThat(now.getJsonObject("upstream").getDouble("limitPerSecond")).isEqualTo(20);
        assertThat(now.getJsonObject("health").getJsonObject("database").getString("status")).isEqualTo("up");
        Node.until("the money is written", () -> now().getJsonObject("money").getJsonObject("today")
                .getInteger("questions") == 5);
        long price = node.bill().costMicros();
        assertThat(price).isPositive();
        assertThat(now().getJsonObject("money").getJsonObject("month")).isEqualTo(new JsonObject()
                .put("questions", 5).put("free", 4).put("withoutMicros", 5 * price).put("paidMicros", price)
                .put("savedMicros", 4 * price));
        Node.until("the budget is told", () -> now().getJsonObject("budget").getInteger("calls") == 1);
        JsonObject budget = now().getJsonObject("budget");
        assertThat(budget.getInteger("callsLimit")).isEqualTo(10);
        assertThat(budget.getInteger("percent")).isEqualTo(10);
        assertThat(budget.getString("step")).isEqualTo("ok");
        assertThat(budget.getLong("spentMicros")).isEqualTo(price);
        assertThat(budget.getLong("projectedMicros")).isGreaterThan(price);
    }

    @Test
    void aStreamBringsTheFiguresAndTheEventsAndGoesOnWhereItWasLost() throws Exception {
        String first;
        try (LiveReader reader = open("")) {
            assertThat(reader.status()).isEqualTo(200);
            assertThat(reader.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(reader.header("Cache-Control")).isEqualTo("no-store");
            AdminContract.assertFits("Now", reader.await("now", any -> true).data());
            Node.until("figures come again and again", () -> reader.frames().stream()
                    .filter(frame -> frame.name().equals("now")).count() >= 3);
            invalidate(78244);
            LiveReader.Frame invalidated = reader.await("cache.invalidated", any -> true);
            assertThat(invalidated.data().getString("node")).isEqualTo("one");
            first = invalidated.id();
        }
        invalidate(78245);
        invalidate(78246);
        try (LiveReader reader = open("?events=cache.invalidated", "Last-Event-ID", first)) {
            reader.await("cache.invalidated", event -> event.getString("scope").contains("78246"));
            assertThat(reader.frames()).extracting(LiveReader.Frame::name)
                    .containsExactly("cache.invalidated", "cache.invalidated");
            assertThat(reader.frames().get(0).data().getString("scope")).contains("78245");
        }
        try (LiveReader reader = open("?events=cache.invalidated", "Last-Event-ID", "another-7")) {
            assertThat(reader.await("gap", any -> true).data().getValue("missed")).isNull();
        }
    }

    @Test
    void aReaderWhoTakesNothingIsCutAndCountedAndTheOthersGoOn() throws Exception {
        String dropped = "rentcache_dropped_total{what=\"live-stream\"} ";
        assertThat(node.get("/metrics").text()).contains(dropped + "0.0");
        try (Socket slow = new Socket(); LiveReader quick = open("?events=cache.invalidated")) {
            slow.setReceiveBufferSize(4_096);
            slow.connect(new InetSocketAddress("127.0.0.1", node.port()));
            slow.getOutputStream().write(("GET /admin/v1/live?events=cache.invalidated HTTP/1.1\r\nHost: localhost\r\n"
                    + "X-Api-Key: " + Node.ADMIN + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            Node.until("both are there", () -> node.get("/metrics").text().contains("rentcache_live_streams 2.0"));
            EventPublisher events = new EventPublisher(node.vertx(), "one", node.clock);
            String scope = "tag:" + "x".repeat(8_000);
            int told = 0;
            while (!node.get("/metrics").text().contains(dropped + "1.0")) {
                assertThat(told).isLessThan(100_000);
                for (int i = 0; i < 200; i++) {
                    events.publish(new CacheInvalidated(++told, scope, node.clock.instant()));
                }
                int last = told;
                quick.await("cache.invalidated", event -> event.getInteger("seq") == last);
            }
            assertThat(quick.ended()).isFalse();
            Node.until("it is gone", () -> node.get("/metrics").text().contains("rentcache_live_streams 1.0"));
        }
    }

    @Test
    void aStreamThatIsNotAllowedIsRefusedAndSaysWhy() throws Exception {
        Node.Answer unknown = node.get("/admin/v1/live?events=now,no.such");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.json().getString("detail")).contains("no.such", "cache.miss");
        assertThat(node.send("GET", "/admin/v1/live", null).status()).isEqualTo(401);
        List<LiveReader> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(open(""));
        }
        Node.Answer full = node.get("/admin/v1/live");
        assertThat(full.status()).isEqualTo(503);
        assertThat(full.json().getString("type")).isEqualTo("urn:rentcache:problem:unavailable");
        assertThat(node.get("/metrics").text()).contains("rentcache_live_streams 3.0");
        readers.forEach(LiveReader::close);
        Node.until("those who left make room", () -> node.get("/metrics").text().contains("rentcache_live_streams 0.0"));
    }

    @Test
    void aStreamEndsWithItsKeyAndWithTheServer() throws Exception {
        String value = node.newKey(new KeySpec(
                "watcher", Set.of(Permission.ADMIN), Quota.UNLIMITED, Quota.UNLIMITED, Optional.empty(), Map.of(), null));
        LiveReader watcher = LiveReader.open(node.port(), "", "X-Api-Key", value);
        watcher.await("now", any -> true);
        long id = node.keys(keys -> keys.find("watcher")).orElseThrow().id();
        LiveReader other = open("");
        node.keys(keys -> keys.revoke(id, node.clock.instant()));
        Node.until("the stream of the revoked key ended", watcher::ended);
        assertThat(other.ended()).isFalse();
        long begun = System.nanoTime();
        node.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("within the grace of five seconds")
                .isLessThan(Duration.ofSeconds(5));
        Node.until("the other stream ended", other::ended);
    }

    @Test
    void aNodeThatDiedIsShownAsGoneAndOneThatLeftNotAtAll() {
        JsonArray before = node.get("/admin/v1/nodes").json().getJsonArray("items");
        assertThat(before).hasSize(1);
        assertThat(before.getJsonObject(0).getString("name")).isEqualTo("one");
        assertThat(before.getJsonObject(0).getString("state")).isEqualTo("up");
        assertThat(before.getJsonObject(0).getBoolean("self")).isTrue();
        assertThat(before.getJsonObject(0).getString("version")).isNotBlank();
        node.die();
        node.start();
        node.clock.advance(Duration.ofSeconds(16));
        Node.until("the dead one gave its name up", () ->
                node.get("/admin/v1/nodes").json().getJsonArray("items").size() == 1);
        node.stop();
        node.with("NODE_NAME", "two").start();
        assertThat(node.get("/admin/v1/nodes").json().getJsonArray("items").getJsonObject(0).getString("name"))
                .isEqualTo("two");
        node.die();
        node.with("NODE_NAME", "three").start();
        node.clock.advance(Duration.ofSeconds(16));
        JsonArray after = node.get("/admin/v1/nodes").json().getJsonArray("items");
        assertThat(after).hasSize(2);
        assertThat(after.getJsonObject(0).getString("state")).isEqualTo("gone");
        node.clock.advance(Duration.ofHours(1));
        Node.until("it is dropped", () -> node.get("/admin/v1/nodes").json().getJsonArray("items").size() == 1);
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.limits.Quota;

/** Events over TCP, with a client that speaks the protocol of the bridge, and what it refuses. */
class BridgeTest {
    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("BRIDGE_PORT", 0).with("BRIDGE_CLIENTS", 5)
                .with("BUS_CONTROL", true).with("BRIDGE_CONTROL", true).start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static BridgeConnection connect() throws IOException {
        return new BridgeConnection(node.app().bridgePort());
    }

    @Test
    void whoShowsAnAdministratorsKeyHearsTheEventsThatItRegistersFor() throws IOException {
        try (BridgeConnection client = connect()) {
            client.register(Addresses.CACHE_MISS, Node.ADMIN).settled();
            node.get("/v1/markets?zipCode=78244");
            JsonObject miss = client.next();
            assertThat(miss.getString("type")).isEqualTo("message");
            assertThat(miss.getString("address")).isEqualTo(Addresses.CACHE_MISS);
            assertThat(miss.getBoolean("send")).isFalse();
            assertThat(miss.getJsonObject("body").getString("reason")).isEqualTo("uri-miss");
            assertThat(miss.encode()).doesNotContain(Node.ADMIN);
            client.send(BridgeConnection.frame("unregister", Addresses.CACHE_MISS, null)).settled();
            node.get("/v1/markets?zipCode=78245");
            client.settled();
            assertThat(client.send(BridgeConnection.frame("unregister", Addresses.CACHE_MISS, null)).next())
                    .isEqualTo(error("unknown_address").put("address", Addresses.CACHE_MISS));
        }
    }

    private static JsonObject error(String fault) {
        return new JsonObject().put("type", "err").put("message", fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        Addresses.ANALYTICS_USAGE, Addresses.CACHE_LOOKUP, Addresses.CONTROL_INVALIDATE, "rentcache.cache", "*", ""})
    void onlyEventsAreHeard(String address) throws IOException {
        try (BridgeConnection client = connect()) {
            assertThat(client.register(address, Node.ADMIN).next())
                    .isEqualTo(error("access_denied").put("address", address));
            client.settled();
        }
    }

    @Test
    void nothingIsPublishedOrSentButControl() throws IOException {
        List<Object> heard = new ArrayList<>();
        node.vertx().eventBus().consumer("rentcache.cache.stored", message -> heard.add(message.body()));
        try (BridgeConnection client = connect()) {
            for (String type : List.of("send", "publish")) {
                for (String address : List.of(Addresses.CACHE_STORED, Addresses.CACHE_LOOKUP, "anything")) {
                    assertThat(client.send(BridgeConnection.frame(type, address, Node.ADMIN)
                            .put("replyAddress", "mine").put("body", new JsonObject())).next())
                            .isEqualTo(error("access_denied").put("address", address));
                }
            }
            assertThat(client.send(BridgeConnection.frame("publish", Addresses.CONTROL_INVALIDATE, Node.ADMIN)
                    .put("body", new JsonObject().put("all", true))).next().getString("message"))
                    .isEqualTo("access_denied");
            assertThat(client.send(new JsonObject().put("type", "register")).next())
                    .isEqualTo(error("missing_address"));
            assertThat(client.send(new JsonObject().put("type", "dance").put("address", "a")).next())
                    .isEqualTo(error("unknown_type").put("address", "a"));
            assertThat(client.send(new JsonObject()).next()).isEqualTo(error("unknown_type"));
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void controlIsAskedAndItsRepliesComeBack() throws IOException {
        try (BridgeConnection client = connect()) {
            JsonObject reply = client.send(BridgeConnection.frame("send", Addresses.CONTROL_EXPLAIN, Node.ADMIN)
                    .put("replyAddress", "mine")
                    .put("body", new JsonObject().put("request", "/v1/markets?zipCode=78244"))).next();
            assertThat(reply.getString("type")).isEqualTo("message");
            assertThat(reply.getString("address")).isEqualTo("mine");
            assertThat(reply.getJsonObject("headers").getString("status")).isEqualTo("200");
            assertThat(reply.getJsonObject("body").getString("request")).startsWith("/v1/markets");
            assertThat(reply.encode()).doesNotContain(Node.ADMIN);
        }
    }

    @Test
    void aWrongKeyEndsTheConnection() throws IOException {
        String reader = node.newKey(KeySpec.named("reader"));
        for (String key : new String[] {null, "no-such-key-at-all", reader}) {
            try (BridgeConnection client = connect()) {
                assertThat(client.register(Addresses.CACHE_MISS, key).next()).isEqualTo(error("access_denied"));
                assertThat(client.next()).isNull();
            }
        }
    }

    @Test
    void aKeyThatIsRevokedEndsTheConnection() throws IOException {
        String value = KeyHash.newValue();
        ApiKey key = node.keys(keys -> keys.create(
                new KeySpec("listener", Permission.parse("admin"), Quota.UNLIMITED, Quota.UNLIMITED, Optional.empty(),
                        Map.of(), null), value, node.clock.instant()));
        try (BridgeConnection client = connect()) {
            client.register(Addresses.CACHE_MISS, value).settled();
            node.keys(keys -> keys.revoke(key.id(), node.clock.instant()));
            assertThat(client.next()).isEqualTo(error("access_denied"));
            assertThat(client.next()).isNull();
        }
    }

    @Test
    void garbageAndFramesThatAreTooLargeEndTheConnection() throws IOException {
        for (String garbage : List.of("hello", "[1,2]", "\"text\"", "{\"type\":", "null")) {
            try (BridgeConnection client = connect()) {
                assertThat(client.send(garbage).next()).as(garbage).isEqualTo(error("malformed_frame"));
                assertThat(client.next()).isNull();
            }
        }
        byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (byte[] wrong : new byte[][] {{0, 1, 0, 1}, {0x7f, -1, -1, -1}, {-1, -1, -1, -1}, {0, 0, 0, 0}, http}) {
            try (BridgeConnection client = connect()) {
                assertThat(client.raw(wrong).next()).isEqualTo(error("frame_too_large"));
                assertThat(client.next()).isNull();
            }
        }
        try (BridgeConnection client = connect()) {
            client.send("{\"type\":\"ping\",\"filling\":\"" + "x".repeat(60_000) + "\"}");
            assertThat(client.next()).isEqualTo(new JsonObject().put("type", "pong"));
        }
    }

    @Test
    void framesMayComeInPiecesAndSeveralAtOnce() throws IOException {
        try (BridgeConnection client = connect()) {
            byte[] ping = "\0\0\0\17{\"type\":\"ping\"}".getBytes(StandardCharsets.ISO_8859_1);
            for (byte one : ping) {
                client.raw(one);
            }
            assertThat(client.next().getString("type")).isEqualTo("pong");
            byte[] three = new byte[3 * ping.length];
            for (int i = 0; i < 3; i++) {
                System.arraycopy(ping, 0, three, i * ping.length, ping.length);
            }
            client.raw(three);
            for (int i = 0; i < 3; i++) {
                assertThat(client.next().getString("type")).isEqualTo("pong");
            }
        }
    }

    @Test
    void onlySoManyAreConnected() throws IOException {
        Node.until("the others have gone", () -> node.metric("rentcache_bridge_clients") == 0);
        List<BridgeConnection> all = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                BridgeConnection client = connect();
                all.add(client);
                client.settled();
            }
            assertThat(node.metric("rentcache_bridge_clients")).isEqualTo(5);
            try (BridgeConnection sixth = connect()) {
                assertThat(sixth.next()).isEqualTo(error("too_many_clients"));
                assertThat(sixth.next()).isNull();
            }
            all.remove(0).close();
            Node.until("one has gone", () -> node.metric("rentcache_bridge_clients") == 4);
            try (BridgeConnection next = connect()) {
                next.settled();
            }
        } finally {
            for (BridgeConnection client : all) {
                client.close();
            }
        }
    }

    @Test
    void whoDoesNotKeepUpIsCutOffAndCountedAndOthersHearOn() throws IOException {
        double dropped = node.metric("rentcache_dropped_total{what=\"bridge\"}");
        JsonObject event = new JsonObject().put("v", 1).put("filling", "x".repeat(4_000));
        try (BridgeConnection slow = connect(); BridgeConnection quick = connect()) {
            slow.register(Addresses.CACHE_REFRESHED, Node.ADMIN).settled();
            quick.register(Addresses.KEY_CHANGED, Node.ADMIN).settled();
            Node.until("the slow one is cut off", () -> {
                for (int i = 0; i < 200; i++) {
                    node.vertx().eventBus().publish(Addresses.CACHE_REFRESHED, event);
                }
                return node.metric("rentcache_dropped_total{what=\"bridge\"}") == dropped + 1;
            });
            node.vertx().eventBus().publish(Addresses.KEY_CHANGED, new JsonObject().put("v", 1).put("keyId", 1));
            assertThat(quick.next().getJsonObject("body").getInteger("keyId")).isEqualTo(1);
        }
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.InvalidationLog;

/** What an operator configures, sees and does. */
class OperatorTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    Path directory;

    /** A node that is not started yet. */
    final Node node() {
        return node(directory);
    }

    Node node(Path home) {
        return Node.in(home);
    }

    @Test
    void anEndpointOfTheOperatorsWorksLikeAnyOther() {
        try (Node node = node().file("""
                endpoints:
                  houses:
                    path: /listings/sale/{id}/../..
                """).with("PORT", 0)) {
            assertThatThrownBy(node::startOrFail)
                    .hasMessageContaining("endpoints.houses").hasMessageContaining("allowed");
        }
        try (Node node = node().file("""
                endpoints:
                  schools:
                    path: /schools
                    parameters: {zipCode: {type: zip-code, required: true}}
                    ttl: 5m
                    limit: 2/minute
                """).start()) {
            Answer answer = node.get("/v1/schools?zipCode=78244");
            assertThat(answer.status()).as("the sandbox does not have it").isEqualTo(404);
            assertThat(answer.header("Cache-Status")).isEqualTo("RentCache; fwd=uri-miss; fwd-status=404; stored");
            assertThat(node.get("/v1/schools").status()).isEqualTo(400);
            String key = node.newKey(KeySpec.named("pupil"));
            assertThat(node.getWithKey(key, "/v1/schools?zipCode=78244").header("RateLimit-Policy"))
                    .contains("\"schools\";q=2;w=60");
        }
    }

    @Test
    void unknownParametersArePassedOnCountedOrRefused() {
        try (Node node = node().start()) {
            assertThat(node.get(TARGET + "&brandNew=1").status()).isEqualTo(200);
            assertThat(node.get(TARGET + "&brandNew=2").header("X-Cache")).isEqualTo("MISS");
            assertThat(node.get("/metrics").text()).contains("rentcache_unknown_parameters_total 2.0");
        }
        try (Node node = node().with("UNKNOWN_PARAMETERS", "refuse").start()) {
            Answer answer = node.get(TARGET + "&brandNew=1");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().getString("detail")).contains("brandNew").contains("zipCode");
        }
    }

    @Test
    void whatAnotherProcessInvalidatesIsNotServedAnyMore() {
        try (Node node = node().start()) {
            node.get(TARGET);
            assertThat(node.get(TARGET).header("X-Cache")).isEqualTo("HIT");
            node.database(database -> database.write(connection ->
                    connection.query("UPDATE cache_entries SET is_valid = 0").execute().compose(marked ->
                            InvalidationLog.append(
                                    connection, new Invalidation.OfEndpoint("properties").scope(), Instant.now()))));
            Node.until("the entry is fetched anew", () -> node.get(TARGET).header("X-Cache").equals("MISS"));
        }
    }

    @Test
    void answersInOneZipCodeAreInvalidatedAndTheInvalidationIsUndone() {
        try (Node node = node().start()) {
            String other = "/v1/properties?zipCode=78701&limit=3";
            node.get(TARGET);
            node.get(other);
            List<JsonObject> events = new CopyOnWriteArrayList<>();
            node.vertx().eventBus().<JsonObject>consumer("rentcache.cache.invalidated", event -> {
                JsonObject body = event.body().copy();
                assertThat(body.remove("node")).isNotNull();
                assertThat(body.remove("cursor")).isNotNull();
                events.add(body);
            });
            SqlTier.Invalidated done = node.database(database -> tier(node, database).invalidateNumbered(
                    new Invalidation.OfTags(null, List.of("zipCode:78244")), node.clock.instant()));
            assertThat(done.count()).isEqualTo(1);
            Node.until("it is not served", () -> node.get(TARGET, "Cache-Control", "only-if-cached").status() == 504);
            Node.until("it is told", () -> !events.isEmpty());
            assertThat(events).containsExactly(new JsonObject().put("v", 1).put("seq", done.seq())
                    .put("at", node.clock.instant().toString()).put("scope", "tags::zipCode%3A78244"));
            assertThat(node.get(other, "Cache-Control", "only-if-cached").header("Cache-Status")).endsWith("near");
            node.clock.advance(Duration.ofSeconds(1));
            assertThat(node.<Optional<Integer>>database(database ->
                    tier(node, database).undo(done.seq(), node.clock.instant()))).contains(1);
            assertThat(node.get(TARGET).header("Cache-Status")).endsWith("detail=sql");
            assertThat(node.bill().billed()).isEqualTo(2);
        }
    }

    private static SqlTier tier(Node node, Database database) {
        return new SqlTier(node.vertx(), database, new Metrics(),
                new PartHealth("cache", "", Duration.ofSeconds(30), node.clock));
    }

    @Test
    void healthAndMetricsTellWhatIsGoingOn() {
        try (Node node = node().start()) {
            node.get(TARGET);
            node.get(TARGET);
            node.get("/v1/properties?limit=0");
            assertThat(node.send("GET", "/health/live", null).status()).isEqualTo(200);
            assertThat(node.send("GET", "/health/ready", null).status()).isEqualTo(200);
            JsonObject health = node.send("GET", "/health", null).json();
            assertThat(health.getString("status")).isEqualTo("healthy");
            assertThat(health.getJsonObject("checks").fieldNames())
                    .contains("database", "cache", "upstream", "disk");
            health.getJsonObject("checks").forEach(check -> assertThat(((JsonObject) check.getValue()).fieldNames())
                    .as(check.getKey()).contains("status", "time", "detail"));
            assertThat(node.bill().calls()).as("no check calls").isEqualTo(1);
            assertThat(node.send("GET", "/metrics", null).status()).isEqualTo(401);
            assertThat(node.get("/metrics").text())
                    .contains("rentcache_requests_total{endpoint=\"properties\",result=\"hit_near\"} 1.0")
                    .contains("upstream_api_calls_total{endpoint=\"properties\",outcome=\"answered\"} 1.0")
                    .contains("rentcache_refused_total{reason=\"invalid-parameter\"} 1.0")
                    .contains("rentcache_money_saved_microdollars_total{endpoint=\"properties\"} 30000.0")
                    .contains("rentcache_money_spent_microdollars_total 30000.0");
        }
    }

    @Test
    void usageIsWrittenAndAgreesWithTheBill() {
        try (Node node = node().start()) {
            for (int i = 0; i < 5; i++) {
                node.get(TARGET);
            }
            node.get("/v1/markets?zipCode=78244");
            node.get("/v1/properties/nobody");
            long billed = node.bill().billed();
            node.stop();
            Node reader = node().start();
            List<Rollup> report =
                    reader.database(database -> new UsageStore(database).report(Instant.EPOCH, null));
            assertThat(report.stream().mapToLong(Rollup::requests).sum()).isEqualTo(7);
            assertThat(report.stream().mapToLong(Rollup::costMicros).sum()).isEqualTo(billed * 30_000).isEqualTo(60_000);
            assertThat(report.stream().mapToLong(Rollup::savedMicros).sum()).isEqualTo(4 * 30_000);
            reader.close();
        }
    }

    @Test
    void aRequestInFlightIsAnsweredBeforeTheServerStops() {
        Node node = node().start();
        node.sandbox().faults(Faults.parse(JsonObject.of("latencyMillis", 700)));
        CompletableFuture<Answer> answer = node.sendAsync(TARGET);
        Node.until("the call is made", () -> node.bill().calls() == 1);
        node.close();
        assertThat(answer.join().status()).isEqualTo(200);
        try (Node again = node().start()) {
            assertThat(again.get(TARGET).header("Cache-Status")).as("and what was paid for is kept").contains("detail=sql");
        }
    }

    @Test
    void eachConsumersOwnKeyPaysAndKeepsItsAnswersToItself() throws Exception {
        try (Node node = node().start()) {
            SandboxServer rentcast = Node.await(SandboxServer.start(
                    node.vertx(), SandboxOptions.standard(0).withApiKeys(Set.of("rentcast-key-a", "rentcast-key-b"))));
            try (Node proxy = node(directory.resolve("proxy"))
                    .with("SANDBOX", "false").with("UPSTREAM_KEY", "consumer")
                    .with("RENTCAST_API_URL", "http://127.0.0.1:" + rentcast.port() + "/v1").start()) {
                proxy.keys(store -> store.create(KeySpec.named("a"), "rentcast-key-a", Instant.now()));
                proxy.keys(store -> store.create(KeySpec.named("b"), "rentcast-key-b", Instant.now()));
                proxy.keys(store -> store.create(KeySpec.named("c"), "rentcast-key-c", Instant.now()));
                assertThat(proxy.getWithKey("rentcast-key-a", TARGET).header("X-Cache")).isEqualTo("MISS");
                assertThat(proxy.getWithKey("rentcast-key-a", TARGET).header("X-Cache")).isEqualTo("HIT");
                assertThat(proxy.getWithKey("rentcast-key-b", TARGET).header("X-Cache")).isEqualTo("MISS");
                assertThat(proxy.getWithKey("rentcast-key-c", TARGET).status()).isEqualTo(502);
                assertThat(rentcast.bill().billed()).isEqualTo(2);
            }
            try (Node proxy = node(directory.resolve("proxy"))
                    .with("SANDBOX", "false").with("UPSTREAM_KEY", "consumer").with("SHARE_ACROSS_ACCOUNTS", "true")
                    .with("RENTCAST_API_URL", "http://127.0.0.1:" + rentcast.port() + "/v1").start()) {
                assertThat(proxy.getWithKey("rentcast-key-a", TARGET).header("X-Cache")).isEqualTo("MISS");
                assertThat(proxy.getWithKey("rentcast-key-b", TARGET).header("X-Cache")).isEqualTo("HIT");
            }
            Node.await(rentcast.close());
        }
    }

    @Test
    void hostsThatAreNotServedAreRefused() throws Exception {
        try (Node node = node().with("ALLOWED_HOSTS", "rentcache.example.com, *.internal").start()) {
            for (String host : List.of("rentcache.example.com", "a.internal", "RentCache.example.com:8000")) {
                assertThat(statusFor(node, host)).as(host).startsWith("HTTP/1.1 401");
            }
            for (String host : List.of("evil.example.com", "internal", "rentcache.example.com.evil.com")) {
                assertThat(statusFor(node, host)).as(host).startsWith("HTTP/1.1 400");
            }
            try (RawConnection connection = new RawConnection(node.port())) {
                connection.send("GET /metrics HTTP/1.1\r\nHost: a.internal\r\nX-Api-Key: " + Node.ADMIN + "\r\n\r\n")
                        .skip("rentcache_refused_total{reason=\"host-not-allowed\"} 3.0");
            }
        }
    }

    private static String statusFor(Node node, String host) throws IOException {
        try (RawConnection connection = new RawConnection(node.port())) {
            return connection.send("GET /v1/markets HTTP/1.1\r\nHost: " + host + "\r\n\r\n").line();
        }
    }
}

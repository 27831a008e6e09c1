package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.storage.LocalRedis;

/** What is told of a request is what then becomes of it, and telling it changes and costs nothing. */
class ExplainTest {
    private static final String TARGET = "/v1/listings/sale?zipCode=78244&limit=3";
    private static final Duration TTL = Duration.ofMinutes(30);

    @TempDir
    private Path directory;
    private Node node;

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    private Node node() {
        return Node.in(directory).with("RENTCAST_MAX_RETRIES", 0);
    }

    private JsonObject explain(String target, String cacheControl, Long key) {
        long calls = node.bill().calls();
        JsonObject told = tell(target, cacheControl, key);
        assertThat(node.bill().calls()).as("telling asks nothing").isEqualTo(calls);
        return told;
    }

    private JsonObject tell(String target, String cacheControl, Long key) {
        Answer answer = node.get("/admin/v1/explain?request=" + URLEncoder.encode(target, StandardCharsets.UTF_8)
                + (cacheControl == null ? "" : "&cacheControl=" + URLEncoder.encode(cacheControl, StandardCharsets.UTF_8))
                + (key == null ? "" : "&key=" + key));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    /** Has a request explained, asks it, and compares; returns what was told. */
    private JsonObject toldAndDone(String target, String cacheControl) {
        return toldAndDone(target, cacheControl, null, Node.ADMIN);
    }

    private JsonObject toldAndDone(String target, String cacheControl, Long keyId, String key) {
        JsonObject told = toldTwice(target, cacheControl, keyId);
        long before = node.bill().calls();
        Answer done = cacheControl == null
                ? node.getWithKey(key, target) : node.getWithKey(key, target, "Cache-Control", cacheControl);
        JsonObject decision = told.getJsonObject("decision");
        String as = told.encodePrettily() + "\n" + done.text().substring(0, Math.min(300, done.text().length()));
        assertThat(done.header("X-Cache")).as(as).isEqualTo(decision.getString("xCache"));
        assertThat(String.valueOf(done.header("Cache-Status"))).as(as)
                .startsWith(String.valueOf(decision.getString("cacheStatus")));
        if (decision.getInteger("status") != null) {
            assertThat(done.status()).as(as).isEqualTo(decision.getInteger("status"));
        }
        if (decision.getString("problem") != null) {
            assertThat(done.json().getString("type")).as(as).isEqualTo(decision.getString("problem"));
        }
        if (!decision.getBoolean("refresh")) {
            assertThat(node.bill().calls() - before).as(as).isEqualTo(decision.getInteger("calls").longValue());
        }
        return told;
    }

    /** Telling changes nothing; what the answer before has left to be done behind it may, once or twice. */
    private JsonObject toldTwice(String target, String cacheControl, Long keyId) {
        AtomicReference<JsonObject> told = new AtomicReference<>(explain(target, cacheControl, keyId));
        Node.until("the same is told twice", () -> {
            JsonObject again = explain(target, cacheControl, keyId);
            return without(told.getAndSet(again)).equals(without(again));
        });
        return told.get();
    }

    private static JsonObject without(JsonObject told) {
        JsonObject stripped = told.copy();
        stripped.remove("at");
        return stripped;
    }

    private static String answer(JsonObject told) {
        return told.getJsonObject("decision").getString("answer");
    }

    private static JsonObject tier(JsonObject told, String name) {
        return told.getJsonArray("tiers").stream().map(JsonObject.class::cast)
                .filter(tier -> tier.getString("tier").equals(name)).findFirst().orElseThrow();
    }


    private long id(String name) {
        return node.keys(store -> store.find(name)).orElseThrow().id();
    }

    @Test
    void fromTheFirstRequestToTheStaleOne() {
        node = node().start();
        JsonObject first = toldAndDone(TARGET, null);
        assertThat(answer(first)).isEqualTo("fetch");
        assertThat(first.getJsonObject("decision").getString("cacheStatus")).isEqualTo("RentCache; fwd=uri-miss");
        assertThat(first.getJsonObject("question").getJsonObject("canonical").getJsonObject("query_params"))
                .as("defaults are filled in").isEqualTo(JsonObject.of(
                        "limit", "3", "offset", "0", "status", "Active", "zipCode", "78244"));
        assertThat(first.getJsonObject("limits").getBoolean("admitted")).isTrue();
        assertThat(first.getJsonObject("upstream").getString("circuit")).isEqualTo("closed");

        JsonObject hit = toldAndDone(TARGET, null);
        assertThat(answer(hit)).isEqualTo("hit");
        assertThat(tier(hit, "near").getLong("lifetimeSeconds")).isEqualTo(TTL.toSeconds());
        assertThat(answer(toldAndDone("/v1/listings/sale?limit=03&zipCode=78244&status=Active", null)))
                .as("another spelling").isEqualTo("hit");
        assertThat(answer(toldAndDone(TARGET, "no-cache"))).isEqualTo("fetch");
        assertThat(answer(toldAndDone(TARGET, "only-if-cached"))).isEqualTo("hit");
        assertThat(answer(toldAndDone(TARGET + "&force_refresh=true", null))).isEqualTo("fetch");
        JsonObject notKept = toldAndDone("/v1/markets?zipCode=78244", "only-if-cached");
        assertThat(notKept.getJsonObject("decision").getString("problem")).isEqualTo("urn:rentcache:problem:not-cached");
        assertThat(answer(toldAndDone("/v1/properties/random?limit=2", null))).isEqualTo("fetch");
        assertThat(answer(toldAndDone("/api/v1/listings/sale?zipCode=78244&limit=3", null))).isEqualTo("hit");

        node.clock.advance(TTL.plusSeconds(30));
        assertThat(answer(toldAndDone(TARGET, "max-age=60"))).isEqualTo("fetch");
        node.clock.advance(TTL.plusSeconds(30));
        JsonObject stale = explain(TARGET, null, null);
        assertThat(stale.getJsonObject("decision").getBoolean("refresh")).isTrue();
        toldAndDone(TARGET, null);
        Node.until("it is fresh again", () ->
                tier(tell(TARGET, null, null), "near").getString("state").equals("fresh"));
        node.clock.advance(TTL.multipliedBy(2).plusSeconds(1));
        JsonObject expired = toldAndDone(TARGET, null);
        assertThat(answer(expired)).isEqualTo("fetch");
        assertThat(expired.getJsonObject("decision").getString("onFailure")).isEqualTo("stale");
    }

    @Test
    void whatIsOnlyInTheDatabaseInvalidatedOrNothing() {
        node = node().start();
        node.get(TARGET);
        String nothing = "/v1/properties/No-Such-Street,-Nowhere,-TX-78244";
        assertThat(toldAndDone(nothing, null).getJsonObject("decision").getInteger("status")).isNull();
        JsonObject negative = toldAndDone(nothing, null);
        assertThat(negative.getJsonObject("decision").getInteger("status")).isEqualTo(404);
        assertThat(tier(negative, "near").getLong("lifetimeSeconds")).isEqualTo(600);
        node.stop();
        node = node().start();
        JsonObject kept = explain(TARGET, null, null);
        assertThat(tier(kept, "near").getString("state")).isEqualTo("absent");
        long hits = tier(kept, "sql").getLong("hits");
        assertThat(toldAndDone(TARGET, null).getJsonObject("decision").getString("tier")).isEqualTo("sql");
        Node.until("the hit is counted", () -> tier(explain(TARGET, null, null), "sql").getLong("hits") == hits + 1);
        node.database(database -> new SqlTier(
                node.vertx(), database, new Metrics(), new PartHealth("cache", "", Duration.ofSeconds(30), node.clock))
                .invalidate(new Invalidation.All(), node.clock.instant()));
        Node.until("the node heard of it", () ->
                tier(explain(TARGET, null, null), "near").getString("state").equals("absent"));
        JsonObject invalidated = toldAndDone(TARGET, null);
        assertThat(tier(invalidated, "sql").getString("state")).isEqualTo("invalidated");
        assertThat(invalidated.getJsonArray("why").encode()).contains("was invalidated at");
        assertThat(answer(invalidated)).isEqualTo("fetch");
    }

    @Test
    void whatRefusesARequest() {
        node = node().with("UNKNOWN_PARAMETERS", "refuse").start();
        for (String wrong : List.of(
                "/v1/nothing", "/v1/markets?zipCode=7824", "/v1/markets", "/v1/properties?nonsense=1",
                "/v1/properties?city=%ff", "/api/v1/estimates/value/bulk", "/api/v1/comparables?type=x")) {
            assertThat(answer(toldAndDone(wrong, null))).as(wrong).isEqualTo("refused");
        }
        String limited = node.newKey(new KeySpec(
                "limited", Set.of(Permission.READ), 3, Quota.UNLIMITED, Optional.empty(),
                Map.of("listings_sale", Rate.parse("2/minute")), null));
        long id = id("limited");
        toldAndDone(TARGET, null, id, limited);
        JsonObject ignored = toldAndDone(TARGET, "no-cache", id, limited);
        assertThat(answer(ignored)).isEqualTo("hit");
        assertThat(ignored.getJsonArray("why").encode()).contains("ignored");
        JsonObject rate = toldAndDone(TARGET, null, id, limited);
        assertThat(rate.getJsonObject("limits").getString("refusedBy")).isEqualTo("endpoint-rate");
        toldAndDone("/v1/markets?zipCode=78244", null, id, limited);
        JsonObject quota = toldAndDone("/v1/markets?zipCode=78244", null, id, limited);
        assertThat(quota.getJsonObject("decision").getString("problem"))
                .isEqualTo("urn:rentcache:problem:quota-exceeded");
        assertThat(quota.getJsonObject("limits").getJsonObject("daily")).isEqualTo(JsonObject.of("limit", 3, "used", 3));
        assertThat(answer(toldAndDone(TARGET + "&force_refresh=1", null, id, limited))).isEqualTo("refused");
        assertThat(node.get("/admin/v1/explain?request=/v1/markets&key=999").status()).isEqualTo(404);
        node.keys(store -> store.revoke(id, node.clock.instant()));
        assertThat(explain(TARGET, null, id).getJsonObject("decision").getString("problem"))
                .isEqualTo("urn:rentcache:problem:api-key-invalid");
    }

    @Test
    void whatKeepsRentcastFromBeingAsked() {
        node = node().start();
        node.get(TARGET);
        node.clock.advance(TTL.multipliedBy(3));
        String guest = node.newKey(KeySpec.named("guest"));
        long id = id("guest");
        node.database(database -> new BudgetStore(database)
                .setCap(BudgetScope.ofKey(id), new BudgetCap(0, BudgetCap.NO_LIMIT), node.clock.instant()));
        AtomicInteger zip = new AtomicInteger(78_000);
        // Seldom: the key may ask the endpoint 20 times in a minute, and no time passes here.
        Node.until("the node heard of the budget", Duration.ofSeconds(10), Duration.ofMillis(500), () ->
                node.getWithKey(guest, "/v1/markets?zipCode=" + zip.incrementAndGet()).status() == 402);
        JsonObject spent = toldAndDone("/v1/markets?zipCode=78244", null, id, guest);
        assertThat(spent.getJsonObject("decision").getString("problem")).isEqualTo("urn:rentcache:problem:budget-spent");
        assertThat(spent.getJsonArray("budgets").getJsonObject(0).getBoolean("admits")).isFalse();
        assertThat(answer(toldAndDone(TARGET, null, id, guest))).isEqualTo("stale-on-error");

        node.sandbox().faults(Faults.parse(JsonObject.of("status", 500)));
        for (int i = 0; i < 5; i++) {
            node.get("/v1/listings/sale?zipCode=7820" + i);
        }
        JsonObject open = toldAndDone("/v1/listings/sale?zipCode=78209", null);
        assertThat(open.getJsonObject("upstream").getString("circuit")).isEqualTo("open");
        assertThat(open.getJsonObject("decision").getString("problem"))
                .isEqualTo("urn:rentcache:problem:upstream-circuit-open");
        assertThat(answer(toldAndDone(TARGET, null))).isEqualTo("stale-on-error");
    }

    @Test
    void aRealAnswerIsExplainedToAdministrators() {
        node = node().start();
        List<String> told = new ArrayList<>();
        for (String target : List.of(TARGET, TARGET, "/v1/markets?zipCode=%C3%A3", "/v1/properties?city=S%C3%A3o%26")) {
            Answer answer = node.get(target, "X-RentCache-Explain", "1");
            String header = answer.header("X-RentCache-Explain");
            assertThat(header).hasSizeLessThan(2_049).matches("[\\x20-\\x7e]+");
            JsonObject json = new JsonObject(header);
            assertThat(answer.header("X-Cache")).isEqualTo(json.getString("xCache"));
            assertThat(json.getJsonArray("why")).isNotEqualTo(new JsonArray());
            told.add(json.getString("answer"));
        }
        assertThat(told).containsExactly("fetch", "hit", "refused", "fetch");
        String guest = node.newKey(KeySpec.named("guest"));
        assertThat(node.getWithKey(guest, TARGET, "X-RentCache-Explain", "1").header("X-RentCache-Explain")).isNull();
        assertThat(node.get(TARGET).header("X-RentCache-Explain")).isNull();
    }

    @Test
    void aCallUnderWayIsShared() {
        node = node().start();
        node.sandbox().faults(Faults.parse(new JsonObject().put("latencyMillis", 3_000)));
        CompletableFuture<Answer> asked = node.sendAsync(TARGET, Node.ADMIN);
        Node.until("it is under way", () -> tell(TARGET, null, null)
                .getJsonObject("upstream").getString("underWay").equals("this-node"));
        JsonObject told = toldAndDone(TARGET, null);
        assertThat(told.getJsonObject("decision").getInteger("calls")).isZero();
        assertThat(told.getJsonObject("decision").getLong("costMicros")).isZero();
        assertThat(told.getJsonArray("why").encode()).contains("This node has a call for the same question under way");
        assertThat(asked.join().status()).isEqualTo(200);
        assertThat(tell(TARGET + "&offset=9", null, null).getJsonObject("upstream").getString("underWay"))
                .isEqualTo("none");
    }

    @Test
    void whatIsOnlyInRedis() {
        Vertx vertx = Vertx.vertx();
        LocalRedis redis = LocalRedis.start(vertx);
        String url = "redis://127.0.0.1:" + redis.port();
        try (Node other = Node.in(directory.resolve("other")).with("REDIS_URL", url).start()) {
            node = Node.in(directory.resolve("this")).with("REDIS_URL", url).with("REDIS_TIMEOUT", "1s").start();
            other.sandbox().faults(Faults.parse(new JsonObject().put("latencyMillis", 3_000)));
            CompletableFuture<Answer> asked = other.sendAsync(TARGET, Node.ADMIN);
            Node.until("the other node's call is seen", () -> tell(TARGET, null, null)
                    .getJsonObject("upstream").getString("underWay").equals("another-node"));
            asked.join();
            Node.until("it is in Redis", () ->
                    tier(tell(TARGET, null, null), "redis").getString("state").equals("fresh"));
            JsonObject told = toldAndDone(TARGET, null);
            assertThat(told.getJsonObject("decision").getString("tier")).isEqualTo("redis");
            assertThat(tier(told, "sql").getString("state")).isEqualTo("absent");
            redis.stop();
            Node.until("it is away", () -> tier(tell(TARGET, null, null), "redis").getString("state").equals("away"));
            Node.until("the node goes on by its share of the limits", () -> answer(tell(TARGET, null, null)).equals("hit"));
        } finally {
            redis.close();
            Node.await(vertx.close());
        }
    }
}

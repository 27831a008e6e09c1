package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.sandbox.Faults;

/** Who may ask, what, and how often. */
class KeysTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    Path directory;
    private Node node;

    /** A node that is not started yet. */
    Node newNode() {
        return Node.in(directory);
    }

    @BeforeEach
    void start() {
        node = newNode().with("TIME_ZONE", "America/Chicago").start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static KeySpec spec(String name, long daily, Optional<Rate> rate, Map<String, Rate> endpointRates) {
        return new KeySpec(
                name, EnumSet.of(Permission.READ), daily, Quota.UNLIMITED, rate, endpointRates, null);
    }

    @Test
    void aKeyIsPresentedInEitherHeader() {
        String key = node.newKey(KeySpec.named("either"));
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
        assertThat(node.send("GET", TARGET, null, "Authorization", "Bearer " + key).status()).isEqualTo(200);
        assertThat(node.send("GET", TARGET, null, "authorization", "bearer  " + key + " ").status()).isEqualTo(200);
    }

    @Test
    void withoutAGoodKeyNothingIsAnsweredAndNothingPaid() {
        Answer none = node.send("GET", TARGET, null);
        assertThat(none.status()).isEqualTo(401);
        assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"RentCache\"");
        assertThat(none.json().getString("type")).endsWith("api-key-missing");
        assertThat(none.json().getString("error")).isEqualTo("auth/api-key-invalid");
        Answer wrong = node.getWithKey("rc_wrong", TARGET);
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.text()).doesNotContain("rc_wrong");
        assertThat(node.send("GET", TARGET, null, "Authorization", "Basic abc").status()).isEqualTo(401);
        assertThat(node.getWithKey("käse", TARGET).status()).isEqualTo(401);
        assertThat(node.bill().calls()).isZero();
    }

    @Test
    void aRevokedKeyIsRefusedSoonAlsoOnAConnectionThatUsedIt() {
        String key = node.newKey(KeySpec.named("leaver"));
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
        ApiKey known = node.keys(store -> store.find("leaver")).orElseThrow();
        node.keys(store -> store.revoke(known.id(), node.clock.instant()));
        Node.until("the key is refused", () -> node.getWithKey(key, TARGET).status() == 401);
    }

    @Test
    void aKeyMadeJustNowWorksThoughItWasTriedBefore() {
        String value = KeyHash.newValue();
        assertThat(node.getWithKey(value, TARGET).status()).isEqualTo(401);
        node.keys(store -> store.create(KeySpec.named("late"), value, node.clock.instant()));
        Node.until("the key is accepted", () -> node.getWithKey(value, TARGET).status() == 200);
    }

    @Test
    void aRotatedKeyHasAnOverlap() {
        String old = node.newKey(KeySpec.named("rotating"));
        assertThat(node.getWithKey(old, TARGET).status()).isEqualTo(200);
        String fresh = KeyHash.newValue();
        ApiKey known = node.keys(store -> store.find("rotating")).orElseThrow();
        node.keys(store -> store.rotate(known.id(), fresh, Duration.ofHours(1), node.clock.instant()));
        Node.until("the new value is accepted", () -> node.getWithKey(fresh, TARGET).status() == 200);
        assertThat(node.getWithKey(old, TARGET).status()).isEqualTo(200);
        node.clock.advance(Duration.ofHours(1));
        Node.until("the old value is refused", () -> node.getWithKey(old, TARGET).status() == 401);
        assertThat(node.getWithKey(fresh, TARGET).status()).isEqualTo(200);
    }

    @Test
    void anExpiredKeyIsRefused() {
        KeySpec spec = new KeySpec("guest", Set.of(Permission.READ), Quota.UNLIMITED, Quota.UNLIMITED,
                Optional.empty(), Map.of(), node.clock.instant().plusSeconds(60));
        String key = node.newKey(spec);
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
        node.clock.advance(Duration.ofSeconds(60));
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(401);
    }

    @Test
    void whatCostsMoneyNeedsThePermission() {
        String reader = node.newKey(KeySpec.named("reader"));
        Answer refused = node.getWithKey(reader, TARGET + "&force_refresh=true");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().getString("permission")).isEqualTo("refresh");
        assertThat(node.getWithKey(reader, TARGET + "&ttl_override=5").status()).isEqualTo(403);
        assertThat(node.bill().calls()).isZero();
        assertThat(node.getWithKey(reader, "/metrics").status()).isEqualTo(403);
        assertThat(node.get("/metrics").status()).isEqualTo(200);
    }

    @Test
    void anEndpointsLimitIsTheTablesAndSaysWhenItEnds() {
        String key = node.newKey(KeySpec.named("busy"));
        String market = "/v1/markets?zipCode=78244";
        for (int i = 0; i < 20; i++) {
            Answer answer = node.getWithKey(key, market);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("RateLimit"))
                    .isEqualTo("\"global\";r=" + (999 - i) + ";t=3600, \"market_stats\";r=" + (19 - i) + ";t=" + 3 * (i + 1));
            assertThat(answer.header("RateLimit-Policy"))
                    .isEqualTo("\"global\";q=1000;w=3600, \"market_stats\";q=20;w=60");
        }
        Answer refused = node.getWithKey(key, market);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("3");
        assertThat(refused.json().getString("error")).isEqualTo("auth/rate-limit-exceeded");
        assertThat(refused.header("RateLimit")).contains("\"global\";r=980");
        assertThat(node.getWithKey(key, TARGET).status()).as("another endpoint's bucket").isEqualTo(200);
        node.clock.advance(Duration.ofSeconds(3));
        assertThat(node.getWithKey(key, market).status()).isEqualTo(200);
    }

    @Test
    void aKeyMayHaveLimitsOfItsOwn() {
        String key = node.newKey(spec("own", Quota.UNLIMITED, Optional.of(Rate.parse("3/hour")),
                Map.of("market_stats", Rate.UNLIMITED)));
        String market = "/v1/markets?zipCode=78244";
        Answer first = node.getWithKey(key, market);
        assertThat(first.header("RateLimit-Policy")).isEqualTo("\"global\";q=3;w=3600");
        node.getWithKey(key, market);
        node.getWithKey(key, market);
        assertThat(node.getWithKey(key, market).status()).isEqualTo(429);
    }

    @Test
    void keysThatShareAConnectionAreToldEachItsOwnLimits() {
        String own = node.newKey(spec("own", Quota.UNLIMITED, Optional.of(Rate.parse("3/hour")), Map.of()));
        String usual = node.newKey(KeySpec.named("usual"));
        for (int i = 0; i < 2; i++) {
            assertThat(node.getWithKey(own, TARGET).header("RateLimit-Policy")).startsWith("\"global\";q=3;w=3600,");
            assertThat(node.getWithKey(usual, TARGET).header("RateLimit-Policy")).startsWith("\"global\";q=1000;w=3600,");
        }
    }

    @Test
    void aRequestThatTheUpstreamFailsCountsAgainstNothing() {
        String key = node.newKey(spec("unanswered", 1, Optional.empty(), Map.of()));
        node.sandbox().faults(Faults.parse(JsonObject.of("status", 401)));
        assertThat(node.getWithKey(key, TARGET).status()).isBetween(500, 599);
        node.sandbox().faults(Faults.parse(new JsonObject()));
        // Where nodes share their calls, a failure is remembered for a second.
        Node.until("it is answered", () -> node.getWithKey(key, TARGET).status() == 200);
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(429);
    }

    @Test
    void aRequestThatFailsInsideCountsAgainstNothing() {
        String key = node.newKey(spec("unlucky", 2, Optional.empty(), Map.of()));
        // The bus takes the two consumers in turn, so that every other request fails.
        node.vertx().eventBus().localConsumer(
                Addresses.CACHE_LOOKUP, message -> message.fail(1, "broken by the test"));
        List<Integer> statuses = IntStream.range(0, 3)
                .mapToObj(i -> node.getWithKey(key, TARGET + "&offset=" + i).status())
                .toList();
        assertThat(statuses).containsOnly(200, 500);
    }

    @Test
    void aQuotaIsADaysOfTheZoneAndOutlivesARestart() {
        String key = node.newKey(spec("daily", 2, Optional.empty(), Map.of()));
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
        assertThat(node.getWithKey(key, "/v1/properties?limit=0").status()).as("counts against nothing").isEqualTo(400);
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
        Answer refused = node.getWithKey(key, TARGET);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().getString("type")).endsWith("quota-exceeded");
        // 12:00 UTC is 06:00 in Chicago: 18 hours to midnight.
        assertThat(refused.header("Retry-After")).isEqualTo(String.valueOf(18 * 3_600));
        node.stop();
        node = newNode().with("TIME_ZONE", "America/Chicago").start();
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(429);
        node.clock.advance(Duration.ofHours(18));
        assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
    }

    @Test
    void aKeyIsKeptAsItsDigestOnly() throws IOException {
        String key = node.newKey(KeySpec.named("secret"));
        node.getWithKey(key, TARGET);
        node.stop();
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = new String(
                        Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(bytes.contains(key)).as(file.toString()).isFalse();
                assertThat(bytes.contains(Node.ADMIN)).as(file.toString()).isFalse();
            }
        }
        node = newNode().start();
    }

    @Test
    void theBootstrapKeyTakesTheFormerOnesPlace() {
        assertThat(node.get(TARGET).header("RateLimit")).isNull();
        node.stop();
        String another = "another-admin-key-0123456789abcdefgh";
        node = newNode().with("BOOTSTRAP_API_KEY", another).start();
        assertThat(node.getWithKey(another, TARGET).status()).isEqualTo(200);
        assertThat(node.get(TARGET).status()).isEqualTo(401);
        List<ApiKey> keys = node.keys(store -> store.list(true, 0, 10));
        assertThat(keys).hasSize(1);
    }

    @Test
    void theDemoKeyWorksAndIsKeptNowhere() {
        assertThat(node.getWithKey(node.app().demoKey().orElseThrow(), TARGET).status()).isEqualTo(200);
        List<ApiKey> keys = node.keys(store -> store.list(true, 0, 10));
        assertThat(keys).extracting(ApiKey::name).containsExactly("bootstrap");
    }
}

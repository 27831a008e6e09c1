package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.PostgresqlServer;

/** Limits that two real nodes hold together. */
class SharedLimitsNodeTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    Path directory;
    private final Vertx vertx = Vertx.vertx();
    private LocalRedis redis;

    @BeforeEach
    void start() {
        redis = LocalRedis.start(vertx);
    }

    @AfterEach
    void stop() {
        redis.close();
        Node.await(vertx.close());
    }

    private Node node(String database) {
        return Node.in(directory)
                .with("REDIS_URL", "redis://127.0.0.1:" + redis.port())
                .with("DATABASE_URL", PostgresqlServer.url(database));
    }

    private static KeySpec limited(String rate, long daily) {
        return new KeySpec(
                "limited", EnumSet.of(Permission.READ), daily, Quota.UNLIMITED,
                Optional.of(Rate.parse(rate)), Map.of("properties", Rate.UNLIMITED), null);
    }

    private static List<Answer> askBoth(Node one, Node other, String key, int times) {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            asked.add((i % 2 == 0 ? one : other).sendAsync(TARGET, key));
        }
        return asked.stream().map(CompletableFuture::join).toList();
    }

    @Test
    void aKeysLimitIsOneForBothNodes() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node(database).start(); Node other = node(database).start()) {
            String key = one.newKey(limited("30/hour", Quota.UNLIMITED));
            one.get(TARGET);
            List<Answer> answers = askBoth(one, other, key, 100);
            assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSizeBetween(27, 30);
            assertThat(answers).filteredOn(answer -> answer.status() == 429).hasSizeGreaterThanOrEqualTo(70);
            Answer refused = answers.stream().filter(answer -> answer.status() == 429).findFirst().orElseThrow();
            assertThat(refused.header("RateLimit-Policy")).isEqualTo("\"global\";q=30;w=3600");
            assertThat(refused.header("RateLimit")).startsWith("\"global\";r=");
            assertThat(Long.parseLong(refused.header("Retry-After"))).isBetween(1L, 7_200L);
        }
    }

    @Test
    void whatIsLeftIsToldWithoutSpendingIt() {
        try (Node node = Node.in(directory).with("REDIS_URL", "redis://127.0.0.1:" + redis.port()).start()) {
            String rated = node.newKey(limited("5/hour", Quota.UNLIMITED));
            ask(node, rated, 3);
            Node.until("what is held and what Redis has is told", () -> left(told(node)) == 2);
            for (int i = 0; i < 10; i++) {
                assertThat(told(node).getBoolean("admitted")).isTrue();
            }
            assertThat(left(told(node))).isEqualTo(2);
            ask(node, rated, 2);
            JsonObject spent = told(node);
            assertThat(spent.getString("refusedBy")).isEqualTo("global-rate");
            assertThat(left(spent)).isZero();
            assertThat(node.getWithKey(rated, TARGET).status()).isEqualTo(429);
        }
    }

    @Test
    void aQuotaThatIsUsedUpIsTold() {
        try (Node node = Node.in(directory).with("REDIS_URL", "redis://127.0.0.1:" + redis.port()).start()) {
            ask(node, node.newKey(limited("100/hour", 3)), 3);
            JsonObject spent = told(node);
            assertThat(spent.getString("refusedBy")).isEqualTo("daily-quota");
            assertThat(spent.getJsonObject("daily").getLong("used")).isEqualTo(3);
            assertThat(spent.getLong("retryAfterSeconds")).isPositive();
        }
    }

    private static void ask(Node node, String key, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
        }
    }

    /** What is told of the limits of the key 'limited'. */
    private static JsonObject told(Node node) {
        long id = node.get("/admin/v1/keys?search=limited").json().getJsonArray("items").getJsonObject(0).getLong("id");
        return node.get("/admin/v1/explain?key=" + id + "&request=" + TARGET.replace("&", "%26")).json()
                .getJsonObject("limits");
    }

    private static long left(JsonObject told) {
        return told.getJsonObject("global").getLong("remaining");
    }

    @Test
    void aBulkRequestsPartsCountOnBothNodes() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node(database).start(); Node other = node(database).start()) {
            String key = one.newKey(limited("6/hour", Quota.UNLIMITED));
            String body = "{\"addresses\":[\"1 A St, Austin, TX, 78701\",\"2 A St, Austin, TX, 78701\","
                    + "\"3 A St, Austin, TX, 78701\",\"4 A St, Austin, TX, 78701\"]}";
            int answered = 0;
            for (Node node : List.of(one, other)) {
                Answer answer = node.send("POST", "/api/v1/estimates/value/bulk", body, Node.withKey(key));
                JsonArray results = answer.json().getJsonArray("results");
                for (int i = 0; i < results.size(); i++) {
                    answered += results.getJsonObject(i).getInteger("status") == 429 ? 0 : 1;
                }
            }
            assertThat(answered).isEqualTo(6);
        }
    }

    private static long used(Node node, String column) {
        return node.database(database -> database.reader()
                .query("SELECT " + column + " AS used FROM api_keys WHERE key_name = 'limited'").execute()
                .map(rows -> rows.iterator().next().getLong("used")));
    }

    @Test
    void aKeysQuotaIsOneForBothNodesAndNoRedisNeedsToKnowIt() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node(database).start(); Node other = node(database).start()) {
            String key = one.newKey(limited("1000000/hour", 40));
            one.get(TARGET);
            List<Answer> answers = new ArrayList<>(askBoth(one, other, key, 60));
            redis.command(Command.FLUSHALL);
            answers.addAll(askBoth(one, other, key, 10));
            Node.until("what was held is spent, too", () -> {
                answers.addAll(askBoth(one, other, key, 2));
                return answers.stream().filter(answer -> answer.status() == 200).count() >= 40;
            });
            answers.addAll(askBoth(one, other, key, 20));
            assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(40);
            assertThat(used(one, "daily_usage")).isEqualTo(40);
            assertThat(used(one, "monthly_usage")).isEqualTo(40);
            one.clock.advance(Duration.ofHours(12));
            List<String> refusals = new ArrayList<>();
            Node.until(() -> "the next day has a quota of its own: " + refusals, () -> {
                Answer answer = one.getWithKey(key, TARGET);
                refusals.add(answer.text());
                return answer.status() == 200;
            });
        }
    }

    @Test
    void whatIsHeldOfAQuotaGoesBackWhenANodeStops() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node(database).start()) {
            String key = one.newKey(limited("unlimited", 1_000));
            long admitted = 0;
            try (Node other = node(database).start()) {
                admitted += askBoth(other, other, key, 50).stream().filter(answer -> answer.status() == 200).count();
            }
            assertThat(admitted).isEqualTo(50);
            assertThat(used(one, "daily_usage")).isEqualTo(50);
        }
    }

    @Test
    void aKeyWithoutQuotaIsCountedByBothNodes() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node(database).start(); Node other = node(database).start()) {
            String key = one.newKey(limited("unlimited", Quota.UNLIMITED));
            askBoth(one, other, key, 20);
            Node.until("all are counted", () -> used(one, "daily_usage") == 20);
        }
    }

    @Test
    void strictlyAQuotaHoldsToo() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node(database).with("STRICT_RATE_LIMITING", "true").start();
                Node other = node(database).with("STRICT_RATE_LIMITING", "true").start()) {
            String key = one.newKey(limited("30/hour", 10));
            List<Answer> answers = new ArrayList<>(askBoth(one, other, key, 30));
            Node.until("the quota is used", () -> {
                answers.addAll(askBoth(one, other, key, 2));
                return answers.stream().filter(answer -> answer.status() == 200).count() >= 10;
            });
            answers.addAll(askBoth(one, other, key, 5));
            assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(10);
        }
    }

    @Test
    void strictlyThereIsNoAnswerWithoutRedis() {
        String database = PostgresqlServer.newDatabase();
        try (Node node = node(database).with("STRICT_RATE_LIMITING", "true").start()) {
            String key = node.newKey(limited("1000/hour", Quota.UNLIMITED));
            assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
            redis.stop();
            Answer refused = node.getWithKey(key, TARGET);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().getString("type")).endsWith("limits-unavailable");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            redis.start();
            Node.until("it is over", () -> node.getWithKey(key, TARGET).status() == 200);
        }
    }

    @Test
    void withoutRedisANodeGoesOnAndHealthSaysSo() {
        String database = PostgresqlServer.newDatabase();
        try (Node node = node(database).start()) {
            String key = node.newKey(limited("1000/second", Quota.UNLIMITED));
            assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
            redis.stop();
            Node.until("it goes on", () -> node.getWithKey(key, TARGET).status() == 200
                    && !node.get("/health").json().getJsonObject("checks").getJsonObject("limits")
                            .getString("status").equals("up"));
            redis.start();
        }
    }
}

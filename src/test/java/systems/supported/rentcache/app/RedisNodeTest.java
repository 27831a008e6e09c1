package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.storage.InvalidationLog;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.PostgresqlServer;

/** Nodes that share answers through Redis and keep them in PostgreSQL. */
class RedisNodeTest {
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
                .with("REDIS_TIMEOUT", "1s")
                .with("DATABASE_URL", PostgresqlServer.url(database));
    }

    private int entriesInRedis() {
        return redis.command(Command.KEYS, "rentcache:entry:*").size();
    }

    @Test
    void oneNodesAnswerIsTheOthersToo() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node(database).start(); Node other = node(database).start()) {
            byte[] paid = one.get(TARGET).bytes();
            Node.until("it is in Redis", () -> entriesInRedis() == 1);
            Node.Answer shared = other.get(TARGET);
            assertThat(shared.header("Cache-Status")).endsWith("detail=redis");
            assertThat(shared.bytes()).isEqualTo(paid);
            redis.command(Command.FLUSHALL);
            assertThat(one.bill().billed() + other.bill().billed()).isEqualTo(1);
            try (Node third = node(database).start()) {
                assertThat(third.get(TARGET).header("Cache-Status")).endsWith("detail=sql");
                Node.until("it is in Redis again", () -> entriesInRedis() == 1);
                Node.until("the flight that was boarded meanwhile holds up nobody",
                        () -> phases().equals(List.of("GONE")));
            }
        }
    }

    private List<String> phases() {
        return redis.command(Command.KEYS, "rentcache:flight:*").stream()
                .map(flight -> redis.command(Command.HGET, flight.toString(), "phase").toString()).toList();
    }

    @Test
    void withoutRedisTheDatabaseAnswersAndHealthSaysSo() {
        String database = PostgresqlServer.newDatabase();
        try (Node node = node(database).start()) {
            node.get(TARGET);
            redis.stop();
            for (int i = 0; i < 10; i++) {
                assertThat(node.get("/v1/properties?zipCode=78244&limit=2&offset=" + i).status()).isEqualTo(200);
            }
            Node.until("health says so", () -> !node.get("/health").json().getJsonObject("checks")
                    .getJsonObject("redis").getString("status").equals("up"));
            assertThat(node.get("/health").json().getString("status")).isEqualTo("degraded");
            redis.start();
            Node.until("it is over", () -> node.get("/health").json().getJsonObject("checks")
                    .getJsonObject("redis").getString("status").equals("up"));
        }
    }

    @Test
    void redisMayBeAwayAtTheStart() {
        redis.stop();
        try (Node node = node(PostgresqlServer.newDatabase()).start()) {
            assertThat(node.get(TARGET).status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsInvalidatedIsServedByNoNode() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node(database).start(); Node other = node(database).start()) {
            one.get(TARGET);
            Node.until("it is in Redis", () -> entriesInRedis() == 1);
            other.get(TARGET);
            one.database(store -> store.write(connection ->
                    connection.query("UPDATE cache_entries SET is_valid = 0").execute().compose(marked ->
                            InvalidationLog.append(
                                    connection, new Invalidation.OfEndpoint("properties").scope(), Instant.now()))));
            Node.until("the first fetches anew", () -> one.get(TARGET).header("X-Cache").equals("MISS"));
            Node.until("the second has left the old answer",
                    () -> other.get(TARGET).header("Cache-Status").matches(".*(fwd=uri-miss|detail=redis|detail=sql).*"));
        }
    }
}

package systems.supported.rentcache.cache;

import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.cache.Answers.NOW;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.RedisClient;

/** The contract of tiers, held by Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisTierContractTest extends TierContractTest {
    private Vertx vertx;
    private LocalRedis server;
    private RedisClient redis;
    private RedisTier tier;

    LocalRedis server(Vertx on) {
        return LocalRedis.start(on);
    }

    /** How the URL ends that says what the server is. */
    String form() {
        return "";
    }

    @BeforeAll
    void start() {
        vertx = Vertx.vertx();
        server = server(vertx);
    }

    @AfterAll
    void stop() {
        server.close();
        await(vertx.close());
    }

    @BeforeEach
    void open() {
        server.command(Command.FLUSHALL);
        redis = server.client(server.url(form()), Duration.ofSeconds(5), LocalRedis.health());
        tier = new RedisTier(vertx, redis, new Metrics(), InstantSource.fixed(NOW));
    }

    @AfterEach
    void close() {
        await(redis.close());
    }

    @Override
    Tier tier() {
        return tier;
    }

    @Override
    boolean counts() {
        return false;
    }
}

package systems.supported.rentcache.app;

import io.vertx.redis.client.Command;
import org.junit.jupiter.api.AfterEach;
import systems.supported.rentcache.storage.LocalRedis;

/** The same through Redis. */
class RedisClusterFlightsTest extends ClusterFlightsTest {
    private final LocalRedis redis = LocalRedis.start(vertx);

    @Override
    Node configured(Node node) {
        return node.with("REDIS_URL", redis.url("")).with("REDIS_TIMEOUT", "1s");
    }

    @Override
    void loseLeases() {
        redis.command(Command.FLUSHALL);
    }

    @AfterEach
    @Override
    void stop() {
        super.stop();
        redis.close();
    }
}

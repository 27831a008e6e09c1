package systems.supported.rentcache.coordination;

import static systems.supported.rentcache.Await.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.RedisClient;

class RedisCallLeasesTest extends CallLeasesContractTest {
    private final RedisClient[] clients = new RedisClient[2];
    private final SharedLimits[] limits = new SharedLimits[2];
    private LocalRedis redis;

    @BeforeEach
    void start() {
        redis = LocalRedis.start(vertx);
        for (int i = 0; i < 2; i++) {
            clients[i] = redis.client(redis.url(""), Duration.ofSeconds(1), LocalRedis.health());
            limits[i] = new SharedLimits(
                    vertx, clients[i], new NoQuotas(), List.of("properties"), false, System::nanoTime);
            await(limits[i].start());
        }
    }

    @AfterEach
    void stop() {
        for (SharedLimits one : limits) {
            await(one.stop());
        }
        redis.close();
        await(vertx.close());
    }

    @Override
    protected CallLeases node(int number) {
        return new RedisCallLeases(clients[number]);
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.storage.LocalRedis;

/** The contract of tiers, held by a Redis Cluster. */
class RedisClusterTierContractTest extends RedisTierContractTest {
    @TempDir
    private static Path files;

    @Override
    LocalRedis server(Vertx on) {
        return LocalRedis.cluster(on, files);
    }

    @Override
    String form() {
        return "?cluster=true";
    }
}

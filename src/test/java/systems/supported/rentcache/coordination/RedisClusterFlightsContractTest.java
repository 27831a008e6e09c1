package systems.supported.rentcache.coordination;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.storage.LocalRedis;

/** The contract of flights, held by a Redis Cluster. */
class RedisClusterFlightsContractTest extends RedisFlightsContractTest {
    @TempDir
    private Path files;

    @Override
    LocalRedis server(Vertx on) {
        return LocalRedis.cluster(on, files);
    }

    @Override
    String form() {
        return "?cluster=true";
    }

    /** Another server of the cluster may have the answer. */
    @Override
    boolean seesAnswers() {
        return false;
    }
}

package systems.supported.rentcache.coordination;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.storage.LocalRedis;

/** Shared limits, kept by a Redis Cluster. */
class SharedLimitsClusterTest extends SharedLimitsTest {
    @TempDir
    private Path files;

    @Override
    LocalRedis server(Vertx on) {
        return LocalRedis.cluster(on, files);
    }

    @Override
    String url(LocalRedis server) {
        return server.url("?cluster=true");
    }
}

package systems.supported.rentcache.coordination;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.LocalSentinel;

/** Shared limits, kept by a Redis that the nodes find through Sentinel. */
class SharedLimitsSentinelTest extends SharedLimitsTest {
    @TempDir
    private Path files;

    private LocalSentinel sentinel;

    @Override
    LocalRedis server(Vertx on) {
        LocalRedis watched = super.server(on);
        sentinel = LocalSentinel.start(watched, files);
        return watched;
    }

    @Override
    String url(LocalRedis server) {
        return sentinel.url();
    }

    @AfterEach
    void stopSentinel() {
        sentinel.close();
    }
}

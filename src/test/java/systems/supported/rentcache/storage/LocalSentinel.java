package systems.supported.rentcache.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import redis.embedded.RedisSentinel;
import redis.embedded.core.RedisSentinelBuilder;

/** A real Redis Sentinel of a test's own, on a free port, which watches one server. */
public final class LocalSentinel implements AutoCloseable {
    private final RedisSentinel sentinel;
    private final int port;

    private LocalSentinel(RedisSentinel sentinel, int port) {
        this.sentinel = sentinel;
        this.port = port;
    }

    /** A running sentinel of a server, which keeps its file in a directory. */
    public static LocalSentinel start(LocalRedis watched, Path directory) {
        int port = LocalRedis.freePort();
        RedisSentinelBuilder builder = RedisSentinel.newRedisSentinel()
                .port(port).masterName("main").masterPort(watched.port()).quorumSize(1)
                .setting("dir " + directory);
        builder.addDefaultReplicationGroup();
        RedisSentinel sentinel = builder.build();
        try {
            sentinel.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LocalSentinel(sentinel, port);
    }

    /** How a client finds the server. */
    public String url() {
        return "redis://127.0.0.1:" + port + "?sentinel=main";
    }

    @Override
    public void close() {
        try {
            sentinel.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package systems.supported.rentcache.storage;

import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import redis.embedded.RedisServer;
import systems.supported.rentcache.config.RedisUrl;
import systems.supported.rentcache.config.Secret;
import systems.supported.rentcache.ops.PartHealth;

/** A real Redis of a test's own, on a free port, which can be stopped, started again and frozen. */
public final class LocalRedis implements AutoCloseable {
    private final Vertx vertx;
    private final int port = freePort();
    private final List<String> settings;
    private final String password;
    private RedisServer server;
    private Redis admin;
    private String pid;

    private LocalRedis(Vertx vertx, String password, List<String> settings) {
        this.vertx = vertx;
        this.password = password;
        this.settings = settings;
    }

    /** A running server with settings as in {@code redis.conf}. */
    public static LocalRedis start(Vertx vertx, String... settings) {
        return new LocalRedis(vertx, null, List.of(settings)).start();
    }

    /** A running server that wants a password. */
    public static LocalRedis withPassword(Vertx vertx, String password) {
        return new LocalRedis(vertx, password, List.of("requirepass " + password)).start();
    }

    /** A running Redis Cluster of one node, which keeps its file in a directory. */
    public static LocalRedis cluster(Vertx vertx, Path directory) {
        LocalRedis node = start(vertx, "cluster-enabled yes", "dir " + directory);
        List<String> slots = new ArrayList<>(List.of("ADDSLOTS"));
        IntStream.range(0, 16_384).mapToObj(Integer::toString).forEach(slots::add);
        node.command(Command.CLUSTER, slots.toArray());
        until("it is formed", () -> node.command(Command.CLUSTER, "INFO").toString().contains("cluster_state:ok"));
        return node;
    }

    /** Starts the server again after {@link #stop}, empty. */
    public LocalRedis start() {
        try {
            var builder = RedisServer.newRedisServer().port(port)
                    .setting("bind 127.0.0.1").setting("save \"\"").setting("appendonly no");
            settings.forEach(builder::setting);
            server = builder.build();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        admin = Redis.createClient(vertx, new RedisOptions().setConnectionString("redis://127.0.0.1:" + port)
                .setPassword(password));
        String info = command(Command.INFO, "server").toString();
        pid = info.lines().filter(line -> line.startsWith("process_id:")).findFirst().orElseThrow()
                .substring("process_id:".length()).strip();
        return this;
    }

    public void stop() {
        await(admin.close());
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the server hang: connections stay open, nothing is answered. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends a command as an operator would, past what is tested. */
    public Response command(Command command, Object... arguments) {
        return await(admin.send(Request.cmd(command, arguments)));
    }

    /** Sends a command without waiting for its end. */
    public void commandAside(Command command, Object... arguments) {
        admin.send(Request.cmd(command, arguments));
    }

    public String url(String path) {
        return "redis://127.0.0.1:" + port + path;
    }

    public int port() {
        return port;
    }

    /** A client that tries again soon. */
    public RedisClient client(String url, Duration timeout, PartHealth health) {
        return client(vertx, url, timeout, health);
    }

    /** The same within another instance of Vert.x, as another process has it. */
    public RedisClient client(Vertx within, String url, Duration timeout, PartHealth health) {
        return new RedisClient(within, options(url, timeout), health);
    }

    static RedisClient.Options options(String url, Duration timeout) {
        return new RedisClient.Options(
                RedisUrl.of(new Secret(url)), timeout, timeout, Duration.ofMillis(500), Duration.ofMillis(100), 4_096);
    }

    public static PartHealth health() {
        return new PartHealth("redis", "Answers come from the database.", Duration.ofMinutes(1), InstantSource.system());
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        thaw();
        stop();
    }
}

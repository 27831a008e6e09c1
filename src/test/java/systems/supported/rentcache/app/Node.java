package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.SettingsLoader;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.sandbox.Bill;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.Database;

/**
 * A real node for a test: real HTTP, the real database in a directory of the test's, the sandbox as its upstream, and a
 * clock that the test moves. What the test asks of it is what a consumer or an operator can ask.
 */
final class Node implements AutoCloseable {
    static final String ADMIN = "admin-key-of-the-tests-0123456789abcdef";
    private static final long PATIENCE_SECONDS = 20;
    private static final ListAppender<ILoggingEvent> BLOCKED = blockedThreads();

    private static final HttpClient PLAIN = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Path directory;
    private final Map<String, String> flags = new HashMap<>();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T12:00:00Z"));
    private String endpoints = "";
    private Settings settingsInForce;
    private Vertx vertx;
    private RentCacheApp app;

    private Node(Path directory) {
        this.directory = directory;
        flags.put("SANDBOX", "true");
        flags.put("SANDBOX_PORT", "0");
        flags.put("HOST", "127.0.0.1");
        flags.put("PORT", "0");
        flags.put("EVENT_LOOPS", "2");
        flags.put("UPSTREAM_RATE_LIMIT", "20/second");
        flags.put("SHUTDOWN_DRAIN", "0s");
        flags.put("SHUTDOWN_GRACE", "5s");
        // What a test finds near, its own requests brought there.
        flags.put("PRELOAD_BYTES", "0");
        flags.put("BOOTSTRAP_API_KEY", ADMIN);
    }

    /** What Vert.x says of event loops that are blocked. */
    private static ListAppender<ILoggingEvent> blockedThreads() {
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        ((Logger) LoggerFactory.getLogger("io.vertx.core.internal.threadchecker.BlockedThreadChecker")).addAppender(appender);
        return appender;
    }

    /** A node that is not started yet. */
    static Node in(Path directory) {
        return new Node(directory);
    }

    Node with(String setting, Object value) {
        flags.put(setting, String.valueOf(value));
        return this;
    }

    /** Gives the settings file. */
    Node file(String yaml) {
        endpoints = yaml;
        return this;
    }

    Node start() {
        try {
            startOrFail();
            return this;
        } catch (Exception failed) {
            throw new AssertionError("the node does not start", failed);
        }
    }

    void startOrFail() throws Exception {
        Path file = directory.resolve("conf").resolve("rentcache.yaml");
        if (!endpoints.isEmpty()) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, endpoints);
        }
        settingsInForce = settings();
        Metrics metrics = new Metrics();
        vertx = await(Platform.vertx(settingsInForce, metrics));
        app = await(RentCacheApp.start(vertx, settingsInForce, clock, metrics));
    }

    private Settings settings() throws SettingsException {
        return SettingsLoader.load(new SettingsLoader.Sources(directory, Optional.empty(), Map.of(), flags));
    }

    void stop() {
        await(app.stop());
        await(vertx.close());
        app = null;
        List<ILoggingEvent> blocked = List.copyOf(BLOCKED.list);
        // One test's is not the next one's, too.
        BLOCKED.list.clear();
        assertThat(blocked).as("an event loop was blocked").isEmpty();
    }

    /** Ends without putting anything away. */
    void die() {
        app = null;
        await(vertx.close());
        vertx = null;
    }

    @Override
    public void close() {
        if (app != null) {
            stop();
        } else if (vertx != null) {
            await(vertx.close());
        }
    }

    Vertx vertx() {
        return vertx;
    }

    RentCacheApp app() {
        return app;
    }

    SandboxServer sandbox() {
        return app.sandbox();
    }

    Bill bill() {
        return sandbox().bill();
    }

    int port() {
        return app.port();
    }

    Path databaseFile() {
        return directory.resolve("data").resolve("rentcache.db");
    }

    /** An answer of the node's. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        byte[] bytes() {
            return response.body();
        }

        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonObject json() {
            return new JsonObject(text());
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }

    /** Asks with the administrator's key. */
    Answer get(String target, String... headers) {
        return send("GET", target, null, withKey(ADMIN, headers));
    }

    Answer getWithKey(String key, String target, String... headers) {
        return send("GET", target, null, withKey(key, headers));
    }

    Answer post(String target, String body, String... headers) {
        return send("POST", target, body, withKey(ADMIN, headers));
    }

    static String[] withKey(String key, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "X-Api-Key";
        all[1] = key;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return all;
    }

    Answer send(String method, String target, String body, String... headers) {
        try {
            return new Answer(client.send(request(method, target, body, headers), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(method + " " + target, failed);
        }
    }

    CompletableFuture<Answer> sendAsync(String target) {
        return sendAsync(target, ADMIN);
    }

    CompletableFuture<Answer> sendAsync(String target, String key) {
        return client.sendAsync(request("GET", target, null, withKey(key)),
                HttpResponse.BodyHandlers.ofByteArray()).thenApply(Answer::new);
    }

    private HttpRequest request(String method, String target, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + target))
                .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    /** What the sandbox itself says to a question, at the node's time and at no cost to the bill that tests look at. */
    byte[] askSandbox(String target) {
        return askUpstream(sandbox(), target);
    }

    /** What a sandbox says to a question, past every node. */
    static byte[] askUpstream(SandboxServer sandbox, String target) {
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + sandbox.port() + "/v1" + target))
                    .header("X-Api-Key", SandboxServer.API_KEY).build();
            return PLAIN.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(target, failed);
        }
    }

    /** A metric's value, by its name with its labels. */
    double metric(String series) {
        return get("/metrics").text().lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst().orElseThrow(() -> new AssertionError("there is no " + series));
    }

    /** A use of the key store as another process makes it, such as the command line. */
    <T> T keys(Function<SqlApiKeyStore, Future<T>> use) {
        return database(database -> use.apply(new SqlApiKeyStore(database)));
    }

    /** A use of the database as another process makes it. */
    <T> T database(Function<Database, Future<T>> use) {
        Database database = new Database(vertx, settingsInForce.storage().withFewConnections());
        await(database.open());
        try {
            return await(use.apply(database));
        } finally {
            await(database.close());
        }
    }

    /** A new key of another process's making. */
    String newKey(KeySpec spec) {
        String value = KeyHash.newValue();
        ApiKey made = keys(store -> store.create(spec, value, clock.instant()));
        assertThat(made.id()).isPositive();
        return value;
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException runtime
                    ? runtime : new AwaitFailure(failed.getCause());
        } catch (Exception failed) {
            throw new AwaitFailure(failed);
        }
    }

    /** A future failed that a test waited for. */
    static final class AwaitFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        AwaitFailure(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Waits until something is so. */
    static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /**
     * Waits until something is so.
     *
     * @param what says what was waited for, and how it is instead; asked when it did not come to pass
     */
    static void until(Supplier<String> what, BooleanSupplier condition) {
        until(what, Duration.ofSeconds(PATIENCE_SECONDS), Duration.ofMillis(5), condition);
    }

    /** Waits for at most some time until something is so, and looks at a pace. */
    static void until(String what, Duration most, Duration pace, BooleanSupplier condition) {
        until(() -> what, most, pace, condition);
    }

    /** Waits for at most some time until something is so, and looks at a pace. */
    static void until(Supplier<String> what, Duration most, Duration pace, BooleanSupplier condition) {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not come to pass that " + what.get());
            }
            LockSupport.parkNanos(pace.toNanos());
        }
    }
}

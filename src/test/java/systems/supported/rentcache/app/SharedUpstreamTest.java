package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.coordination.CallLeases;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.PostgresqlServer;

/** Two nodes and one Rentcast key: together they make no more calls than it may. */
class SharedUpstreamTest {
    private static final int CALLS = 70;
    /** What Rentcast takes in a second. */
    private static final int A_WINDOW = 20;
    /** What a node says once it knows of the refusal; the bill has the call before it is answered. */
    private static final String REFUSED = "upstream_api_calls_total{endpoint=\"properties\",outcome=\"rate_limited\"} 1.0";
    private static final String ANOTHER_KEY = "another-key";
    private static final Pattern LEASES = Pattern.compile("(?i)\\] \"eval\" .*\"rentcache:limit:\\{all}:upstream:");
    private static final Pattern KEEPS = Pattern.compile("(?i)\\] \"set\" \"rentcache:entry:");

    @TempDir
    Path directory;
    private final Vertx vertx = Vertx.vertx();
    private SandboxServer rentcast;

    @BeforeEach
    void start() {
        rentcast = Node.await(SandboxServer.start(
                vertx, SandboxOptions.standard(0).withApiKeys(Set.of(SandboxServer.API_KEY, ANOTHER_KEY))));
    }

    @AfterEach
    void stop() {
        Node.await(rentcast.close());
        Node.await(vertx.close());
    }

    private Node node(String name) {
        return Node.in(directory.resolve(name))
                .with("SANDBOX", "false")
                .with("UPSTREAM_CONNECTIONS", 4)
                .with("RENTCAST_API_KEY", SandboxServer.API_KEY)
                .with("RENTCAST_API_URL", "http://127.0.0.1:" + rentcast.port() + "/v1");
    }

    private void askBoth(Node one, Node other) {
        // To connect, and to call for the first time in a process, may take longer than what is kept between windows.
        askBoth(one, other, 0, A_WINDOW);
        long warm = System.nanoTime();
        Node.until("a window has gone by", () -> System.nanoTime() - warm > TimeUnit.SECONDS.toNanos(1));
        askBoth(one, other, A_WINDOW, CALLS);
        // A call that arrives early beside one that was late is refused, and made again.
        assertThat(rentcast.bill().maxPerSecond()).isBetween(5, A_WINDOW + 3);
        assertThat(rentcast.bill().calls()).as("hardly any was refused")
                .isBetween((long) A_WINDOW + CALLS, A_WINDOW + CALLS + 3L);
    }

    private static void askBoth(Node one, Node other, int first, int calls) {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = first; i < first + calls; i++) {
            asked.add((i % 2 == 0 ? one : other).sendAsync("/v1/properties?zipCode=78244&limit=1&offset=" + i));
        }
        assertThat(asked).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
    }

    @Test
    void throughRedis() {
        try (LocalRedis redis = LocalRedis.start(vertx);
                Node one = node("one").with("REDIS_URL", "redis://127.0.0.1:" + redis.port()).start();
                Node other = node("other").with("REDIS_URL", "redis://127.0.0.1:" + redis.port()).start()) {
            askBoth(one, other);
        }
    }

    @Test
    void aKeyThatIsHeldGoesOnAfterwards() {
        try (LocalRedis redis = LocalRedis.start(vertx);
                Node one = node("one").with("REDIS_URL", "redis://127.0.0.1:" + redis.port()).start()) {
            rentcast.faults(Faults.parse(JsonObject.of("status", 429, "retryAfterSeconds", 2, "times", 1)));
            long begun = System.nanoTime();
            CompletableFuture<Answer> first = one.sendAsync("/v1/properties?zipCode=78244&limit=1");
            Node.until("it was refused", () -> one.get("/metrics").text().contains(REFUSED));
            assertThat(one.get("/v1/properties?zipCode=78244&limit=2").status()).isEqualTo(200);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
                    .as("no call with the key before it may be made").isGreaterThanOrEqualTo(2_000);
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(rentcast.bill().calls()).isEqualTo(3);
        }
    }

    @Test
    void withoutItsStoreANodeGoesOnWithItsShareAndComesBack() {
        try (LocalRedis redis = LocalRedis.start(vertx);
                Node one = node("one").with("REDIS_URL", "redis://127.0.0.1:" + redis.port()).start()) {
            assertThat(one.get("/v1/properties?zipCode=78244&limit=1").status()).isEqualTo(200);
            redis.stop();
            assertThat(one.get("/v1/properties?zipCode=78244&limit=2").status()).isEqualTo(200);
            redis.start();
            assertThat(one.get("/v1/properties?zipCode=78244&limit=3").status()).isEqualTo(200);
            assertThat(rentcast.bill().calls()).isEqualTo(3);
            // The Redis began empty: what is there now was leased from it.
            AtomicInteger questions = new AtomicInteger(3);
            Node.until("it leases its calls again", () ->
                    one.get("/v1/properties?zipCode=78244&offset=" + questions.incrementAndGet()).status() == 200
                            && redis.command(Command.EXISTS, bucket(SandboxServer.API_KEY)).toInteger() == 1);
        }
    }

    private static String bucket(String upstreamKey) {
        return "rentcache:limit:{all}:" + CallLeases.bucket(upstreamKey);
    }

    @Test
    void ofSeveralKeysACallLeasesAPlaceOfOne() {
        try (LocalRedis redis = LocalRedis.start(vertx);
                Node one = node("one").with("REDIS_URL", "redis://127.0.0.1:" + redis.port())
                        .with("RENTCAST_API_KEY", SandboxServer.API_KEY + "," + ANOTHER_KEY).start()) {
            assertThat(one.get("/v1/properties?zipCode=78244&limit=1").status()).isEqualTo(200);
            assertThat(redis.command(Command.ZCARD, bucket(SandboxServer.API_KEY)).toInteger()).isEqualTo(1);
            assertThat(redis.command(Command.ZCARD, bucket(ANOTHER_KEY)).toInteger()).isZero();
        }
    }

    @Test
    void whatIsKeptAndWhatIsLeasedGoDifferentWaysToRedis() throws IOException {
        try (LocalRedis redis = LocalRedis.start(vertx);
                Node one = node("one").with("REDIS_URL", "redis://127.0.0.1:" + redis.port()).start();
                Socket monitor = new Socket("127.0.0.1", redis.port())) {
            monitor.setSoTimeout(10_000);
            monitor.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader said = new BufferedReader(
                    new InputStreamReader(monitor.getInputStream(), StandardCharsets.ISO_8859_1));
            assertThat(said.readLine()).isEqualTo("+OK");
            assertThat(one.get("/v1/properties?zipCode=78244&limit=1").status()).isEqualTo(200);
            String lease = null;
            String kept = null;
            while (lease == null || kept == null) {
                // As in: +1700000000.123456 [0 127.0.0.1:50000] "EVAL" "..."
                String line = said.readLine();
                String from = line.substring(line.indexOf('[') + 1, Math.max(1, line.indexOf(']')));
                lease = LEASES.matcher(line).find() ? from : lease;
                kept = KEEPS.matcher(line).find() ? from : kept;
            }
            assertThat(lease).isNotEqualTo(kept);
        }
    }

    @Test
    void throughPostgresql() {
        String database = PostgresqlServer.newDatabase();
        try (Node one = node("one").with("DATABASE_URL", PostgresqlServer.url(database)).start();
                Node other = node("other").with("DATABASE_URL", PostgresqlServer.url(database)).start()) {
            askBoth(one, other);
        }
    }
}

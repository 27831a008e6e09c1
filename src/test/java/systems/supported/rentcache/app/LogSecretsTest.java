package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The whole log of a node under traffic, at its finest level and that of all libraries, holds no secret. */
class LogSecretsTest {
    private static final String DATABASE_PASSWORD = "pgSecret-5f0c2d7b91";
    private static final String REDIS_PASSWORD = "redisSecret-88b1ce04aa";
    private static final String UPSTREAM_KEY = "upstreamSecret-1db5e6f7c3";
    private static final String UNKNOWN_KEY = "unknownSecret-c0ffee0123456789";
    private static final String ID = "request-of-the-log";

    @TempDir
    private Path directory;
    private final Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Level before = root.getLevel();
    private final Vertx vertx = Vertx.vertx();
    private final StubUpstream upstream = new StubUpstream();
    private LocalRedis redis;

    @BeforeEach
    void listen() {
        redis = LocalRedis.withPassword(vertx, REDIS_PASSWORD);
        root.iteratorForAppenders().forEachRemaining(appender -> appender.addFilter(new WarningsOnly()));
        log.start();
        root.addAppender(log);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void restore() {
        root.setLevel(before);
        root.detachAppender(log);
        root.iteratorForAppenders().forEachRemaining(appender -> appender.clearAllFilters());
        upstream.close();
        redis.close();
        Node.await(vertx.close());
    }

    /** Keeps the test's own output readable. */
    private static final class WarningsOnly extends ch.qos.logback.core.filter.Filter<ILoggingEvent> {
        @Override
        public ch.qos.logback.core.spi.FilterReply decide(ILoggingEvent event) {
            return event.getLevel().isGreaterOrEqual(Level.WARN)
                    ? ch.qos.logback.core.spi.FilterReply.NEUTRAL : ch.qos.logback.core.spi.FilterReply.DENY;
        }
    }

    @Test
    void noSecretIsInTheLogAndNothingIsLoggedOnAHit() throws IOException {
        String database = PostgresqlServer.newDatabase();
        PostgresqlServer.execute(database, "CREATE ROLE logged LOGIN SUPERUSER PASSWORD '" + DATABASE_PASSWORD + "'");
        PostgresqlServer.requirePassword(database);
        List<String> secrets = new ArrayList<>(
                List.of(DATABASE_PASSWORD, REDIS_PASSWORD, UPSTREAM_KEY, UNKNOWN_KEY, Node.ADMIN));
        try (Node node = Node.in(directory)
                .with("SANDBOX", false)
                .with("RENTCAST_API_URL", upstream.url())
                .with("RENTCAST_API_KEY", UPSTREAM_KEY)
                .with("RENTCAST_MAX_RETRIES", 0)
                .with("REDIS_URL", "redis://:" + REDIS_PASSWORD + "@127.0.0.1:" + redis.port())
                .with("DATABASE_URL", PostgresqlServer.url(database)
                        .replace("postgres:postgres", "logged:" + DATABASE_PASSWORD))
                .start()) {
            traffic(node, secrets);
            hits(node);
        }
        List<String> lines = lines();
        assertThat(lines).as("what is looked through").anyMatch(line -> line.startsWith("org.flywaydb"))
                .anyMatch(line -> line.contains("requestId=\"" + ID + "\""));
        for (String secret : secrets) {
            assertThat(lines).noneMatch(line -> line.contains(secret));
        }
    }

    private void traffic(Node node, List<String> secrets) throws IOException {
        String made = node.newKey(KeySpec.named("made"));
        String next = KeyHash.newValue();
        secrets.add(made);
        secrets.add(next);
        assertThat(node.getWithKey(made, "/v1/properties?zipCode=78244").status()).isEqualTo(200);
        ApiKey rotated = node.keys(store -> store.byHash(KeyHash.of(made))
                .compose(found -> store.rotate(found.orElseThrow().id(), next, Duration.ofHours(1), node.clock.instant())));
        assertThat(rotated.id()).isPositive();
        assertThat(node.send("GET", "/v1/properties?zipCode=78245", null, "Authorization", "Bearer " + next).status())
                .isEqualTo(200);
        assertThat(node.getWithKey(UNKNOWN_KEY, "/v1/properties?zipCode=78244").status()).isEqualTo(401);
        assertThat(node.getWithKey(made, "/metrics").status()).isEqualTo(403);
        assertThat(node.getWithKey(made, "/v1/properties?limit=" + UNKNOWN_KEY).status()).isEqualTo(400);
        upstream.status = 401;
        assertThat(node.get("/v1/properties?zipCode=78246", "X-Request-Id", ID).status()).isGreaterThan(499);
        upstream.status = 200;
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send("GARBAGE " + made + "\r\nX-Api-Key: " + made + "\r\nAuthorization Bearer " + next + "\r\n\r\n");
            assertThat(connection.rest()).doesNotContain(made);
        }
    }

    private void hits(Node node) {
        String target = "/v1/properties?zipCode=78247";
        node.get(target);
        Node.until("it is a hit", () -> "HIT".equals(node.get(target).header("X-Cache")));
        String marker = "a-hit-of-the-log";
        for (int i = 0; i < 20; i++) {
            assertThat(node.get(target, "X-Request-Id", marker).header("X-Cache")).isEqualTo("HIT");
        }
        assertThat(lines()).noneMatch(line -> line.contains(marker));
    }

    private List<String> lines() {
        List<ILoggingEvent> events;
        synchronized (log) {
            events = List.copyOf(log.list);
        }
        return events.stream().map(event -> event.getLoggerName() + ' ' + event.getFormattedMessage()
                + (event.getKeyValuePairs() == null ? "" : event.getKeyValuePairs().toString())
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .toList();
    }
}

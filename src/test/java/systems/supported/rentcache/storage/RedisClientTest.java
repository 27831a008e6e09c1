package systems.supported.rentcache.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;
import static systems.supported.rentcache.Await.until;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.RedisClient.Use;

/** A Redis that is away, slow, full or wrong is skipped, is said once, and comes back by itself. */
class RedisClientTest {
    private static final Duration TIMEOUT = Duration.ofMillis(100);
    /** The time-out and a little, on a machine with other things to do. */
    private static final Duration SOON = Duration.ofMillis(600);

    private final Vertx vertx = Vertx.vertx();
    private final PartHealth health = LocalRedis.health();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private LocalRedis server;
    private RedisClient redis;

    @BeforeEach
    void listen() {
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void close() {
        root().detachAppender(log);
        if (redis != null) {
            await(redis.close());
        }
        if (server != null) {
            server.close();
        }
        await(vertx.close());
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private void start(String... settings) {
        server = LocalRedis.start(vertx, settings);
        redis = server.client(server.url(""), TIMEOUT, health);
    }

    private Future<Response> read() {
        return redis.send(Use.READ, Request.cmd(Command.GET, "key"));
    }

    private Future<Response> write() {
        return redis.send(Use.WRITE, Request.cmd(Command.SET, "key", "value"));
    }

    private long connections() {
        return server.command(Command.CLIENT, "LIST").toString().lines().count();
    }

    private static Throwable failsSoon(Future<?> future) {
        long start = System.nanoTime();
        Throwable failure = failure(future);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        return failure;
    }

    private static boolean works(Future<?> future) {
        return failure(future) == null;
    }

    private List<ILoggingEvent> warnings() {
        return List.copyOf(log.list).stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN)).toList();
    }

    private void isSaidOnce() {
        assertThat(health.state().isUp()).isFalse();
        assertThat(warnings()).as("said once").hasSize(1);
    }

    @Test
    void answersInOrderOnTheCallersContext() {
        start();
        Context context = vertx.getOrCreateContext();
        Promise<Context> seen = Promise.promise();
        Request get = Request.cmd(Command.GET, "key");
        context.runOnContext(run -> write()
                .compose(done -> redis.batch(Use.READ, List.of(get, Request.cmd(Command.GET, "none"), get)))
                .onSuccess(answers -> {
                    assertThat(answers.get(0)).hasToString("value");
                    assertThat(answers.get(1)).isNull();
                    assertThat(answers.get(2)).hasToString("value");
                    seen.complete(Vertx.currentContext());
                }).onFailure(seen::fail));
        assertThat(await(seen.future())).isSameAs(context);
    }

    @Test
    void failsOnTheCallersContextToo() {
        start();
        server.freeze();
        Context context = vertx.getOrCreateContext();
        for (int i = 0; i < 5; i++) {
            Promise<Context> seen = Promise.promise();
            context.runOnContext(run -> read().onComplete(
                    answer -> seen.fail("answered"), late -> seen.complete(Vertx.currentContext())));
            assertThat(await(seen.future())).isSameAs(context);
        }
    }

    @Test
    void manyRequestsAtOnceShareOneConnection() {
        server = LocalRedis.start(vertx);
        redis = server.client(server.url(""), Duration.ofSeconds(10), health);
        List<Future<Response>> all = new ArrayList<>(IntStream.range(0, 1_000).mapToObj(i -> redis.send(
                Use.WRITE, Request.cmd(Command.INCR, "counter"))).toList());
        await(Future.all(all));
        assertThat(all.get(999).result().toInteger()).isEqualTo(1_000);
        assertThat(connections()).as("with the test's own").isEqualTo(2);
    }

    @Test
    void whatIsTooMuchFailsAtOnce() {
        start();
        List<Request> many = IntStream.range(0, 4_097).mapToObj(i -> Request.cmd(Command.GET, "key")).toList();
        assertThat(failsSoon(redis.batch(Use.READ, many))).hasMessageContaining("too many");
        assertThat(works(read())).isTrue();
        assertThat(health.state().isUp()).isTrue();
    }

    @Test
    void anAbsentRedisIsSkippedAndFoundWhenItIsThere() {
        start();
        server.stop();
        for (int i = 0; i < 20; i++) {
            failsSoon(read());
        }
        isSaidOnce();
        assertThat(failsSoon(read())).as("skipped").hasMessage("Redis is away.");
        server.start();
        until("health says that it is back, though nobody asked", () -> health.state().isUp());
        until("it is read", () -> works(read()));
        isBackOnce();
    }

    private void isBackOnce() {
        assertThat(warnings()).hasSize(1);
    }

    @Test
    void aRestartInMidUseIsSurvived() {
        start();
        until("it is connected", () -> works(write()));
        assertThat(await(read())).hasToString("value");
        server.stop();
        until("reads fail", () -> !works(read()));
        failsSoon(write());
        server.start();
        until("it is read and written again", () -> works(read()) && works(write()) && health.state().isUp());
    }

    @Test
    void aHungRedisIsSkippedAndComesBack() {
        start();
        until("it is connected", () -> works(write()));
        assertThat(await(read())).hasToString("value");
        server.freeze();
        for (int i = 0; i < 3; i++) {
            assertThat(failsSoon(read())).hasMessageContaining("no answer within 100 ms");
        }
        until("it is skipped", () -> failsSoon(read()).getMessage().equals("Redis is away."));
        isSaidOnce();
        server.thaw();
        until("it is back by itself", () -> health.state().isUp());
        until("it is read", () -> works(read()));
        assertThat(await(read())).hasToString("value");
        isBackOnce();
    }

    @Test
    void aHungRedisIsLeftOutFromTheStart() {
        start();
        server.freeze();
        for (int i = 0; i < 5; i++) {
            failsSoon(read());
            failsSoon(write());
        }
        isSaidOnce();
        server.thaw();
        until("it is back by itself", () -> health.state().isUp());
    }

    @Test
    void oneSlowAnswerIsNotWorthTelling() {
        start();
        until("it is connected", () -> works(read()));
        // For longer than one answer is waited for, and not for as long as it takes to be told.
        server.commandAside(Command.DEBUG, "SLEEP", "0.15");
        until("one was slow", () -> !works(read()));
        until("it works", () -> works(read()));
        assertThat(warnings()).isEmpty();
    }

    @Test
    void aPausedRedisIsSkippedAndComesBack() {
        start();
        until("it is connected", () -> works(read()));
        server.command(Command.CLIENT, "PAUSE", "1500");
        for (int i = 0; i < 6; i++) {
            failsSoon(read());
        }
        isSaidOnce();
        until("it is back by itself", () -> health.state().isUp());
        until("it is read", () -> works(read()));
    }

    @Test
    void aFullRedisIsStillRead() {
        start("maxmemory-policy noeviction");
        until("it is connected", () -> works(write()));
        server.command(Command.CONFIG, "SET", "maxmemory", "1");
        for (int i = 0; i < 5; i++) {
            assertThat(failsSoon(write())).isInstanceOf(RedisException.class);
            assertThat(await(read())).hasToString("value");
        }
        isSaidOnce();
        assertThat(health.state().fault()).contains("OOM");
        server.command(Command.CONFIG, "SET", "maxmemory", "0");
        until("it is written by itself", () -> health.state().isUp());
        until("it is written", () -> works(write()));
        isBackOnce();
    }

    @Test
    void aReadOnlyRedisIsStillRead() {
        start();
        until("it is connected", () -> works(write()));
        server.command(Command.REPLICAOF, "127.0.0.1", "1");
        until("writes fail", () -> !works(write()));
        assertThat(health.state().fault()).contains("READONLY");
        assertThat(await(read())).hasToString("value");
        server.command(Command.REPLICAOF, "NO", "ONE");
        until("it is written by itself", () -> health.state().isUp());
    }

    @Test
    void aRedisWithoutItsReplicasIsStillRead() {
        start("min-replicas-to-write 1");
        until("writes fail", () -> !works(write()));
        assertThat(health.state().fault()).contains("NOREPLICAS");
        assertThat(works(read())).isTrue();
        server.command(Command.CONFIG, "SET", "min-replicas-to-write", "0");
        until("it is written by itself", () -> health.state().isUp());
    }

    @Test
    void aWrongPasswordIsSaidWithoutRepeatingIt() {
        server = LocalRedis.withPassword(vertx, "right");
        redis = server.client("redis://:wr0ng@127.0.0.1:" + server.port(), TIMEOUT, health);
        String message = failure(redis.check()).toString() + failsSoon(read()) + health.state().fault();
        assertThat(message).contains("WRONGPASS").doesNotContain("wr0ng");
        isSaidOnce();
        assertThat(warnings().toString()).doesNotContain("wr0ng");
        assertThat(works(server.client(
                "redis://default:right@127.0.0.1:" + server.port(), TIMEOUT, LocalRedis.health()).check())).isTrue();
        assertThat(failure(server.client(server.url(""), TIMEOUT, LocalRedis.health()).check()))
                .hasMessageContaining("NOAUTH");
    }

    @Test
    void aServerThatIsNoRedisIsAFailure() {
        int port = await(vertx.createHttpServer().requestHandler(request -> request.response().end("hello"))
                .listen(0, "127.0.0.1")).actualPort();
        redis = new RedisClient(vertx, LocalRedis.options("redis://:s3cret@127.0.0.1:" + port, TIMEOUT), health);
        for (int i = 0; i < 5; i++) {
            assertThat(failsSoon(read()).getMessage()).doesNotContain("s3cret");
        }
        assertThat(health.state().isUp()).isFalse();
        assertThat(warnings().toString()).doesNotContain("s3cret");
    }

    @Test
    void aHostThatDoesNotExistIsAFailure() {
        redis = new RedisClient(vertx, LocalRedis.options("redis://:s3cret@nowhere.invalid", TIMEOUT), health);
        until("it is told", () -> !works(read()) && !health.state().isUp());
        assertThat(health.state().fault()).doesNotContain("s3cret");
    }

    @Test
    void databasesAreApart() {
        start();
        RedisClient other = server.client(server.url("/3"), TIMEOUT, health);
        await(write());
        assertThat(await(other.send(Use.READ, Request.cmd(Command.GET, "key")))).isNull();
        assertThat(works(other.check())).isTrue();
        await(other.close());
        RedisClient none = server.client(server.url("/99"), TIMEOUT, health);
        assertThat(failure(none.check())).hasMessageContaining("DB index is out of range");
        await(none.close());
    }

    @Test
    void nothingIsConnectedBeforeItIsUsedNorAfterItWasClosed() {
        start();
        assertThat(connections()).isEqualTo(1);
        assertThat(works(redis.check())).isTrue();
        assertThat(connections()).isEqualTo(3);
        await(redis.close());
        assertThat(works(read())).isFalse();
        until("connections are gone", () -> connections() == 1);
    }
}

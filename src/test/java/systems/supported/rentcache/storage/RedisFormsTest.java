package systems.supported.rentcache.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.storage.RedisClient.Use;

/** Redis by the other forms of its URL: TLS, Sentinel, Cluster. */
class RedisFormsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private static void isReadAndWritten(RedisClient redis) {
        until("it is connected", () -> failure(redis.check()) == null);
        for (int i = 0; i < 20; i++) {
            await(redis.send(Use.WRITE, Request.cmd(Command.SET, "key" + i, "value")));
        }
        var answers = await(redis.batch(Use.READ, List.of(
                Request.cmd(Command.GET, "key1"), Request.cmd(Command.GET, "none"), Request.cmd(Command.GET, "key2"))));
        assertThat(answers.get(0)).hasToString("value");
        assertThat(answers.get(1)).isNull();
        assertThat(answers.get(2)).hasToString("value");
    }

    @Test
    void tlsWithAnAuthorityOfOnesOwn() {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        try (LocalRedis server = LocalRedis.start(vertx)) {
            int port = await(vertx.createNetServer(new NetServerOptions()
                            .setSsl(true).setKeyCertOptions(certificate.keyCertOptions()))
                    .connectHandler(secure -> {
                        secure.pause();
                        vertx.createNetClient().connect(server.port(), "127.0.0.1").onSuccess(plain -> {
                            secure.pipeTo(plain);
                            plain.pipeTo(secure);
                        }).onFailure(away -> secure.close());
                    }).listen(0, "localhost")).actualPort();
            RedisClient trusting = server.client(
                    "rediss://localhost:" + port + "?ca=" + certificate.certificatePath(), TIMEOUT, LocalRedis.health());
            isReadAndWritten(trusting);
            await(trusting.close());

            RedisClient distrusting = server.client("rediss://localhost:" + port, TIMEOUT, LocalRedis.health());
            assertThat(failure(distrusting.check())).isInstanceOf(RedisException.class);
            await(distrusting.close());

            RedisClient misled = server.client(
                    "rediss://localhost:" + port + "?ca=" + directory.resolve("none.pem"), TIMEOUT, LocalRedis.health());
            assertThat(failure(misled.check())).isInstanceOf(RedisException.class).hasMessageContaining("none.pem");
            await(misled.close());
        } finally {
            certificate.delete();
        }
    }

    @Test
    void sentinel() {
        try (LocalRedis server = LocalRedis.start(vertx);
                LocalSentinel sentinel = LocalSentinel.start(server, directory)) {
            RedisClient redis = server.client(sentinel.url(), TIMEOUT, LocalRedis.health());
            isReadAndWritten(redis);
            assertThat(server.command(Command.GET, "key1")).hasToString("value");
            await(redis.close());
        }
    }

    @Test
    void cluster() {
        try (LocalRedis server = LocalRedis.cluster(vertx, directory)) {
            RedisClient redis = server.client(server.url("?cluster=true"), TIMEOUT, LocalRedis.health());
            isReadAndWritten(redis);
            await(redis.close());
        }
    }
}

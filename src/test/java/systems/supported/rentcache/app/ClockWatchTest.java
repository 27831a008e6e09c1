package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.PostgresqlServer;
import systems.supported.rentcache.storage.RedisClient;

/** A node whose clock is not that of the servers which it shares with others. */
@ExtendWith(VertxExtension.class)
class ClockWatchTest {
    private final PartHealth health =
            new PartHealth("clock", "Set it right.", Duration.ofDays(365), InstantSource.system());
    private final HealthReport report = new HealthReport(List.of(health), Path.of(""), InstantSource.system());
    private Database database;
    private LocalRedis redis;
    private RedisClient client;

    @BeforeEach
    void start(Vertx vertx) {
        database = Databases.postgresql(vertx, PostgresqlServer.newDatabase());
        Node.await(database.open());
        redis = LocalRedis.start(vertx);
        client = redis.client(redis.url(""), Duration.ofSeconds(5), LocalRedis.health());
        report.setReady(true);
    }

    @AfterEach
    void stop() {
        Node.await(client.close());
        redis.close();
        Node.await(database.close());
    }

    private void look(Vertx vertx, long skewMillis) {
        Node.await(vertx.deployVerticle(new ClockWatch(
                Map.of("the database", database::serverMillis, "Redis", client::serverMillis),
                () -> System.currentTimeMillis() + skewMillis, health, report)));
    }

    @Test
    void aClockThatIsRightIsNotSpokenOf(Vertx vertx) {
        look(vertx, 0);
        assertThat(health.state().fault()).isNull();
        assertThat(report.isReady()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"10000, ahead of, true", "-10000, behind, true", "120000, ahead of, false"})
    void aClockThatIsWrongIsShownAndOneThatIsFarOffIsUnfit(long skew, String how, boolean ready, Vertx vertx) {
        look(vertx, skew);
        assertThat(health.state().fault()).startsWith("This machine's clock is 1").contains(" s ", how);
        assertThat(report.isReady()).isEqualTo(ready);
    }

    @Test
    void aServerThatIsAwayProvesNothing(Vertx vertx) {
        redis.stop();
        look(vertx, 0);
        assertThat(health.state().fault()).isNull();
        assertThat(report.isReady()).isTrue();
    }
}

package systems.supported.rentcache.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages of channels: they are heard again after a connection was lost, and no more after they are not wanted. */
class SubscriptionTest {
    private static final String CHANNEL = "rentcache_changes";

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    private static void terminateListeners(String database) {
        PostgresqlServer.execute(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                + database + "' AND query LIKE 'LISTEN%'");
    }

    private static long listeners(String database) {
        try (var connection = PostgresqlServer.connect(database); var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '" + database
                        + "' AND query LIKE 'LISTEN%'")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void postgresqlIsHeardAgainAfterAConnectionWasLost() {
        String name = PostgresqlServer.newDatabase();
        Database database = Databases.postgresql(vertx, name);
        Subscription subscription = await(database.listen(CHANNEL, heard::add));
        List<String> elsewhere = new CopyOnWriteArrayList<>();
        await(database.listen("another", elsewhere::add));
        PostgresqlServer.execute(name, "NOTIFY " + CHANNEL + ", 'one é'");
        until("it is heard", () -> heard.contains("one é"));

        terminateListeners(name);
        until("the loss is known", () -> !subscription.isConnected());
        until("it is connected", subscription::isConnected);
        PostgresqlServer.execute(name, "NOTIFY " + CHANNEL + ", 'two'");
        until("it is heard", () -> heard.contains("two"));

        await(subscription.close());
        assertThat(subscription.isConnected()).isFalse();
        until("one listens", () -> listeners(name) == 1);
        await(database.close());
        until("none listens", () -> listeners(name) == 0);
        assertThat(heard).containsExactly("one é", "two");
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void aServerThatIsNotThereYetIsHeardOnceItIs() {
        LocalRedis server = LocalRedis.start(vertx);
        server.stop();
        RedisClient client = server.client(server.url(""), Duration.ofSeconds(1), LocalRedis.health());
        Subscription subscription = await(client.listen(CHANNEL, heard::add));
        assertThat(subscription.isConnected()).isFalse();
        server.start();
        until("it is connected", subscription::isConnected);
        server.command(Command.PUBLISH, "another", "none");
        server.command(Command.PUBLISH, CHANNEL, "one é");
        until("it is heard", () -> heard.contains("one é"));

        server.command(Command.CLIENT, "KILL", "TYPE", "pubsub");
        until("it is heard again", () -> server.command(Command.PUBLISH, CHANNEL, "two").toInteger() == 1
                && heard.contains("two"));

        await(subscription.close());
        until("none listens", () -> server.command(Command.PUBLISH, CHANNEL, "three").toInteger() == 0);
        assertThat(heard).doesNotContain("three", "none");
        await(client.close());
        server.close();
    }

    @Test
    void whatIsLeftOfALostConnectionIsClosed() {
        List<Runnable> losses = new CopyOnWriteArrayList<>();
        AtomicInteger closings = new AtomicInteger();
        Subscription subscription = await(Subscription.open(vertx, CHANNEL, Duration.ofMillis(5), lost -> {
            losses.add(lost);
            return Future.succeededFuture(() -> {
                closings.incrementAndGet();
                return Future.succeededFuture();
            });
        }));
        for (int i = 1; i <= 3; i++) {
            losses.get(i - 1).run();
            int connections = i + 1;
            until("it is connected anew", () -> losses.size() == connections && subscription.isConnected());
            assertThat(closings).hasValue(i);
        }
        await(subscription.close());
        assertThat(closings).hasValue(4);
    }

    @Test
    void sqliteHasNoMessages() {
        Database database = Databases.sqlite(vertx, directory.resolve("rentcache.db"));
        assertThat(failure(database.listen(CHANNEL, heard::add))).isInstanceOf(UnsupportedOperationException.class);
    }
}

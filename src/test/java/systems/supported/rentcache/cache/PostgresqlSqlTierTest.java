package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;
import static systems.supported.rentcache.cache.Answers.NOW;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The tier on PostgreSQL, where writes go side by side. */
class PostgresqlSqlTierTest {
    private final Vertx vertx = Vertx.vertx();
    private final String name = PostgresqlServer.newDatabase();
    private Database database;
    private SqlTier tier;

    @BeforeEach
    void open() {
        database = Databases.postgresql(vertx, name);
        await(database.open());
        tier = new SqlTier(vertx, database, new Metrics(),
                new PartHealth("cache", "", Duration.ofSeconds(30), InstantSource.system()));
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    @Test
    void whatIsWrittenAfterItsInvalidationStaysInvalid() throws SQLException {
        StoredAnswer answer = Answers.answer("{}", "properties", NOW, "body");
        Future<Void> written;
        try (Connection other = PostgresqlServer.connect(name); Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("""
                    INSERT INTO cache_entries (cache_key, endpoint, question, target, status_code, headers, etag,
                        created_at, expires_at, body)
                    VALUES ('""" + answer.entry().key().hex() + "', 'properties', '{}', '/', 200, '[]', 'e', 0, 1, '')");
            written = tier.put(answer);
            until("it waits for the other one", () -> isWaitedFor(statement));
            assertThat(await(tier.invalidate(new Invalidation.All(), NOW.plusSeconds(1)))).isZero();
            assertThat(written.isComplete()).isFalse();
            other.rollback();
        }
        await(written);
        until("it is marked", () -> await(tier.get(answer.entry().key())).isEmpty());
        assertThat(await(tier.inspect(answer.entry().key()))).isPresent();
    }

    private static boolean isWaitedFor(Statement statement) {
        try (ResultSet waiting = statement.executeQuery("SELECT COUNT(*) > 0 FROM pg_locks WHERE NOT granted")) {
            waiting.next();
            return waiting.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

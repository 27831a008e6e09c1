package systems.supported.rentcache.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that stands still in a transaction does not hold the others for as long. On PostgreSQL. */
class StandstillTest {
    private final Vertx vertx = Vertx.vertx();
    private final String name = PostgresqlServer.newDatabase();
    private final Database still = Databases.postgresql(vertx, name);
    private final Database other = Databases.postgresql(vertx, name);

    @BeforeEach
    void open() {
        await(still.open());
        await(other.open());
    }

    @AfterEach
    void close() {
        await(still.close());
        await(other.close());
        await(vertx.close());
    }

    @Test
    void itsLocksAreLetGoOfAndItsWorkIsUndone() {
        Promise<Void> locked = Promise.promise();
        Promise<Void> never = Promise.promise();
        Future<Void> stuck = still.write(connection -> lock(connection).compose(held -> {
            locked.complete();
            return never.future();
        }));
        await(locked.future());
        await(other.write(StandstillTest::lock));
        never.complete();
        assertThat(await(stuck.map("committed").otherwise("undone"))).isEqualTo("undone");
        // The pool may have yet to find out that the connection is closed.
        await(still.write(StandstillTest::lock).recover(closed -> still.write(StandstillTest::lock)));
    }

    private static Future<Void> lock(SqlClient connection) {
        return connection.query("SELECT pg_advisory_xact_lock(1)").execute().mapEmpty();
    }
}

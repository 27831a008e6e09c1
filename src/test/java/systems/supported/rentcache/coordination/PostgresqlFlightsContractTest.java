package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The contract of flights, held by PostgreSQL. */
class PostgresqlFlightsContractTest extends FlightsContractTest {
    private final String name = PostgresqlServer.newDatabase();

    @Override
    Opened open(Vertx vertx, FlightTerms terms, Metrics metrics) {
        Database database = Databases.postgresql(vertx, name);
        await(database.open());
        return new Opened(
                Flights.onPostgresql(vertx, database, terms, metrics), new PostgresqlFlightStore(vertx, database),
                () -> await(database.close()));
    }

    @Override
    void emptyStore() {
        PostgresqlServer.execute(name, "TRUNCATE flights");
    }

    @Override
    void breakStore() {
        PostgresqlServer.execute(name, "ALTER TABLE flights RENAME TO elsewhere");
    }

    private long rows() throws SQLException {
        try (Connection connection = PostgresqlServer.connect(name); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM flights")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void flightsThatEndedAreForgotten() throws Exception {
        TestNode one = node(terms(LEASE, LEASE, LEASE));
        await(one.takeOff().landStored());
        await(one.flights.board(CacheKey.of("another")));
        PostgresqlServer.execute(name, "UPDATE flights SET ends_at = ends_at - 120000 WHERE phase = 'STORED'");
        await(((PostgresqlFlightStore) one.store).forget());
        assertThat(rows()).isEqualTo(1);
    }
}

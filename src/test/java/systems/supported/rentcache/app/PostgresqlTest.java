package systems.supported.rentcache.app;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;
import systems.supported.rentcache.storage.PostgresqlServer;

/** What holds on SQLite, on PostgreSQL. */
class PostgresqlTest {
    private static Node on(Node node, String database) {
        return node.with("DATABASE_URL", PostgresqlServer.url(database));
    }

    /** {@link KeysTest}. */
    @Nested
    class Keys extends KeysTest {
        private final String database = PostgresqlServer.newDatabase();

        @Override
        Node newNode() {
            return on(super.newNode(), database);
        }
    }

    /** {@link RestartTest}. */
    @Nested
    class Restart extends RestartTest {
        private final String database = PostgresqlServer.newDatabase();

        @Override
        Node newNode() {
            return on(super.newNode(), database);
        }

        @Override
        Connection connect(Node node) throws SQLException {
            return PostgresqlServer.connect(database);
        }

        @Override
        String comparables() {
            return "jsonb_array_length(j.response_data -> 'comparables')";
        }
    }

    /** {@link OperatorTest}. */
    @Nested
    class Operator extends OperatorTest {
        private final String database = PostgresqlServer.newDatabase();

        @Override
        Node node(Path home) {
            return on(super.node(home), database);
        }
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.storage.PostgresqlServer;

/** A start over a PostgreSQL that cannot be used ends with one message that says what to do; one that can, goes on. */
class PostgresqlStartTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    private Path directory;

    private Node node(String url) {
        return Node.in(directory).with("DATABASE_URL", url);
    }

    private static String url(String user, String database) {
        return "postgresql://" + user + "@127.0.0.1:" + PostgresqlServer.port() + "/" + database;
    }

    /** The start fails with one line that has all these words and no secret. */
    private void refused(String url, String... words) {
        try (Node node = node(url)) {
            assertThatThrownBy(node::startOrFail)
                    .satisfies(failure -> assertThat(failure.getMessage().lines()).hasSize(1))
                    .hasMessageContainingAll(words)
                    .hasMessageNotContaining("s3cret");
        }
    }

    /** A database with the schema in it. */
    private String migrated() {
        String database = PostgresqlServer.newDatabase();
        node(PostgresqlServer.url(database)).start().close();
        return database;
    }

    @Test
    void aWrongPassword() {
        String database = PostgresqlServer.newDatabase();
        PostgresqlServer.requirePassword(database);
        refused(url("postgres:s3cret", database), "refuses the user postgres", "Correct DATABASE_URL");
        refused(url("nobody:s3cret", database), "refuses the user nobody", "Correct DATABASE_URL");
    }

    @Test
    void anUnreachableHost() {
        refused("postgresql://postgres:s3cret@127.0.0.1:1/rentcache", "no PostgreSQL server at 127.0.0.1:1", "DATABASE_URL");
        refused("postgresql://postgres:s3cret@nowhere.invalid/rentcache", "no PostgreSQL server at nowhere.invalid",
                "DATABASE_URL");
    }

    @Test
    void aMissingDatabase() {
        refused(url("postgres:s3cret", "no_such_one"), "has no database no_such_one", "createdb no_such_one");
    }

    @Test
    void aUserWhoMayNotMakeTables() {
        String database = PostgresqlServer.newDatabase();
        PostgresqlServer.execute("postgres", "CREATE ROLE may_not_create_" + database + " LOGIN");
        refused(url("may_not_create_" + database + ":s3cret", database),
                "may not change the schema", "Grant it CREATE on the schema public");
    }

    @Test
    void aUserWhoMayOnlyRead() {
        String database = migrated();
        String user = "may_read_" + database;
        PostgresqlServer.execute("postgres", "CREATE ROLE " + user + " LOGIN");
        refused(url(user + ":s3cret", database), "may not", user);
        PostgresqlServer.execute(database, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + user);
        refused(url(user + ":s3cret", database), "may not write the tables", "Grant it SELECT, INSERT, UPDATE and DELETE");
    }

    @Test
    void aDatabaseThatIsReadOnly() {
        String database = migrated();
        PostgresqlServer.execute("postgres", "ALTER DATABASE " + database + " SET default_transaction_read_only = on");
        refused(url("postgres:s3cret", database), "can only be read", "Use the primary");
    }

    @Test
    void aNewerSchema() {
        String database = migrated();
        PostgresqlServer.execute(database, """
                INSERT INTO flyway_schema_history SELECT 99, '99', 'future', type, 'V99__future.sql', checksum,
                       installed_by, installed_on, execution_time, success FROM flyway_schema_history LIMIT 1""");
        refused(url("postgres:s3cret", database), "does not fit this version", "Use the version that wrote it");
    }

    @Test
    void aMigrationThatEndedHalfWay() {
        String database = migrated();
        PostgresqlServer.execute(database, """
                UPDATE flyway_schema_history SET success = false
                WHERE installed_rank = (SELECT MAX(installed_rank) FROM flyway_schema_history)""");
        refused(url("postgres:s3cret", database), "ended half way", "Restore a backup");
    }

    @Test
    void nodesThatStartAtOnceOnAnEmptyDatabaseAllComeUp() throws SQLException {
        String database = PostgresqlServer.newDatabase();
        List<Node> nodes = IntStream.range(0, 3).mapToObj(number -> node(PostgresqlServer.url(database))).toList();
        List<CompletableFuture<Node>> starts =
                nodes.stream().map(node -> CompletableFuture.supplyAsync(node::start)).toList();
        try {
            CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).join();
            assertThat(nodes).allSatisfy(node -> assertThat(node.get(TARGET).status()).isEqualTo(200));
            assertThat(numbers(database, "SELECT COUNT(*) FROM api_keys")).containsExactly(1L);
            assertThat(numbers(database, """
                    SELECT COUNT(*) FROM flyway_schema_history GROUP BY version HAVING COUNT(*) > 1""")).isEmpty();
        } finally {
            nodes.forEach(Node::close);
        }
    }

    private static List<Long> numbers(String database, String sql) throws SQLException {
        try (Connection connection = PostgresqlServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? List.of(rows.getLong(1)) : List.of();
        }
    }
}

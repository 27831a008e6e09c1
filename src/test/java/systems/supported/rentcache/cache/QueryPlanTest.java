package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/** How the databases go about the statements of the data path, with many rows: by an index, never row by row. */
class QueryPlanTest {
    private static final int ROWS = 20_000;
    private static final String COLUMNS =
            "(cache_key, endpoint, question, target, status_code, headers, etag, created_at, expires_at, hit_count, body)";

    @TempDir
    private Path directory;
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private void migrate(Database database) {
        await(database.open());
        await(database.close());
    }

    private static String plan(Statement statement, String sql, int column) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                plan.append(rows.getString(column)).append('\n');
            }
        }
        return plan.toString();
    }

    /** A statement with its parameters as numbers, as it is prepared. */
    private static String numbered(String sql, String... parameters) {
        String numbered = sql;
        for (int i = 0; i < parameters.length; i++) {
            numbered = numbered.replace("#{" + parameters[i] + "}", "$" + (i + 1));
        }
        return numbered;
    }

    @Test
    void onPostgresqlALookUpUsesTheKeysIndexAndPagesTheOneOfUse() throws SQLException {
        String name = PostgresqlServer.newDatabase();
        migrate(Databases.postgresql(vertx, name));
        try (Connection connection = PostgresqlServer.connect(name); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO cache_entries " + COLUMNS + """
                     SELECT encode(sha256(n::text::bytea), 'hex'), 'properties', '{}', '/properties', 200, '[]', '"e"', n,
                            1000000 + n, n % 100, 'body'
                     FROM generate_series(1,""" + ROWS + ") n");
            statement.execute("ANALYZE cache_entries");
            statement.execute("PREPARE look_up AS " + numbered(SqlTier.GET, "key"));
            statement.execute("PREPARE page AS "
                    + numbered(SqlTier.MOST_USED, "hits", "used", "key", "now", "largest", "limit"));
            // The plan that a statement gets which is prepared once and kept: it does not know the values.
            for (String mode : new String[] {"force_generic_plan", "force_custom_plan"}) {
                statement.execute("SET plan_cache_mode = " + mode);
                assertThat(plan(statement, "EXPLAIN EXECUTE look_up(repeat('0', 64))", 1))
                        .contains("Index Scan using cache_entries_pkey").doesNotContain("Seq Scan");
                assertThat(plan(statement, "EXPLAIN EXECUTE page(50, 5000, repeat('0', 64), 1000, 100000, 32)", 1))
                        .contains("Index Scan Backward using cache_entries_most_used").doesNotContain("Sort");
            }
        }
    }

    @Test
    void onSqliteALookUpUsesTheKeysIndexAndPagesTheOneOfUse() throws SQLException {
        Path file = directory.resolve("cache.db");
        migrate(Databases.sqlite(vertx, file));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < " + ROWS
                    + ") INSERT INTO cache_entries " + COLUMNS + """
                     SELECT printf('%064x', n), 'properties', '{}', '/properties', 200, '[]', '"e"', n, 1000000 + n,
                            n % 100, 'body' FROM numbers""");
            for (String statistics : new String[] {"SELECT 1", "ANALYZE"}) {
                statement.execute(statistics);
                assertThat(plan(statement, "EXPLAIN QUERY PLAN " + SqlTier.GET.replace("#{key}", "?"), 4))
                        .contains("SEARCH cache_entries USING INDEX sqlite_autoindex_cache_entries_1 (cache_key=?)");
                assertThat(plan(statement, "EXPLAIN QUERY PLAN "
                        + SqlTier.MOST_ASKED.replaceAll("#\\{[a-z]+\\}", "?"), 4))
                        .contains("USING INDEX cache_entries_most_used").doesNotContain("TEMP B-TREE");
                assertThat(plan(statement, "EXPLAIN QUERY PLAN "
                        + SqlTier.MOST_USED.replaceAll("#\\{[a-z]+\\}", "?"), 4))
                        .contains("USING INDEX cache_entries_most_used").doesNotContain("TEMP B-TREE");
            }
        }
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;

/** A database that the first released schema holds, {@code src/test/fixtures/first-schema.sql}, under this version. */
class UpgradeTest {
    private static final Path FIRST = Path.of("src", "test", "fixtures", "first-schema.sql");
    private static final String KEY = "upgrade-fixture-key-0123456789abcdef";

    @TempDir
    private Path directory;

    @Test
    void allThatTheFirstVersionKeptIsThere() throws Exception {
        Node unstarted = Node.in(directory);
        Files.createDirectories(unstarted.databaseFile().getParent());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + unstarted.databaseFile());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(Files.readString(FIRST));
        }
        try (Node node = unstarted.start()) {
            Answer answer = node.getWithKey(KEY, "/v1/properties?zipCode=78244&limit=1");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Cache-Status")).startsWith("RentCache; hit");
            assertThat(answer.text()).isEqualTo("[{\"id\":\"kept-by-the-first-version\"}]");
            assertThat(node.bill().calls()).isZero();
            assertThat(one(node, "SELECT count(*) FROM usage_stats WHERE created_at < 1772366400000")).isEqualTo(2);
            assertThat(one(node, "SELECT sum(requests) FROM usage_rollup_hourly WHERE hour = 1772362800000")).isEqualTo(5);
            assertThat(one(node, "SELECT sum(paid_calls) FROM usage_rollup_hourly WHERE hour = 1772362800000")).isEqualTo(1);
            assertThat(one(node, "SELECT daily_limit FROM api_keys WHERE key_name = 'first'")).isEqualTo(1_000);
            assertThat(one(node, "SELECT count(*) FROM invalidations WHERE scope = 'endpoint:market_stats'")).isEqualTo(1);
        }
        try (Node again = Node.in(directory).start()) {
            assertThat(again.getWithKey(KEY, "/v1/properties?zipCode=78244&limit=1").status()).isEqualTo(200);
        }
    }

    private static long one(Node node, String query) {
        return node.database(database -> database.reader().preparedQuery(query).execute(Tuple.tuple())
                .map(rows -> rows.iterator().next().getLong(0)));
    }
}

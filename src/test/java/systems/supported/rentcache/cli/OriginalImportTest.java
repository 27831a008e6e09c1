package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.cli.Program.Outcome;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The users of the original Python program keep their keys and their usage. */
class OriginalImportTest {
    private static final String SHA256 = KeyHash.of("a-rentcast-key").hex();

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory);
    }

    private void original(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("original.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /** The original's database, as its program made it and left it: times in several spellings, rows of no use. */
    private void fixture() throws SQLException {
        original("""
                CREATE TABLE api_keys (id INTEGER PRIMARY KEY, key_name VARCHAR(255), key_hash VARCHAR(64), is_active BOOLEAN,
                    daily_limit INTEGER DEFAULT 1000, monthly_limit INTEGER DEFAULT 30000, daily_usage INTEGER,
                    monthly_usage INTEGER, last_daily_reset DATETIME, last_monthly_reset DATETIME, created_at DATETIME,
                    expires_at DATETIME, last_used DATETIME)""");
        original("""
                CREATE TABLE usage_stats (id INTEGER PRIMARY KEY, api_key_id INTEGER, endpoint VARCHAR(255), method VARCHAR(10),
                    status_code INTEGER, response_time_ms FLOAT, cache_hit BOOLEAN, estimated_cost FLOAT, user_agent TEXT,
                    ip_address VARCHAR(45), created_at DATETIME)""");
        original("INSERT INTO api_keys VALUES (7, 'acme', '" + SHA256.toUpperCase() + "', 1, 1000, 30000, 12, 345, "
                + "'2026-08-01 00:00:03.123456', '2026-08-01T00:00:03Z', '2025-01-31 08:09:10', "
                + "'2027-01-01T00:00:00+02:00', 1785500000)");
        original("INSERT INTO api_keys VALUES (8, 'yesterday', '" + KeyHash.of("b").hex() + "', 0, 5, NULL, 5, 50, "
                + "'2026-07-31 23:59:59', '2026-07-01', '2025-01-31', NULL, NULL)");
        original("INSERT INTO api_keys VALUES (9, 'md5', '0123456789abcdef0123456789abcdef', 1, 1, 1, 1, 1, "
                + "NULL, NULL, NULL, NULL, NULL)");
        original("INSERT INTO usage_stats VALUES (1, 7, '/api/v1/properties', 'GET', 200, 45.2, 0, 2.0, 'python', "
                + "'10.1.2.3', '2026-07-31 23:10:00')");
        original("INSERT INTO usage_stats VALUES (2, 7, 'estimates/value', 'GET', 200, 1.5, 1, 0.0, NULL, "
                + "'not an address', '2026-07-31T23:20:00.5Z')");
        original("INSERT INTO usage_stats VALUES (3, 7, 'estimates/value', 'GET', 500, 1.5, 'true', 0.0, NULL, NULL, "
                + "'2026-07-31T23:30:00')");
        original("INSERT INTO usage_stats VALUES (4, 9, 'properties', 'GET', 200, 1, 1, 0, NULL, NULL, '2026-07-31')");
        original("INSERT INTO usage_stats VALUES (5, 7, '/admin/cache', 'GET', 200, 1, 1, 0, NULL, NULL, '2026-07-31')");
        original("INSERT INTO usage_stats VALUES (6, 7, 'markets/stats', 'GET', 200, 1, 1, 0, NULL, NULL, 'long ago')");
    }

    private static List<String> lines(Outcome outcome) {
        return outcome.out().lines().map(String::strip).toList();
    }

    private List<JsonObject> rows(Program of, String table) {
        return of.done("db", "export", "-").out().lines().map(JsonObject::new)
                .filter(row -> row.getString("table").equals(table)).toList();
    }

    @Test
    void keysAndUsageAreTaken() throws Exception {
        fixture();
        for (Program into : List.of(program, new Program(Files.createDirectories(directory.resolve("other")))
                .variable("DATABASE_URL", PostgresqlServer.url(PostgresqlServer.newDatabase())))) {
            Outcome done = into.done("db", "import", "--original", directory.resolve("original.db").toString());
            assertThat(lines(done)).containsExactlyInAnyOrder(
                    "Imported:", "keys: 2", "skipped: 1, digest is not SHA-256", "usage records: 3",
                    "skipped: 1, of a key that was not imported", "skipped: 1, of an endpoint that is not known",
                    "skipped: 1, without a time that can be read", "hourly sums: 2");
            JsonObject acme = rows(into, "api_keys").get(0);
            assertThat(acme).isEqualTo(new JsonObject()
                    .put("table", "api_keys").put("id", 1).put("key_name", "acme").put("key_hash", SHA256)
                    .put("key_hint", "…").put("is_active", 1).put("permissions", "read").put("daily_limit", 1_000)
                    .put("monthly_limit", 30_000).put("endpoint_rates", "{}").put("daily_usage", 12)
                    .put("usage_day", 20_666).put("monthly_usage", 345).put("usage_month", 24_319)
                    .put("created_at", 1_738_310_950_000L).put("expires_at", 1_798_754_400_000L)
                    .put("last_used", 1_785_500_000_000L));
            JsonObject yesterday = rows(into, "api_keys").get(1);
            assertThat(yesterday.getInteger("is_active")).isZero();
            assertThat(yesterday.getInteger("daily_usage")).as("of another day").isZero();
            assertThat(yesterday.getInteger("monthly_usage")).as("of another month").isZero();
            assertThat(yesterday.getValue("monthly_limit")).isNull();
            assertThat(rows(into, "usage_stats")).extracting(
                            row -> row.getString("endpoint") + " " + row.getString("cache_result") + " "
                                    + row.getLong("response_time_us") + " " + row.getLong("cost_micros") + " "
                                    + row.getString("ip_address"))
                    .containsExactly("properties miss 45200 0 10.1.2.3", "value_estimate hit_sql 1500 0 null",
                            "value_estimate hit_sql 1500 0 null");
            JsonObject report = into.done("stats", "--json").json();
            assertThat(report.encode()).contains("value_estimate").contains("\"requests\":2");
        }
    }

    @Test
    void doneAgainItAddsOnlyWhatIsNew() throws Exception {
        fixture();
        program.done("db", "import", "--original", "original.db");
        assertThat(lines(program.done("db", "import", "--original", "original.db")))
                .contains("keys: 0", "skipped: 2, already here").doesNotContain("usage records: 3");
        assertThat(rows(program, "usage_stats")).hasSize(3);
        original("INSERT INTO usage_stats VALUES (7, 7, 'comparables', 'GET', 200, 1, 1, 0, NULL, NULL, '2026-08-01')");
        assertThat(lines(program.done("db", "import", "--original", "original.db"))).contains("usage records: 1");
        assertThat(rows(program, "usage_rollup_hourly")).hasSize(3);
    }

    @Test
    void anotherUsageOfTheSameTimeIsRefusedAndKeysAloneAreNot() throws Exception {
        fixture();
        program.done("db", "migrate");
        program.sql("INSERT INTO usage_rollup_hourly (hour, api_key_id, endpoint, cache_result, requests, errors, "
                + "response_time_us, cost_micros, saved_micros) VALUES (1785538800000, 0, 'properties', 'miss', 1, 0, 1, 0, 0)");
        Outcome refused = program.run("db", "import", "--original", "original.db");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err().lines()).singleElement().asString().contains("--merge");
        assertThat(lines(program.done("db", "import", "--original", "original.db", "--only", "keys")))
                .contains("skipped: 2, already here").doesNotContain("usage records: 0");
        assertThat(lines(program.done("db", "import", "--original", "original.db", "--merge")))
                .contains("usage records: 3");
    }

    @Test
    void whatIsNoDatabaseOfTheOriginalsIsOneMessage() throws Exception {
        Files.writeString(directory.resolve("text.db"), "this is no database".repeat(100));
        program.done("db", "migrate");
        for (String[] one : new String[][] {
            {"none.db", "There is no file"}, {"text.db", "cannot be read"}, {"empty.db", "has no table api_keys"}}) {
            Files.write(directory.resolve("empty.db"), new byte[0]);
            Outcome refused = program.run("db", "import", "--original", one[0]);
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err().lines()).singleElement().asString().contains(one[0], one[1]);
        }
        assertThat(program.run("db", "import").code()).isEqualTo(2);
        assertThat(program.run("db", "import", "a", "--original", "b").code()).isEqualTo(2);
    }
}

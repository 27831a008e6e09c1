package systems.supported.rentcache.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.Await;

/** The months of {@code usage_stats} on PostgreSQL: made before they begin, dropped when they are old. */
class UsagePartitionsTest {
    private static final Instant LONG_AGO = Instant.EPOCH;

    private final Vertx vertx = Vertx.vertx();
    private final String name = PostgresqlServer.newDatabase();
    private final Database database = Databases.postgresql(vertx, name);

    @BeforeEach
    void open() {
        await(database.open());
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    private List<String> strings(String sql) throws SQLException {
        try (Connection connection = PostgresqlServer.connect(name); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    private List<String> partitions() throws SQLException {
        return strings("SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'usage_stats'::regclass ORDER BY 1");
    }

    private void keep(String now, Instant oldest) {
        await(database.keepUsage(Instant.parse(now), oldest));
    }

    /** A request at a time, and the partition that its row is in. */
    private String record(String at) throws SQLException {
        long millis = Instant.parse(at).toEpochMilli();
        PostgresqlServer.execute(name, """
                INSERT INTO usage_stats (api_key_id, endpoint, method, status_code, response_time_us, cache_result,
                       cost_micros, saved_micros, created_at)
                VALUES (1, 'properties', 'GET', 200, 1, 'miss', 0, 0,""" + millis + ")");
        return strings("SELECT tableoid::regclass FROM usage_stats WHERE created_at = " + millis).get(0);
    }

    @Test
    void theNextMonthsAreMadeAheadAndRowsGoIntoTheirs() throws SQLException {
        keep("2026-11-30T23:59:59.999Z", LONG_AGO);

        assertThat(partitions()).containsExactlyInAnyOrder(
                "usage_stats_other", "usage_stats_2026_11", "usage_stats_2026_12", "usage_stats_2027_01");
        assertThat(record("2026-11-01T00:00:00Z")).isEqualTo("usage_stats_2026_11");
        assertThat(record("2026-11-30T23:59:59.999Z")).isEqualTo("usage_stats_2026_11");
        assertThat(record("2026-12-01T00:00:00Z")).isEqualTo("usage_stats_2026_12");
        assertThat(record("2026-10-31T23:59:59.999Z")).isEqualTo("usage_stats_other");
    }

    @Test
    void aMonthIsDroppedOnceAllOfItIsOld() throws SQLException {
        keep("2026-01-15T00:00:00Z", LONG_AGO);
        record("2025-12-31T00:00:00Z");
        record("2026-01-31T23:59:59.999Z");
        record("2026-02-01T00:00:00Z");

        keep("2026-03-01T00:00:00Z", Instant.parse("2026-01-31T23:59:59.999Z"));
        assertThat(partitions()).contains("usage_stats_2026_01");
        assertThat(strings("SELECT created_at FROM usage_stats")).as("what is in no month goes by itself").hasSize(2);

        keep("2026-03-01T00:00:00Z", Instant.parse("2026-02-01T00:00:00Z"));
        assertThat(partitions()).doesNotContain("usage_stats_2026_01").contains("usage_stats_2026_02");
        assertThat(strings("SELECT created_at FROM usage_stats")).hasSize(1);
    }

    @Test
    void aMonthWhoseFirstRowsCameTooEarlyLosesNone() throws SQLException {
        record("2026-03-01T00:00:00Z");
        keep("2026-03-01T00:00:01Z", LONG_AGO);

        assertThat(record("2026-03-02T00:00:00Z")).isEqualTo("usage_stats_other");
        assertThat(record("2026-04-01T00:00:00Z")).isEqualTo("usage_stats_2026_04");
        assertThat(strings("SELECT created_at FROM usage_stats")).hasSize(3);
    }

    @Test
    void nodesThatKeepAtOnceDoNotMeet() throws SQLException {
        List<Future<Void>> kept = new ArrayList<>();
        for (int node = 0; node < 4; node++) {
            kept.add(database.keepUsage(Instant.parse("2026-06-01T00:00:00Z"), LONG_AGO));
        }
        kept.forEach(Await::await);
        assertThat(partitions()).hasSize(4);
    }
}

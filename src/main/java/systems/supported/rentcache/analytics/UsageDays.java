package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import systems.supported.rentcache.storage.Database;

/**
 * Keeps the sums by day those of the configured zone's days. After an import, a change of the zone or the schema's
 * migration they and the totals are made anew of the sums by hour; an hour belongs to the day that it begins in.
 * Thread-safe.
 */
public final class UsageDays {
    private static final String COVERAGE = "SELECT days_zone, minutes_since FROM usage_coverage WHERE id = 1";
    private static final String CLAIM = """
            UPDATE usage_coverage SET days_zone = #{zone} WHERE id = 1 AND days_zone <> #{zone}""";
    private static final String RANGE =
            "SELECT MIN(hour) AS since, MAX(hour) AS until FROM usage_rollup_hourly";
    private static final String DAY = "INSERT INTO usage_rollup_daily (" + columns(SumTable.DAILY)
            + ") SELECT CAST(#{day} AS BIGINT), api_key_id, endpoint, cache_result, " + sums()
            + " FROM usage_rollup_hourly WHERE hour >= #{day} AND hour < #{next}"
            + " GROUP BY api_key_id, endpoint, cache_result";

    private final Database database;

    /** The days of a database. */
    public UsageDays(Database database) {
        this.database = database;
    }

    /**
     * Has the sums by day be those of a zone.
     *
     * @return since when there are sums by minute, in milliseconds since 1970-01-01T00:00Z
     */
    public Future<Long> align(ZoneId zone) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reports(), COVERAGE).execute(Map.of()))
                .map(rows -> rows.iterator().next())
                .compose(row -> row.getString("days_zone").equals(zone.getId())
                        ? Future.succeededFuture(row.getLong("minutes_since"))
                        : database.write(connection -> anew(connection, zone)).map(row.getLong("minutes_since")));
    }

    /** Whoever claims it first holds off the others, and all who write usage, until it is done. */
    private Future<Void> anew(SqlClient connection, ZoneId zone) {
        return database.holdUsage(connection)
                .compose(held -> SqlTemplate.forUpdate(connection, CLAIM).execute(Map.of("zone", zone.getId())))
                .compose(claimed -> claimed.rowCount() == 0 ? Future.succeededFuture()
                        : forget(connection, SumTable.DAILY)
                                .compose(forgotten -> connection.query(RANGE).execute())
                                .compose(rows -> days(connection, zone, rows.iterator().next()))
                                .compose(summed -> anew(connection, SumTable.DAILY_OF_KEYS, SumTable.DAILY))
                                .compose(summed -> anew(connection, SumTable.DAILY_TOTALS, SumTable.DAILY_OF_KEYS))
                                .compose(summed -> anew(connection, SumTable.HOURLY_TOTALS, SumTable.HOURLY)));
    }

    private static Future<Void> anew(SqlClient connection, SumTable table, SumTable of) {
        String columns = String.join(", ", table.columns());
        return forget(connection, table).compose(forgotten -> connection.query("INSERT INTO " + table.text() + " ("
                + columns(table) + ") SELECT " + columns + ", " + sums() + " FROM " + of.text() + " GROUP BY " + columns)
                .execute()).mapEmpty();
    }

    private static Future<?> forget(SqlClient connection, SumTable table) {
        return connection.query("DELETE FROM " + table.text()).execute();
    }

    private static String columns(SumTable table) {
        return String.join(", ", table.columns()) + ", " + String.join(", ", UsageStore.SUMMED);
    }

    private static String sums() {
        return UsageStore.SUMMED.stream().map(column -> "SUM(" + column + ")").collect(Collectors.joining(", "));
    }

    private static Future<Void> days(SqlClient connection, ZoneId zone, Row range) {
        if (range.getLong("since") == null) {
            return Future.succeededFuture();
        }
        RollupCalendar calendar = new RollupCalendar(zone);
        List<Map<String, Object>> days = new ArrayList<>();
        long day = calendar.begin(Span.DAY, range.getLong("since"));
        while (day <= range.getLong("until")) {
            long next = calendar.end(Span.DAY, day);
            days.add(Map.of("day", day, "next", next));
            day = next;
        }
        return SqlTemplate.forUpdate(connection, DAY).executeBatch(days).mapEmpty();
    }
}

package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import systems.supported.rentcache.storage.Database;

/**
 * Usage in SQL: sums by minute, hour and day, exact and always in step with each other, and single records as far as they
 * are kept. Thread-safe.
 */
public final class UsageStore {
    /** The columns that are summed, beside those of a slot. */
    static final List<String> SUMMED = Stream.concat(
            Addition.COUNTS.stream(),
            IntStream.range(0, Latencies.BUCKETS).mapToObj(Latencies::column)).toList();
    private static final String INSERT = """
            INSERT INTO usage_stats (api_key_id, endpoint, method, status_code, response_time_us, cache_result, tier,
                   reason, cost_micros, saved_micros, user_agent, ip_address, created_at, weight)
            VALUES (#{keyId}, #{endpoint}, #{method}, #{status}, #{micros}, #{result}, #{tier}, #{reason}, #{cost},
                    #{saved}, #{agent}, %s, #{at}, #{weight})""";
    private static final String REPORT = "SELECT endpoint, cache_result, "
            + list(column -> "SUM(" + column + ") AS " + column) + """
             FROM usage_rollup_hourly
            WHERE hour >= #{from} AND (#{endpoint} = '' OR endpoint = #{endpoint})
            GROUP BY endpoint, cache_result ORDER BY endpoint, cache_result""";
    private static final String FORGET_MINUTES = "DELETE FROM %s WHERE minute < #{oldest}";
    private static final String NO_MINUTES_BEFORE =
            "UPDATE usage_coverage SET minutes_since = #{oldest} WHERE minutes_since < #{oldest}";

    private final Database database;
    private final String insert;

    /** The usage in a database. */
    public UsageStore(Database database) {
        this.database = database;
        this.insert = INSERT.formatted(database.address("address"));
    }

    private static String list(UnaryOperator<String> each) {
        return SUMMED.stream().map(each).collect(Collectors.joining(", "));
    }

    /** Adds sums to those that are there, and keeps single records, all or nothing. */
    Future<Void> write(UnwrittenSums sums, List<UsageRecord> records) {
        List<Map<String, Object>> rows = records.stream().map(UsageStore::parameters).toList();
        return database.write(connection -> {
            Future<Void> written = Future.succeededFuture();
            for (SumTable table : SumTable.values()) {
                Collection<Rollup> some = sums.of(table);
                written = written.compose(before -> add(connection, table, some));
            }
            return written.compose(summed -> rows.isEmpty() ? Future.succeededFuture()
                    : SqlTemplate.forUpdate(connection, insert).executeBatch(rows).mapEmpty());
        });
    }

    private static Future<Void> add(SqlClient connection, SumTable table, Collection<Rollup> sums) {
        if (sums.isEmpty()) {
            return Future.succeededFuture();
        }
        Addition addition = Addition.of(table, sums);
        return connection.preparedQuery(addition.sql())
                .executeBatch(sums.stream().map(addition::values).toList())
                .mapEmpty();
    }

    /**
     * What was used since a time, by endpoint and result.
     *
     * @param endpoint the catalog's name of an endpoint, or null for all
     */
    public Future<List<Rollup>> report(Instant from, String endpoint) {
        Map<String, Object> parameters = Map.of(
                "from", Span.HOUR.floor(from.toEpochMilli()), "endpoint", endpoint == null ? "" : endpoint);
        return Database.attempt(() -> SqlTemplate.forQuery(database.reports(), REPORT).execute(parameters)).map(rows -> {
            List<Rollup> report = new ArrayList<>();
            rows.forEach(row -> report.add(rollup(row, new Rollup.Slot(
                    from.toEpochMilli(), 0, row.getString("endpoint"), result(row)))));
            return report;
        });
    }

    /**
     * Deletes single records and sums by minute that are older than they are to be kept, and prepares for those to come.
     *
     * @param oldest       the oldest single record
     * @param oldestMinute the oldest sum by minute
     */
    Future<Void> keep(Instant now, Instant oldest, Instant oldestMinute) {
        Map<String, Object> minute = Map.of("oldest", Span.MINUTE.floor(oldestMinute.toEpochMilli()));
        return database.keepUsage(now, oldest).compose(kept -> database.write(connection ->
                forgetMinutes(connection, SumTable.MINUTELY, minute)
                        .compose(forgotten -> forgetMinutes(connection, SumTable.MINUTELY_TOTALS, minute))
                        .compose(forgotten -> SqlTemplate.forUpdate(connection, NO_MINUTES_BEFORE).execute(minute))
                        .mapEmpty()));
    }

    private static Future<?> forgetMinutes(SqlClient connection, SumTable table, Map<String, Object> oldest) {
        return SqlTemplate.forUpdate(connection, FORGET_MINUTES.formatted(table.text())).execute(oldest);
    }

    /** How the cache took part, of a row with a {@code cache_result}. */
    static CacheResult result(Row row) {
        return CacheResult.valueOf(row.getString("cache_result").toUpperCase(Locale.ROOT));
    }

    /** The sums of a row that has all that are summed. */
    static Rollup rollup(Row row, Rollup.Slot slot) {
        return new Rollup(
                slot, row.getLong("requests"), row.getLong("errors"), row.getLong("response_time_us"),
                row.getLong("cost_micros"), row.getLong("saved_micros"), row.getLong("paid_calls"),
                row.getLong("uncached_calls"), Latencies.of(bucket -> row.getLong(Latencies.column(bucket))));
    }

    private static Map<String, Object> parameters(UsageRecord usage) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("keyId", usage.keyId());
        parameters.put("endpoint", usage.endpoint());
        parameters.put("method", usage.method());
        parameters.put("status", usage.status());
        parameters.put("micros", usage.micros());
        parameters.put("result", usage.result().text());
        parameters.put("tier", usage.tier());
        parameters.put("reason", usage.reason());
        parameters.put("cost", usage.costMicros());
        parameters.put("saved", usage.savedMicros());
        parameters.put("agent", usage.detail().userAgent());
        parameters.put("address", usage.detail().address());
        parameters.put("at", usage.millis());
        parameters.put("weight", usage.detail().weight());
        return parameters;
    }
}

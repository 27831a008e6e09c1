package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import systems.supported.rentcache.storage.Database;

/** Usage in SQL: rollups by the hour, exact, and single records as far as they are kept. Thread-safe. */
public final class UsageStore {
    private static final String ROLL_UP = """
            INSERT INTO usage_rollup_hourly (hour, api_key_id, endpoint, cache_result, requests, errors,
                   response_time_us, cost_micros, saved_micros)
            VALUES (#{hour}, #{keyId}, #{endpoint}, #{result}, #{requests}, #{errors}, #{micros}, #{cost}, #{saved})
            ON CONFLICT (hour, api_key_id, endpoint, cache_result) DO UPDATE SET
                   requests = usage_rollup_hourly.requests + excluded.requests,
                   errors = usage_rollup_hourly.errors + excluded.errors,
                   response_time_us = usage_rollup_hourly.response_time_us + excluded.response_time_us,
                   cost_micros = usage_rollup_hourly.cost_micros + excluded.cost_micros,
                   saved_micros = usage_rollup_hourly.saved_micros + excluded.saved_micros""";
    private static final String INSERT = """
            INSERT INTO usage_stats (api_key_id, endpoint, method, status_code, response_time_us, cache_result,
                   cost_micros, saved_micros, user_agent, ip_address, created_at)
            VALUES (#{keyId}, #{endpoint}, #{method}, #{status}, #{micros}, #{result}, #{cost}, #{saved}, #{agent},
                   %s, #{at})""";
    private static final String REPORT = """
            SELECT endpoint, cache_result, SUM(requests) AS requests, SUM(errors) AS errors,
                   SUM(response_time_us) AS micros, SUM(cost_micros) AS cost, SUM(saved_micros) AS saved
            FROM usage_rollup_hourly
            WHERE hour >= #{from} AND (#{endpoint} = '' OR endpoint = #{endpoint})
            GROUP BY endpoint, cache_result ORDER BY endpoint, cache_result""";
    private final Database database;
    private final String insert;

    /** The usage in a database. */
    public UsageStore(Database database) {
        this.database = database;
        this.insert = INSERT.formatted(database.address("address"));
    }

    /** Adds sums to those that are there, and keeps single records, all or nothing. */
    Future<Void> write(Collection<Rollup> rollups, List<UsageRecord> records) {
        List<Map<String, Object>> sums = rollups.stream().map(UsageStore::parameters).toList();
        List<Map<String, Object>> rows = records.stream().map(UsageStore::parameters).toList();
        return database.write(connection -> batch(SqlTemplate.forUpdate(connection, ROLL_UP), sums)
                .compose(summed -> batch(SqlTemplate.forUpdate(connection, insert), rows)));
    }

    private static Future<Void> batch(SqlTemplate<Map<String, Object>, ?> statement, List<Map<String, Object>> rows) {
        return rows.isEmpty() ? Future.succeededFuture() : statement.executeBatch(rows).mapEmpty();
    }

    /**
     * What was used since a time, by endpoint and result.
     *
     * @param endpoint the catalog's name of an endpoint, or null for all
     */
    public Future<List<Rollup>> report(Instant from, String endpoint) {
        Map<String, Object> parameters = Map.of(
                "from", from.toEpochMilli() - Math.floorMod(from.toEpochMilli(), 3_600_000L),
                "endpoint", endpoint == null ? "" : endpoint);
        return Database.attempt(() -> SqlTemplate.forQuery(database.reports(), REPORT).execute(parameters)).map(rows -> {
            List<Rollup> report = new ArrayList<>();
            rows.forEach(row -> report.add(rollup(row, from)));
            return report;
        });
    }

    /** Deletes single records older than a time, and prepares for those to come. */
    Future<Void> keep(Instant now, Instant oldest) {
        return database.keepUsage(now, oldest);
    }

    private static Rollup rollup(Row row, Instant from) {
        Rollup.Slot slot = new Rollup.Slot(
                from.toEpochMilli(), 0, row.getString("endpoint"),
                CacheResult.valueOf(row.getString("cache_result").toUpperCase(Locale.ROOT)));
        return new Rollup(
                slot, row.getLong("requests"), row.getLong("errors"), row.getLong("micros"), row.getLong("cost"),
                row.getLong("saved"));
    }

    private static Map<String, Object> parameters(Rollup rollup) {
        return Map.of(
                "hour", rollup.slot().hour(),
                "keyId", rollup.slot().keyId(),
                "endpoint", rollup.slot().endpoint(),
                "result", rollup.slot().result().text(),
                "requests", rollup.requests(),
                "errors", rollup.errors(),
                "micros", rollup.micros(),
                "cost", rollup.costMicros(),
                "saved", rollup.savedMicros());
    }

    private static Map<String, Object> parameters(UsageRecord usage) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("keyId", usage.keyId());
        parameters.put("endpoint", usage.endpoint());
        parameters.put("method", usage.method());
        parameters.put("status", usage.status());
        parameters.put("micros", usage.micros());
        parameters.put("result", usage.result().text());
        parameters.put("cost", usage.costMicros());
        parameters.put("saved", usage.savedMicros());
        parameters.put("agent", usage.client().userAgent());
        parameters.put("address", usage.client().address());
        parameters.put("at", usage.millis());
        return parameters;
    }
}

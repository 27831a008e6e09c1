package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import systems.supported.rentcache.storage.Database;

/**
 * Reads usage for reports: of the coarsest sums that tell exactly what is asked, one statement a report. Thread-safe.
 */
public final class UsageReader {
    private static final String RECORDS = """
            SELECT created_at, api_key_id, endpoint, method, status_code, response_time_us, cache_result, tier, reason,
                   cost_micros, saved_micros, user_agent, %s AS address, weight FROM usage_stats t
            WHERE created_at >= #{from} AND created_at < #{to}%s
            ORDER BY created_at DESC, id DESC LIMIT #{limit} OFFSET #{offset}""";

    private final Database database;
    private final UsageDays days;
    private final ZoneId zone;

    /**
     * A report's page.
     *
     * @param from  the first moment that it covers
     * @param to    the first moment that it does not cover
     * @param lines the page
     * @param count how many lines there are on all pages
     * @param total of all of them
     */
    public record Report(Instant from, Instant to, List<UsageLine> lines, long count, UsageLine total) {
    }

    /**
     * Single answers.
     *
     * @param items the page, the latest first
     * @param more  whether there are others after it
     */
    public record Records(List<UsageRecord> items, boolean more) {
    }

    /** Reads a database, with the days of a zone. */
    public UsageReader(Database database, ZoneId zone) {
        this.database = database;
        this.days = new UsageDays(database);
        this.zone = zone;
    }

    /** A report, its lines in the order of time, key, endpoint, result. */
    public Future<Report> report(UsageQuery query, Instant now) {
        return days.align(zone).compose(minutesSince -> {
            Coverage coverage = Coverage.of(
                    query.from(), query.to(), query.by(), now.toEpochMilli(), minutesSince, new RollupCalendar(zone));
            if (coverage.slices().isEmpty()) {
                return Future.succeededFuture(report(query, coverage, List.of()));
            }
            ReportSql sql = new ReportSql(query, coverage);
            return Database.attempt(() -> SqlTemplate.forQuery(database.reports(), sql.text()).execute(sql.parameters()))
                    .map(rows -> report(query, coverage, rows));
        });
    }

    private static Report report(UsageQuery query, Coverage coverage, Iterable<Row> rows) {
        Map<Long, UsageLine> lines = new TreeMap<>();
        UsageLine total = UsageLine.empty();
        long count = 0;
        for (Row row : rows) {
            long place = row.getLong("place");
            count = Math.max(count, row.getLong("lines"));
            UsageLine line = place == 0 ? total : lines.computeIfAbsent(place, first -> line(query, row));
            CacheResult result = UsageStore.result(row);
            line.sums().put(result, UsageStore.rollup(row, new Rollup.Slot(0, 0, "", result)));
        }
        if (query.by() == null && query.groups().isEmpty() && count > 0 && query.offset() == 0) {
            lines.put(1L, total);
        }
        return new Report(
                Instant.ofEpochMilli(coverage.from()), Instant.ofEpochMilli(coverage.to()), List.copyOf(lines.values()),
                count, total);
    }

    private static UsageLine line(UsageQuery query, Row row) {
        return new UsageLine(
                query.by() == null ? null : row.getLong("slot"),
                query.groups().contains(UsageQuery.Group.KEY) ? row.getLong("api_key_id") : null,
                query.groups().contains(UsageQuery.Group.ENDPOINT) ? row.getString("endpoint") : null,
                new EnumMap<>(CacheResult.class));
    }

    /** Single answers, the latest first, as far as they are kept one by one. */
    public Future<Records> records(UsageQuery query) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("from", query.from());
        parameters.put("to", query.to());
        parameters.put("limit", query.limit() + 1);
        parameters.put("offset", query.offset());
        String sql = RECORDS.formatted(database.shownAddress("ip_address"), ReportSql.only(query, parameters));
        return Database.attempt(() -> SqlTemplate.forQuery(database.reports(), sql).execute(parameters)).map(rows -> {
            List<UsageRecord> items = new ArrayList<>();
            rows.forEach(row -> items.add(record(row)));
            boolean more = items.size() > query.limit();
            return new Records(List.copyOf(more ? items.subList(0, query.limit()) : items), more);
        });
    }

    private static UsageRecord record(Row row) {
        return new UsageRecord(
                row.getLong("created_at"), row.getLong("api_key_id"), row.getString("endpoint"),
                row.getString("method"), row.getInteger("status_code"),
                (int) Math.min(Integer.MAX_VALUE, row.getLong("response_time_us")), UsageStore.result(row),
                row.getString("tier"), row.getString("reason"), row.getLong("cost_micros"),
                row.getLong("saved_micros"), 0, 0, null,
                new UsageRecord.Detail(row.getString("user_agent"), row.getString("address"), row.getLong("weight")));
    }

    /** The names of keys, of those that there are. */
    public Future<Map<Long, String>> keyNames(List<Long> ids) {
        if (ids.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        String sql = "SELECT id, key_name FROM api_keys WHERE id IN ("
                + ids.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")";
        return Database.attempt(() -> database.reports().query(sql).execute()).map((RowSet<Row> rows) -> {
            Map<Long, String> names = new LinkedHashMap<>();
            rows.forEach(row -> names.put(row.getLong("id"), row.getString("key_name")));
            return names;
        });
    }
}

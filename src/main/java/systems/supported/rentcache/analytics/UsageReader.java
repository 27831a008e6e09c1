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
                   cost_micros, saved_micros, user_agent, %s AS address, weight FROM usage_stats
            WHERE created_at >= #{from} AND created_at < #{to}%s%s
            ORDER BY created_at DESC, id DESC LIMIT #{limit} OFFSET #{offset}""";
    private static final String OF_ENDPOINT = " AND endpoint = #{endpoint}";
    private static final String OF_KEY = " AND api_key_id = #{key}";

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
            Map<String, Object> parameters = new HashMap<>();
            String sql = sql(query, coverage, parameters);
            return Database.attempt(() -> SqlTemplate.forQuery(database.reports(), sql).execute(parameters))
                    .map(rows -> report(query, coverage, rows));
        });
    }

    private static String sql(UsageQuery query, Coverage coverage, Map<String, Object> parameters) {
        List<String> groups = new ArrayList<>();
        if (query.by() != null) {
            groups.add("slot");
        }
        query.groups().stream().sorted().forEach(group -> groups.add(group.column()));
        String lines = String.join(", ", groups);
        List<String> all = new ArrayList<>(groups);
        if (!all.contains("cache_result")) {
            all.add("cache_result");
        }
        String grouped = String.join(", ", all);
        parameters.put("after", (long) query.offset());
        parameters.put("last", (long) query.offset() + query.limit());
        return "WITH slices AS (" + slices(query, coverage, parameters) + "), grouped AS (SELECT " + grouped + ", "
                + sums() + " FROM slices GROUP BY " + grouped + "), ranked AS (SELECT grouped.*, "
                + (lines.isEmpty() ? "1" : "DENSE_RANK() OVER (ORDER BY " + lines + ")")
                + " AS place FROM grouped) SELECT 0 AS lines, place, "
                + grouped + ", " + String.join(", ", UsageStore.SUMMED)
                + " FROM ranked WHERE place > #{after} AND place <= #{last} UNION ALL SELECT MAX(place), 0, "
                + all.stream().map(column -> column.equals("cache_result") ? column : "MIN(" + column + ")")
                        .collect(Collectors.joining(", "))
                + ", " + sums() + " FROM ranked GROUP BY cache_result";
    }

    private static String sums() {
        return UsageStore.SUMMED.stream().map(column -> "SUM(" + column + ") AS " + column)
                .collect(Collectors.joining(", "));
    }

    /**
     * The sums of each slice. Over days, in a report that is by endpoints and not by keys, only keys are summed over here,
     * by the first columns of the primary key: few rows are left to be sorted, in place of all with their many columns.
     */
    private static String slices(UsageQuery query, Coverage coverage, Map<String, Object> parameters) {
        String only = only(query.endpoint(), query.keyId(), parameters);
        boolean keys = query.groups().contains(UsageQuery.Group.KEY);
        boolean endpoints = query.groups().contains(UsageQuery.Group.ENDPOINT);
        boolean ofEndpoints = endpoints || query.endpoint() != null;
        boolean ordered = ofEndpoints && !keys && (query.by() == null || query.by() == Span.DAY);
        String parts = (ordered || endpoints ? "endpoint, " : "") + "cache_result" + (keys ? ", api_key_id" : "");
        List<String> slices = new ArrayList<>();
        for (Coverage.Slice slice : coverage.slices()) {
            String number = Integer.toString(slices.size());
            parameters.put("from" + number, slice.from());
            parameters.put("to" + number, slice.to());
            String column = slice.span().column();
            String slot = query.by() == null ? "" : slot(query.by(), slice, number, parameters) + " AS slot, ";
            SumTable table = SumTable.of(slice.span(), keys || query.keyId() != null, ofEndpoints);
            slices.add("SELECT " + slot + parts + ", " + sums()
                    + " FROM " + table.text() + " WHERE " + column + " >= #{from" + number + "} AND " + column
                    + " < #{to" + number + "}" + only + " GROUP BY " + (ordered || query.by() != null ? column + ", " : "")
                    + parts);
        }
        return String.join(" UNION ALL ", slices);
    }

    private static String slot(Span by, Coverage.Slice slice, String number, Map<String, Object> parameters) {
        String column = slice.span().column();
        if (by == slice.span()) {
            return column;
        }
        if (by == Span.HOUR) {
            return column + " - " + column + " % " + Span.HOUR.millis();
        }
        parameters.put("day" + number, slice.day());
        return "CAST(#{day" + number + "} AS BIGINT)";
    }

    private static String only(String endpoint, Long keyId, Map<String, Object> parameters) {
        if (endpoint != null) {
            parameters.put("endpoint", endpoint);
        }
        if (keyId != null) {
            parameters.put("key", keyId);
        }
        return (endpoint == null ? "" : OF_ENDPOINT) + (keyId == null ? "" : OF_KEY);
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
        only(query.endpoint(), query.keyId(), parameters);
        String sql = RECORDS.formatted(
                database.shownAddress("ip_address"), query.endpoint() == null ? "" : OF_ENDPOINT,
                query.keyId() == null ? "" : OF_KEY);
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

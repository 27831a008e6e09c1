package systems.supported.rentcache.transfer;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import systems.supported.rentcache.storage.Database;

/** The database that is read, in pages along an index, each bounded by rows and by bytes. Confined to one thread. */
final class Source {
    private static final int PAGE_ROWS = 1_000;
    private static final int SIZES = 200;
    private static final long PAGE_BYTES = 8L << 20;
    private static final String SIZES_AFTER = """
            SELECT LENGTH(body) + COALESCE(LENGTH(body_gzip), 0) AS bytes FROM cache_entries
            WHERE cache_key > #{after_cache_key} ORDER BY cache_key LIMIT #{limit}""";
    private static final String USAGE_RANGE = """
            SELECT MIN(since) AS since, MAX(until) AS until FROM (
                SELECT MIN(hour) AS since, MAX(hour) AS until FROM usage_rollup_hourly
                UNION ALL SELECT MIN(created_at), MAX(created_at) FROM usage_stats) ranges""";
    private static final String LAST_INVALIDATION = "SELECT COALESCE(MAX(seq), 0) AS last FROM invalidations";

    private final Database database;

    Source(Database database) {
        this.database = database;
    }

    /** How many rows a table has. */
    long count(MovedTable table) throws TransferException {
        return query("SELECT COUNT(*) AS rows_there FROM " + table.sqlName(), Map.of()).iterator().next()
                .getLong("rows_there");
    }

    /** The first and the last moment of usage; both null where there is none. */
    Long[] usageRange() throws TransferException {
        Row range = query(USAGE_RANGE, Map.of()).iterator().next();
        return new Long[] {range.getLong("since"), range.getLong("until")};
    }

    /** The number of the last invalidation; 0 where there is none. */
    long lastInvalidation() throws TransferException {
        return query(LAST_INVALIDATION, Map.of()).iterator().next().getLong("last");
    }

    /**
     * Some rows of a table, as a file has them.
     *
     * @param last the last row of the page before, or null for the first page
     */
    List<Map<String, Object>> page(MovedTable table, Map<String, Object> last) throws TransferException {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("limit", table == MovedTable.CACHE_ENTRIES ? fitting(last) : PAGE_ROWS);
        String after = "";
        if (last != null) {
            table.order().forEach(column -> parameters.put("after_" + column, last.get(column)));
            after = " WHERE (" + String.join(", ", table.order()) + ") > ("
                    + table.order().stream().map(column -> "#{after_" + column + "}").collect(Collectors.joining(", "))
                    + ")";
        }
        String columns =
                table.columns().stream().map(column -> column.selected(database)).collect(Collectors.joining(", "));
        String order = table.order().stream().map(column -> table.sqlName() + "." + column)
                .collect(Collectors.joining(", "));
        RowSet<Row> rows = query("SELECT " + columns + " FROM " + table.sqlName() + after + " ORDER BY " + order
                + " LIMIT #{limit}", parameters);
        List<Map<String, Object>> page = new ArrayList<>();
        rows.forEach(row -> page.add(row(table, row)));
        return page;
    }

    /** How many of the next answers fit into a page; at least one. */
    private int fitting(Map<String, Object> last) throws TransferException {
        Map<String, Object> parameters =
                Map.of("after_cache_key", last == null ? "" : last.get("cache_key"), "limit", SIZES);
        int rows = 0;
        long bytes = 0;
        for (Row row : query(SIZES_AFTER, parameters)) {
            bytes += row.getLong("bytes");
            if (bytes > PAGE_BYTES) {
                break;
            }
            rows++;
        }
        return Math.max(1, rows);
    }

    private static Map<String, Object> row(MovedTable table, Row row) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("table", table.sqlName());
        for (Column column : table.columns()) {
            Object value = column.in(row);
            if (value != null) {
                values.put(column.name(), value);
            }
        }
        return values;
    }

    private RowSet<Row> query(String sql, Map<String, Object> parameters) throws TransferException {
        return Waiting.on(Database.attempt(() -> SqlTemplate.forQuery(database.reader(), sql).execute(parameters)));
    }
}

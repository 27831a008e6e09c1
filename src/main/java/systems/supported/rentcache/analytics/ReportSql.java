package systems.supported.rentcache.analytics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The one statement of a report. Which lines there are is found by the few columns that tell them apart; the many that are
 * summed are read for the page's lines only, and the total comes from a table of few rows. Rows with {@code place} 0 are the
 * total's, with the count of lines in {@code lines}; others are of the page's line of that place.
 */
final class ReportSql {
    private static final String COLUMNS = String.join(", ", UsageStore.SUMMED);
    private static final String SUMS = UsageStore.SUMMED.stream()
            .map(column -> "SUM(" + column + ") AS " + column).collect(Collectors.joining(", "));

    private final UsageQuery query;
    private final Coverage coverage;
    private final boolean ofKeys;
    private final boolean ofEndpoints;
    private final String only;
    private final Map<String, Object> parameters = new HashMap<>();

    ReportSql(UsageQuery query, Coverage coverage) {
        this.query = query;
        this.coverage = coverage;
        this.ofKeys = query.groups().contains(UsageQuery.Group.KEY);
        this.ofEndpoints = query.groups().contains(UsageQuery.Group.ENDPOINT);
        this.only = only(query, parameters);
        parameters.put("limit", query.limit());
        parameters.put("offset", query.offset());
        int number = 0;
        for (Coverage.Slice slice : coverage.slices()) {
            parameters.put("from" + number, slice.from());
            parameters.put("to" + number, slice.to());
            parameters.put("day" + number, slice.day());
            number++;
        }
    }

    /** What is asked of endpoint and key, as the end of a condition over a table called {@code t}. */
    static String only(UsageQuery query, Map<String, Object> parameters) {
        String only = "";
        if (query.endpoint() != null) {
            parameters.put("endpoint", query.endpoint());
            only += " AND t.endpoint = #{endpoint}";
        }
        if (query.keyId() != null) {
            parameters.put("key", query.keyId());
            only += " AND t.api_key_id = #{key}";
        }
        return only;
    }

    Map<String, Object> parameters() {
        return parameters;
    }

    String text() {
        List<String> line = line();
        String total = SUMS + " FROM (" + slices(this::total) + ") s GROUP BY cache_result";
        if (line.isEmpty()) {
            return "SELECT 1 AS lines, 0 AS place, cache_result, " + total;
        }
        List<String> all = all();
        String lines = String.join(", ", line);
        String columns = String.join(", ", all);
        return "WITH lines AS MATERIALIZED (SELECT DISTINCT " + lines + " FROM (" + slices(this::narrow) + ") s), "
                + "page AS MATERIALIZED (SELECT " + lines + " FROM lines ORDER BY " + lines
                + " LIMIT #{limit} OFFSET #{offset}), "
                + "sums AS (SELECT " + columns + ", " + SUMS + " FROM (" + slices(this::wide) + ") s GROUP BY " + columns
                + ") SELECT 0 AS lines, DENSE_RANK() OVER (ORDER BY " + lines + ") AS place, " + columns + ", " + COLUMNS
                + " FROM sums UNION ALL SELECT (SELECT COUNT(*) FROM lines), 0, "
                + all.stream().map(column -> column.equals("cache_result") ? column : "NULL")
                        .collect(Collectors.joining(", "))
                + ", " + total;
    }

    /** The columns that tell lines apart, in their order. */
    private List<String> line() {
        List<String> line = new ArrayList<>();
        if (query.by() != null) {
            line.add("slot");
        }
        query.groups().stream().sorted().forEach(group -> line.add(group.column()));
        return line;
    }

    /** The same and the result, by which lines have their sums apart. */
    private List<String> all() {
        List<String> all = line();
        if (!query.groups().contains(UsageQuery.Group.RESULT)) {
            all.add("cache_result");
        }
        return all;
    }

    /** What a part of the statement takes of a slice. */
    private interface OfSlice {
        String select(Coverage.Slice slice, int number);
    }

    private String slices(OfSlice each) {
        List<String> slices = new ArrayList<>();
        for (Coverage.Slice slice : coverage.slices()) {
            slices.add(each.select(slice, slices.size()));
        }
        return String.join(" UNION ALL ", slices);
    }

    private String total(Coverage.Slice slice, int number) {
        return "SELECT cache_result, " + COLUMNS + " FROM " + table(slice, false, false).text() + " t"
                + where(slice, number);
    }

    private String narrow(Coverage.Slice slice, int number) {
        return "SELECT DISTINCT " + line().stream().map(column -> value(column, slice, number))
                .collect(Collectors.joining(", "))
                + " FROM " + table(slice, ofKeys, ofEndpoints).text() + " t" + where(slice, number);
    }

    /**
     * Over days, in a report that is by endpoints and not by keys, only keys are summed over here, by the first columns of
     * the primary key: few rows are left to be sorted, in place of all with their many columns.
     */
    private String wide(Coverage.Slice slice, int number) {
        boolean ordered = ofEndpoints && !ofKeys && (query.by() == null || query.by() == Span.DAY);
        return "SELECT " + all().stream().map(column -> value(column, slice, number)).collect(Collectors.joining(", "))
                + ", " + (ordered ? SUMS : COLUMNS)
                + " FROM " + table(slice, ofKeys, ofEndpoints).text() + " t CROSS JOIN page" + where(slice, number)
                + line().stream().map(column -> " AND page." + column + " = " + expression(column, slice, number))
                        .collect(Collectors.joining())
                + (ordered ? " GROUP BY " + slice.span().column() + ", t.endpoint, t.cache_result"
                        + (query.by() == null ? "" : ", slot") : "");
    }

    private SumTable table(Coverage.Slice slice, boolean keys, boolean endpoints) {
        return SumTable.of(slice.span(), keys || query.keyId() != null, endpoints || query.endpoint() != null);
    }

    private String where(Coverage.Slice slice, int number) {
        String column = slice.span().column();
        return " WHERE " + column + " >= #{from" + number + "} AND " + column + " < #{to" + number + "}" + only;
    }

    private String value(String column, Coverage.Slice slice, int number) {
        return expression(column, slice, number) + " AS " + column;
    }

    private String expression(String column, Coverage.Slice slice, int number) {
        if (!column.equals("slot")) {
            return "t." + column;
        }
        String begins = slice.span().column();
        if (query.by() == slice.span()) {
            return begins;
        }
        return query.by() == Span.HOUR ? begins + " - " + begins + " % " + Span.HOUR.millis()
                : "CAST(#{day" + number + "} AS BIGINT)";
    }
}

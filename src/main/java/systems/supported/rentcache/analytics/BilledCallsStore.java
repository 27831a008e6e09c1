package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import systems.supported.rentcache.storage.Database;

/** The billed calls that are in the sums of usage. Thread-safe. */
public final class BilledCallsStore {
    /** By key and endpoint, or by time and key or not: rows without a billed call are not looked at. */
    private static final String SUMS = """
            SELECT %3$s, SUM(paid_calls) AS paid, SUM(uncached_calls) AS uncached
            FROM %1$s
            WHERE %2$s >= #{from} AND %2$s < #{to} AND (paid_calls > 0 OR uncached_calls > 0)
            GROUP BY %3$s""";
    private static final String FIRST = "SELECT MIN(hour) AS first FROM usage_rollup_hourly";
    /** The endpoint of calls to all of them. */
    private static final String ALL = "";

    private final Database database;
    private final UsageDays days;
    private final ZoneId zone;

    /** The calls in a database, with the days of a zone. */
    public BilledCallsStore(Database database, ZoneId zone) {
        this.database = database;
        this.days = new UsageDays(database);
        this.zone = zone;
    }

    /** From when on there are records; empty where there are none. */
    public Future<Optional<Instant>> since() {
        return Database.attempt(() -> database.reports().query(FIRST).execute()).map(rows ->
                Optional.ofNullable(rows.iterator().next().getLong("first")).map(Instant::ofEpochMilli));
    }

    /**
     * The calls of a time by key and endpoint, all of them as of its first moment.
     *
     * @param span by what sums they are counted: {@code from} and {@code to} are beginnings of such
     * @param from the first moment
     * @param to   the first moment after it
     */
    public Future<List<BilledCalls>> byCell(Span span, Instant from, Instant to) {
        return query(SumTable.of(span, true, true), "api_key_id, endpoint", from, to,
                row -> calls(row, from, row.getLong("api_key_id"), row.getString("endpoint")));
    }

    /**
     * The calls of a time, those of each span as of its beginning, all endpoints together.
     *
     * @param span  by what sums they are counted: {@code from} and {@code to} are beginnings of such
     * @param from  the first moment
     * @param to    the first moment after it
     * @param apart whether keys are told apart; else all are key 0
     */
    public Future<List<BilledCalls>> bySpan(Span span, Instant from, Instant to, boolean apart) {
        String group = span.column() + (apart ? ", api_key_id" : "");
        return query(SumTable.of(span, apart, false), group, from, to, row -> calls(
                row, Instant.ofEpochMilli(row.getLong(span.column())), apart ? row.getLong("api_key_id") : 0, ALL));
    }

    private Future<List<BilledCalls>> query(
            SumTable table, String group, Instant from, Instant to, Function<Row, BilledCalls> read) {
        String sql = SUMS.formatted(table.text(), table.span().column(), group);
        Map<String, Object> time = Map.of("from", from.toEpochMilli(), "to", to.toEpochMilli());
        return days.align(zone)
                .compose(aligned -> SqlTemplate.forQuery(database.reports(), sql).execute(time))
                .map(rows -> {
                    List<BilledCalls> calls = new ArrayList<>();
                    rows.forEach(row -> calls.add(read.apply(row)));
                    return calls;
                });
    }

    private static BilledCalls calls(Row row, Instant at, long keyId, String endpoint) {
        return new BilledCalls(at, keyId, endpoint, row.getLong("paid"), row.getLong("uncached"));
    }
}

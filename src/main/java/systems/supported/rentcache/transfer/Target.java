package systems.supported.rentcache.transfer;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.events.KeyChanged;
import systems.supported.rentcache.events.KeyRevoked;
import systems.supported.rentcache.outbox.Outbox;
import systems.supported.rentcache.storage.Database;

/**
 * The database that is written. Each method that takes rows writes them in one transaction; rows are values by their
 * columns' names, fit to be bound. Confined to one thread.
 */
final class Target {
    private static final String HAS_ALREADY = "already here";
    private static final String NAME_TAKEN = "an active key here has the same name";
    private static final String NOT_LATER = "an answer that is as late is here already";
    private static final long HOUR_MILLIS = 3_600_000;

    private static final String KEY_OF_HASH = "SELECT id FROM api_keys WHERE key_hash = #{key_hash}";
    private static final String KEY_OF_NAME = "SELECT id FROM api_keys WHERE key_name = #{key_name} AND is_active = 1";
    static final Set<String> SLOT = Set.of("hour", "api_key_id", "endpoint", "cache_result");
    private static final String SUMMED = " ON CONFLICT (hour, api_key_id, endpoint, cache_result) DO UPDATE SET "
            + MovedTable.USAGE_ROLLUP_HOURLY.columns().stream().map(Column::name).filter(name -> !SLOT.contains(name))
                    .map(name -> name + " = usage_rollup_hourly." + name + " + excluded." + name)
                    .collect(Collectors.joining(", "));
    /** The sums by day have to be made anew, and of the time of these hours there are no sums by minute. */
    private static final String COVERED = """
            UPDATE usage_coverage SET days_zone = '',
                   minutes_since = CASE WHEN minutes_since < #{past} THEN #{past} ELSE minutes_since END""";
    private static final String USAGE_BETWEEN = """
            SELECT CASE WHEN EXISTS (SELECT 1 FROM usage_rollup_hourly WHERE hour >= #{hour} AND hour <= #{until})
                     OR EXISTS (SELECT 1 FROM usage_stats WHERE created_at >= #{since} AND created_at <= #{until})
                   THEN 1 ELSE 0 END AS found""";
    private static final String REMEMBER =
            "INSERT INTO imports (source, line, at) VALUES (#{source}, 0, #{at}) ON CONFLICT (source) DO NOTHING";
    private static final String TAKEN = "SELECT line FROM imports WHERE source = #{source}";
    private static final String TAKE = """
            UPDATE imports SET line = #{until}, at = #{at} WHERE source = #{source} AND line = #{since}""";

    private final Database database;
    private final Outbox outbox;
    private final Summary summary;
    private final Instant now;
    private final String keyInsert;
    private final String answerInsert;
    private final Map<MovedTable, String> usageInserts;

    Target(Database database, Summary summary, Instant now) {
        this.database = database;
        this.outbox = new Outbox(database);
        this.summary = summary;
        this.now = now;
        this.keyInsert = insert(MovedTable.API_KEYS);
        this.answerInsert = insert(MovedTable.CACHE_ENTRIES) + " ON CONFLICT (cache_key) DO UPDATE SET "
                + MovedTable.CACHE_ENTRIES.list(column -> column.name() + " = excluded." + column.name())
                + " WHERE excluded.created_at > cache_entries.created_at";
        this.usageInserts = Map.of(
                MovedTable.USAGE_ROLLUP_HOURLY, insert(MovedTable.USAGE_ROLLUP_HOURLY) + SUMMED,
                MovedTable.USAGE_STATS, insert(MovedTable.USAGE_STATS));
    }

    private String insert(MovedTable table) {
        return "INSERT INTO " + table.sqlName() + " (" + table.list(Column::name) + ") VALUES ("
                + table.list(column -> column.bound(database)) + ")";
    }

    /** Adds keys that are not there, and tells running servers of them. */
    void keys(List<Map<String, Object>> rows) throws TransferException {
        List<String> outcomes = new ArrayList<>();
        write(connection -> {
            outcomes.clear();
            Future<Void> all = Future.succeededFuture();
            for (Map<String, Object> row : rows) {
                all = all.compose(before -> key(connection, row)).map(outcome -> {
                    outcomes.add(outcome);
                    return null;
                });
            }
            return all;
        });
        for (String outcome : outcomes) {
            count(MovedTable.API_KEYS, outcome);
        }
    }

    /** Adds a key; says why not, or the empty text. */
    private Future<String> key(SqlClient connection, Map<String, Object> row) {
        return number(connection, KEY_OF_HASH, row).compose(known -> {
            if (known != null) {
                return Future.succeededFuture(HAS_ALREADY);
            }
            Future<Long> namesake = (Long) row.get("is_active") == 1
                    ? number(connection, KEY_OF_NAME, row) : Future.succeededFuture();
            return namesake.compose(taken -> taken != null
                    ? Future.succeededFuture(NAME_TAKEN)
                    : SqlTemplate.forUpdate(connection, keyInsert).execute(row)
                            .compose(added -> number(connection, KEY_OF_HASH, row))
                            .compose(id -> outbox.log(
                                    connection, SqlApiKeyStore.SCOPE + id, now, List.of(),
                                    seq -> (Long) row.get("is_active") == 1 ? new KeyChanged(id) : new KeyRevoked(id)))
                            .map(""));
        });
    }

    private static Future<Long> number(SqlClient connection, String sql, Map<String, Object> row) {
        return SqlTemplate.forQuery(connection, sql).execute(row).map((RowSet<Row> found) ->
                found.iterator().hasNext() ? found.iterator().next().getLong(0) : null);
    }

    private void count(MovedTable table, String outcome) {
        if (outcome.isEmpty()) {
            summary.moved(table, 1);
        } else {
            summary.skipped(table, outcome);
        }
    }

    /** The number here of the key with a digest; null where there is none. */
    Long keyNumber(String hash) throws TransferException {
        return Waiting.on(Database.attempt(() -> number(database.reader(), KEY_OF_HASH, Map.of("key_hash", hash))));
    }

    /** Adds answers; of two to one question the one fetched later stays. */
    void answers(List<Map<String, Object>> rows) throws TransferException {
        List<Future<Integer>> written = new ArrayList<>();
        write(connection -> {
            written.clear();
            rows.forEach(row -> written.add(
                    SqlTemplate.forUpdate(connection, answerInsert).execute(row).map(SqlResult::rowCount)));
            return Future.join(written).mapEmpty();
        });
        for (Future<Integer> one : written) {
            count(MovedTable.CACHE_ENTRIES, one.result() > 0 ? "" : NOT_LATER);
        }
    }

    /**
     * Prepares for a file's usage.
     *
     * @param source what tells the file from every other
     * @param from   its first moment, or null where it has none
     * @param merge  whether it is added to usage of the same time
     * @return up to which line of the file its usage is here already
     */
    long begin(String source, Long from, Long until, boolean merge) throws TransferException {
        // Rows of a month that is not prepared would keep it from being prepared later.
        Waiting.on(database.keepUsage(now, Instant.EPOCH));
        Map<String, Object> name = Map.of("source", source);
        Long taken = Waiting.on(Database.attempt(() -> number(database.reader(), TAKEN, name)));
        if (taken != null) {
            return taken;
        }
        if (from != null && !merge && hasUsage(from, until)) {
            throw new TransferException("The database has usage between " + Instant.ofEpochMilli(from) + " and "
                    + Instant.ofEpochMilli(until) + " already, which may be the same. Nothing was imported. With --only "
                    + "keys,cache usage is left out, with --merge it is added.");
        }
        Map<String, Object> first = Map.of("source", source, "at", now.toEpochMilli());
        write(connection -> SqlTemplate.forUpdate(connection, REMEMBER).execute(first).mapEmpty());
        return 0;
    }

    private boolean hasUsage(long from, long until) throws TransferException {
        Map<String, Object> range =
                Map.of("hour", from - Math.floorMod(from, HOUR_MILLIS), "since", from, "until", until);
        return Waiting.on(Database.attempt(() -> number(database.reader(), USAGE_BETWEEN, range))) == 1;
    }

    /**
     * Adds usage, and notes how far the file is taken, all or nothing.
     *
     * @param since up to which line it was taken before
     * @param until up to which line it is now
     */
    void usage(String source, long since, long until, Map<MovedTable, List<Map<String, Object>>> rows)
            throws TransferException {
        Map<String, Object> step =
                Map.of("source", source, "since", since, "until", until, "at", now.toEpochMilli());
        write(connection -> SqlTemplate.forUpdate(connection, TAKE).execute(step).compose(taken -> {
            if (taken.rowCount() != 1) {
                return Future.failedFuture("another import of this file is under way");
            }
            List<Future<SqlResult<Void>>> written = new ArrayList<>();
            rows.forEach((table, some) -> some.forEach(row -> written.add(
                    SqlTemplate.forUpdate(connection, usageInserts.get(table)).execute(row))));
            return Future.join(written).compose(all -> covered(
                    connection, rows.getOrDefault(MovedTable.USAGE_ROLLUP_HOURLY, List.of())));
        }));
        rows.forEach((table, some) -> summary.moved(table, some.size()));
    }

    private static Future<Void> covered(SqlClient connection, List<Map<String, Object>> hours) {
        return hours.isEmpty() ? Future.succeededFuture() : SqlTemplate.forUpdate(connection, COVERED).execute(Map.of(
                "past", hours.stream().mapToLong(row -> (Long) row.get("hour")).max().orElseThrow() + HOUR_MILLIS))
                .mapEmpty();
    }

    /** Goes on with the numbers of the invalidations where those of another database end. */
    void invalidations(long last) throws TransferException {
        if (last > 0) {
            Waiting.on(database.numberInvalidationsAfter(last));
        }
    }

    private void write(Work work) throws TransferException {
        Waiting.on(database.write(work::in));
    }

    /** What is done in one transaction. */
    private interface Work {
        Future<Void> in(SqlClient connection);
    }

    /** A file's row with values fit to be bound. */
    Map<String, Object> bindable(MovedTable table, Map<String, Object> row) {
        Map<String, Object> values = new HashMap<>();
        table.columns().forEach(column -> values.put(column.name(), column.bindable(row.get(column.name()), database)));
        return values;
    }
}

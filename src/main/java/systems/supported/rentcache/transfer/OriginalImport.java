package systems.supported.rentcache.transfer;

import io.netty.util.NetUtil;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sqlite.SQLiteConfig;
import systems.supported.rentcache.analytics.Latencies;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.storage.Database;

/**
 * Takes the keys and the usage of the original Python program's SQLite database, which is only read. Its answers stay
 * behind: they are re-written JSON under keys of another kind.
 *
 * <p>What is known of its tables is their columns' names; a column that is missing is as one without values. A row that
 * cannot be used is counted with the reason. What it notes as costs were estimates: the money of these records is 0.
 *
 * <p>Confined to one thread, which it blocks.
 */
public final class OriginalImport {
    private static final int CHUNK_ROWS = 500;
    private static final String HINT = "…";
    private static final String UNKNOWN_KEY = "of a key that was not imported";
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long MICROS = 1_000;

    private final Target target;
    private final Set<Part> parts;
    private final boolean merge;
    private final Instant now;
    private final ZoneId zone;
    private final Progress progress;
    private final Summary summary = new Summary();
    private final Map<Object, Long> keyNumbers = new HashMap<>();

    /**
     * An import into an open database.
     *
     * @param parts what is imported
     * @param merge whether usage is added to usage of the same time
     * @param zone  in which the days and months of quotas begin
     */
    public OriginalImport(
            Database database, Set<Part> parts, boolean merge, Instant now, ZoneId zone, Progress progress) {
        this.target = new Target(database, summary, now);
        this.parts = Set.copyOf(parts);
        this.merge = merge;
        this.now = now;
        this.zone = zone;
        this.progress = progress;
    }

    /** Reads the original's file. */
    public Summary run(Path file) throws TransferException {
        if (!Files.isRegularFile(file)) {
            throw new TransferException("There is no file " + file + ".");
        }
        SQLiteConfig readOnly = new SQLiteConfig();
        readOnly.setReadOnly(true);
        try (Connection original = readOnly.createConnection("jdbc:sqlite:" + file)) {
            if (!has(original, "api_keys")) {
                throw new TransferException(file + " is no database of the original RentCache: it has no table api_keys.");
            }
            boolean withUsage = parts.contains(Part.USAGE) && has(original, "usage_stats");
            progress.begin(count(original, "api_keys") + (withUsage ? count(original, "usage_stats") : 0));
            keys(original);
            if (withUsage) {
                usage(original);
            }
            return summary;
        } catch (SQLException unreadable) {
            throw new TransferException(file + " cannot be read as a database of the original RentCache ("
                    + String.valueOf(unreadable.getMessage()).lines().findFirst().orElse("") + "). "
                    + (summary.rows() == 0 ? "Nothing was imported."
                            : "What is whole was imported; the import can be done again."));
        } finally {
            progress.end();
        }
    }

    private static boolean has(Connection original, String table) throws SQLException {
        try (PreparedStatement statement = original.prepareStatement(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static long count(Connection original, String table) throws SQLException {
        try (Statement statement = original.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void keys(Connection original) throws SQLException, TransferException {
        Map<Object, String> digests = new HashMap<>();
        List<Map<String, Object>> chunk = new ArrayList<>();
        try (Statement statement = original.createStatement();
                ResultSet rows = statement.executeQuery("SELECT rowid AS row_number, * FROM api_keys ORDER BY rowid")) {
            while (rows.next()) {
                Map<String, Object> old = values(rows);
                String digest = text(old, "key_hash").toLowerCase(Locale.ROOT);
                if (digest.matches("[0-9a-f]{64}")) {
                    digests.put(old.getOrDefault("id", old.get("row_number")), digest);
                    chunk.add(key(old, digest));
                } else if (parts.contains(Part.KEYS)) {
                    summary.skipped(MovedTable.API_KEYS, "digest is not SHA-256");
                }
                if (chunk.size() == CHUNK_ROWS) {
                    flushKeys(chunk);
                }
            }
        }
        flushKeys(chunk);
        for (Map.Entry<Object, String> digest : digests.entrySet()) {
            Long number = target.keyNumber(digest.getValue());
            if (number != null) {
                keyNumbers.put(digest.getKey(), number);
            }
        }
    }

    private void flushKeys(List<Map<String, Object>> chunk) throws TransferException {
        if (parts.contains(Part.KEYS)) {
            target.keys(chunk);
        }
        progress.moved(chunk.size(), 0);
        chunk.clear();
    }

    private Map<String, Object> key(Map<String, Object> old, String digest) {
        Quota.Period today = Quota.Period.at(now, zone);
        boolean sameDay = period(old, "last_daily_reset").day() == today.day();
        boolean sameMonth = period(old, "last_monthly_reset").month() == today.month();
        Map<String, Object> key = new HashMap<>();
        MovedTable.API_KEYS.columns().forEach(column -> key.put(column.name(), null));
        key.put("key_name", text(old, "key_name"));
        key.put("key_hash", digest);
        key.put("key_hint", HINT);
        key.put("is_active", isTrue(old.getOrDefault("is_active", 1)) ? 1L : 0L);
        key.put("permissions", "read");
        key.put("daily_limit", limit(old, "daily_limit"));
        key.put("monthly_limit", limit(old, "monthly_limit"));
        key.put("endpoint_rates", "{}");
        key.put("daily_usage", sameDay ? Math.max(0, number(old, "daily_usage")) : 0L);
        key.put("usage_day", today.day());
        key.put("monthly_usage", sameMonth ? Math.max(0, number(old, "monthly_usage")) : 0L);
        key.put("usage_month", today.month());
        Long created = OriginalMoments.millis(old.get("created_at"));
        key.put("created_at", created == null ? Long.valueOf(now.toEpochMilli()) : created);
        key.put("expires_at", expiry(old.get("expires_at")));
        key.put("last_used", OriginalMoments.millis(old.get("last_used")));
        return key;
    }

    /** An expiry that cannot be read has passed: nothing is let in that may have been shut out. */
    private Long expiry(Object value) {
        Long millis = OriginalMoments.millis(value);
        return millis == null && value != null && !value.toString().isBlank() ? Long.valueOf(now.toEpochMilli()) : millis;
    }

    private Quota.Period period(Map<String, Object> old, String column) {
        Long reset = OriginalMoments.millis(old.get(column));
        return Quota.Period.at(reset == null ? Instant.EPOCH : Instant.ofEpochMilli(reset), zone);
    }

    private static Long limit(Map<String, Object> old, String column) {
        return old.get(column) == null || number(old, column) < 0 ? null : Long.valueOf(number(old, column));
    }

    private void usage(Connection original) throws SQLException, TransferException {
        Long[] range = range(original);
        String source = source(original);
        long taken = target.begin(source, range[0], range[1], merge);
        List<Map<String, Object>> chunk = new ArrayList<>();
        long last = taken;
        try (PreparedStatement statement = original.prepareStatement(
                "SELECT rowid AS row_number, * FROM usage_stats WHERE rowid > ? ORDER BY rowid")) {
            statement.setLong(1, taken);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Map<String, Object> old = values(rows);
                    Map<String, Object> record = record(old);
                    if (record != null) {
                        chunk.add(record);
                    }
                    last = number(old, "row_number");
                    if (chunk.size() == CHUNK_ROWS) {
                        flushUsage(source, taken, last, chunk);
                        taken = last;
                    }
                }
            }
        }
        flushUsage(source, taken, last, chunk);
    }

    /** What tells this database from another, though it grows: its first record. */
    private static String source(Connection original) throws SQLException {
        try (Statement statement = original.createStatement(); ResultSet rows = statement.executeQuery(
                "SELECT rowid AS row_number, * FROM usage_stats ORDER BY rowid LIMIT 1")) {
            return "original:" + (rows.next() ? new TreeMap<>(values(rows)) : "empty");
        }
    }

    private static Long[] range(Connection original) throws SQLException {
        Long[] range = new Long[2];
        try (Statement statement = original.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM usage_stats")) {
            while (rows.next()) {
                Long at = OriginalMoments.millis(values(rows).get("created_at"));
                if (at != null) {
                    range[0] = range[0] == null ? at : Long.valueOf(Math.min(at, range[0]));
                    range[1] = range[1] == null ? at : Long.valueOf(Math.max(at, range[1]));
                }
            }
        }
        return range;
    }

    /** A record as it is kept here; null, counted with the reason, where it cannot be used. */
    private Map<String, Object> record(Map<String, Object> old) {
        Long key = keyNumbers.get(old.get("api_key_id"));
        String endpoint = OriginalEndpoints.name(text(old, "endpoint"));
        Long at = OriginalMoments.millis(old.get("created_at"));
        if (key == null || endpoint == null || at == null) {
            summary.skipped(MovedTable.USAGE_STATS, key == null ? UNKNOWN_KEY : endpoint == null
                    ? "of an endpoint that is not known" : "without a time that can be read");
            return null;
        }
        Map<String, Object> record = new HashMap<>();
        record.put("api_key_id", key);
        record.put("endpoint", endpoint);
        record.put("method", old.get("method") == null ? "GET" : text(old, "method"));
        record.put("status_code", old.get("status_code") == null ? 200L : number(old, "status_code"));
        record.put("response_time_us", micros(old.get("response_time_ms")));
        record.put("cache_result", isTrue(old.get("cache_hit")) ? "hit_sql" : "miss");
        record.put("cost_micros", 0L);
        record.put("saved_micros", 0L);
        record.put("user_agent", old.get("user_agent") == null ? null : text(old, "user_agent").replace("\0", ""));
        record.put("ip_address", address(text(old, "ip_address")));
        record.put("created_at", at);
        record.put("weight", 1L);
        record.put("tier", null);
        record.put("reason", null);
        return record;
    }

    private void flushUsage(String source, long since, long until, List<Map<String, Object>> records)
            throws TransferException {
        if (until > since) {
            target.usage(source, since, until, new EnumMap<>(Map.of(
                    MovedTable.USAGE_STATS, List.copyOf(records), MovedTable.USAGE_ROLLUP_HOURLY, sums(records))));
        }
        progress.moved(records.size(), 0);
        records.clear();
    }

    private static List<Map<String, Object>> sums(List<Map<String, Object>> records) {
        Map<List<Object>, Map<String, Object>> sums = new HashMap<>();
        for (Map<String, Object> record : records) {
            long at = (Long) record.get("created_at");
            long hour = at - Math.floorMod(at, HOUR_MILLIS);
            List<Object> slot = List.of(
                    hour, record.get("api_key_id"), record.get("endpoint"), record.get("cache_result"));
            Map<String, Object> one = new HashMap<>(record);
            one.put("hour", hour);
            one.put("requests", 1L);
            one.put("errors", (Long) record.get("status_code") >= 400 ? 1L : 0L);
            one.put("paid_calls", 0L);
            one.put("uncached_calls", 0L);
            int took = Latencies.bucket((int) Math.min(Integer.MAX_VALUE, (Long) record.get("response_time_us")));
            for (int bucket = 0; bucket < Latencies.BUCKETS; bucket++) {
                one.put(Latencies.column(bucket), bucket == took ? 1L : 0L);
            }
            sums.merge(slot, one, (sum, more) -> {
                for (Column column : MovedTable.USAGE_ROLLUP_HOURLY.columns()) {
                    if (!Target.SLOT.contains(column.name())) {
                        sum.put(column.name(), (Long) sum.get(column.name()) + (Long) more.get(column.name()));
                    }
                }
                return sum;
            });
        }
        return List.copyOf(sums.values());
    }

    private static Map<String, Object> values(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        Map<String, Object> values = new HashMap<>();
        for (int column = 1; column <= columns.getColumnCount(); column++) {
            Object value = rows.getObject(column);
            if (value != null) {
                // Numbers alike, whether SQLite's driver makes an int or a long of them.
                values.put(columns.getColumnLabel(column), value instanceof Integer small ? (Object) small.longValue() : value);
            }
        }
        return values;
    }

    private static String text(Map<String, Object> row, String column) {
        return String.valueOf(row.getOrDefault(column, "")).strip();
    }

    /** A whole number; 0 for what is none. */
    private static long number(Map<String, Object> row, String column) {
        Object value = row.get(column);
        if (value instanceof Number number) {
            return number.longValue();
        }
        return value != null && value.toString().strip().matches("-?\\d{1,18}")
                ? Long.parseLong(value.toString().strip()) : 0;
    }

    private static long micros(Object millis) {
        try {
            return millis == null ? 0 : Math.max(0, Math.round(Double.parseDouble(millis.toString()) * MICROS));
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    private static boolean isTrue(Object value) {
        return value != null && value.toString().strip().toLowerCase(Locale.ROOT).matches("[1-9]\\d*|true|t|yes");
    }

    /** An address that any database takes; null for a name or for nothing. */
    private static String address(String text) {
        boolean isOne = NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text) && !text.contains("%");
        return isOne ? text : null;
    }
}

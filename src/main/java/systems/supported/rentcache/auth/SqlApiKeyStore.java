package systems.supported.rentcache.auth;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import systems.supported.rentcache.coordination.QuotaLedger;
import systems.supported.rentcache.events.KeyChanged;
import systems.supported.rentcache.events.KeyRevoked;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.QuotaGrant;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.outbox.Outbox;
import systems.supported.rentcache.storage.Database;

/**
 * API keys in SQL. Each change appends to the log of invalidations in its own transaction, so that other processes on the
 * database learn of it. Thread-safe.
 */
public final class SqlApiKeyStore implements ApiKeyStore, QuotaLedger {
    /** What precedes a key's id in the lines of the log of invalidations that say that the key changed. */
    public static final String SCOPE = "api-key:";

    private static final String COLUMNS = """
            SELECT id, key_name, key_hash, key_hint, previous_hash, previous_expires_at, is_active, permissions,
                   daily_limit, monthly_limit, global_rate, endpoint_rates, daily_usage, usage_day, monthly_usage,
                   usage_month, created_at, expires_at, last_used
            FROM api_keys
            """;
    private static final String BY_HASH = COLUMNS + """
            WHERE key_hash = #{hash}
               OR previous_hash = #{hash}
            ORDER BY CASE WHEN key_hash = #{hash} THEN 0 ELSE 1 END, id DESC LIMIT 1""";
    private static final String BY_ID = COLUMNS + "WHERE id = #{id}";
    private static final String BY_NAME = COLUMNS + "WHERE key_name = #{name} ORDER BY is_active DESC, id DESC LIMIT 1";
    private static final String LIST = COLUMNS
            + "WHERE (is_active = 1 OR #{revoked} = 1) AND id > #{after} ORDER BY id LIMIT #{limit}";
    private static final String MATCHING = """
            WHERE (is_active = 1 OR #{revoked} = 1)
              AND (#{pattern} = '%' OR LOWER(key_name) LIKE LOWER(#{pattern}) ESCAPE '!')""";
    private static final String PAGE = COLUMNS + MATCHING + " ORDER BY id LIMIT #{limit} OFFSET #{offset}";
    private static final String COUNT = "SELECT COUNT(*) AS total FROM api_keys " + MATCHING;
    private static final String INSERT = """
            INSERT INTO api_keys (key_name, key_hash, key_hint, permissions, daily_limit, monthly_limit, global_rate,
                   endpoint_rates, created_at, expires_at)
            VALUES (#{name}, #{hash}, #{hint}, #{permissions}, #{daily}, #{monthly}, #{rate}, #{endpointRates},
                   #{now}, #{expiresAt})""";
    private static final String UPDATE = """
            UPDATE api_keys SET key_name = #{name}, permissions = #{permissions}, daily_limit = #{daily},
                   monthly_limit = #{monthly}, global_rate = #{rate}, endpoint_rates = #{endpointRates},
                   expires_at = #{expiresAt}, is_active = #{active}
            WHERE id = #{id}""";
    private static final String REVOKE =
            "UPDATE api_keys SET is_active = 0, previous_hash = NULL, previous_expires_at = NULL WHERE id = #{id}";
    private static final String ROTATE = """
            UPDATE api_keys SET previous_hash = key_hash, previous_expires_at = #{until}, key_hash = #{hash},
                   key_hint = #{hint}
            WHERE id = #{id}""";
    private static final String SAVE_USAGE = """
            UPDATE api_keys SET daily_usage = #{dayCount}, usage_day = #{day}, monthly_usage = #{monthCount},
                   usage_month = #{month}, last_used = #{now}
            WHERE id = #{id}""";

    /**
     * A day or month later than the given one stays, for another node's clock is ahead; it counts what is used, and is
     * not given back what was leased before it.
     */
    private static final String USE_QUOTA = """
            UPDATE api_keys
            SET daily_usage = CASE WHEN usage_day = #{day} THEN daily_usage + #{dayCount}
                                   WHEN usage_day > #{day} THEN daily_usage + #{dayFirst}
                                   ELSE #{dayFirst} END,
                usage_day = CASE WHEN usage_day > #{day} THEN usage_day ELSE #{day} END,
                monthly_usage = CASE WHEN usage_month = #{month} THEN monthly_usage + #{monthCount}
                                     WHEN usage_month > #{month} THEN monthly_usage + #{monthFirst}
                                     ELSE #{monthFirst} END,
                usage_month = CASE WHEN usage_month > #{month} THEN usage_month ELSE #{month} END
            WHERE id = #{id}
            AND CASE WHEN usage_day >= #{day} THEN daily_usage ELSE 0 END <= #{dailyRoom}
            AND CASE WHEN usage_month >= #{month} THEN monthly_usage ELSE 0 END <= #{monthlyRoom}""";
    private static final String USED = "UPDATE api_keys SET last_used = #{now} WHERE id = #{id}";

    private final Database database;
    private final Outbox outbox;

    /**
     * A part of the keys.
     *
     * @param keys  in the order of their ids
     * @param total how many there are with those before and after
     */
    public record Page(List<ApiKey> keys, long total) {
    }

    /** The keys of a database. */
    public SqlApiKeyStore(Database database) {
        this.database = database;
        this.outbox = new Outbox(database);
    }

    @Override
    public Future<ApiKey> create(KeySpec spec, String value, Instant now) {
        KeyHash hash = KeyHash.of(value);
        Map<String, Object> parameters = parameters(spec);
        parameters.put("hash", hash.hex());
        parameters.put("hint", KeyHash.hint(value));
        parameters.put("now", now.toEpochMilli());
        return change(spec.name(), connection -> SqlTemplate.forUpdate(connection, INSERT).execute(parameters)
                .compose(inserted -> one(connection, BY_HASH, Map.of("hash", hash.hex())))
                .compose(key -> announce(connection, key.orElseThrow(), now)));
    }

    @Override
    public Future<Optional<ApiKey>> byHash(KeyHash hash) {
        return Database.attempt(() -> one(database.reader(), BY_HASH, Map.of("hash", hash.hex())));
    }

    @Override
    public Future<Optional<ApiKey>> find(String idOrName) {
        return Database.attempt(() -> one(database.reader(), BY_NAME, Map.of("name", idOrName)))
                .compose(named -> named.isEmpty() && idOrName.matches("[0-9]{1,18}")
                        ? one(database.reader(), BY_ID, Map.of("id", Long.parseLong(idOrName)))
                        : Future.succeededFuture(named));
    }

    @Override
    public Future<List<ApiKey>> list(boolean withRevoked, long after, int limit) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), LIST)
                .execute(Map.of("revoked", withRevoked ? 1 : 0, "after", after, "limit", limit))).map(rows -> {
                    List<ApiKey> keys = new ArrayList<>();
                    rows.forEach(row -> keys.add(key(row)));
                    return keys;
                });
    }

    /** The key of an id, active or not. */
    public Future<Optional<ApiKey>> byId(long id) {
        return Database.attempt(() -> one(database.reader(), BY_ID, Map.of("id", id)));
    }

    /**
     * Keys with a text in their names, whatever its letter case, in the order of their ids.
     *
     * @param part  the text; empty for all keys
     * @param limit how many at most, after leaving out {@code offset} of them
     */
    public Future<Page> page(String part, boolean withRevoked, int limit, int offset) {
        String pattern = part.isEmpty() ? "%" : "%" + part.replaceAll("([!%_])", "!$1") + "%";
        Map<String, Object> matching = Map.of("revoked", withRevoked ? 1 : 0, "pattern", pattern);
        Map<String, Object> paged = new HashMap<>(matching);
        paged.put("limit", limit);
        paged.put("offset", offset);
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), PAGE).execute(paged))
                .compose(rows -> SqlTemplate.forQuery(database.reader(), COUNT).execute(matching).map(counted -> {
                    List<ApiKey> keys = new ArrayList<>();
                    rows.forEach(row -> keys.add(key(row)));
                    return new Page(keys, counted.iterator().next().getLong("total"));
                }));
    }

    @Override
    public Future<ApiKey> update(long id, KeySpec spec, boolean active, Instant now) {
        Map<String, Object> parameters = parameters(spec);
        parameters.put("id", id);
        parameters.put("active", active ? 1 : 0);
        return change(spec.name(), connection -> changed(connection, UPDATE, parameters, id, now));
    }

    @Override
    public Future<Void> revoke(long id, Instant now) {
        return database.write(connection -> changed(connection, REVOKE, Map.of("id", id), id, now)).mapEmpty();
    }

    @Override
    public Future<ApiKey> rotate(long id, String newValue, Duration overlap, Instant now) {
        Map<String, Object> parameters = Map.of(
                "id", id, "hash", KeyHash.of(newValue).hex(), "hint", KeyHash.hint(newValue),
                "until", now.plus(overlap).toEpochMilli());
        return change("", connection -> changed(connection, ROTATE, parameters, id, now));
    }

    @Override
    public Future<Void> saveUsage(Map<Long, Quota.Usage> usage, Instant now) {
        if (usage.isEmpty()) {
            return Future.succeededFuture();
        }
        List<Map<String, Object>> batch = usage.entrySet().stream()
                .map(used -> Map.<String, Object>of(
                        "id", used.getKey(),
                        "day", used.getValue().day(),
                        "dayCount", used.getValue().dayCount(),
                        "month", used.getValue().month(),
                        "monthCount", used.getValue().monthCount(),
                        "now", now.toEpochMilli()))
                .toList();
        return database.write(connection -> SqlTemplate.forUpdate(connection, SAVE_USAGE).executeBatch(batch))
                .mapEmpty();
    }

    @Override
    public Future<QuotaGrant> leaseQuota(long keyId, LimitPolicy policy, Quota.Period period, long want, long millis) {
        return database.write(connection -> take(connection, keyId, policy, period, want)
                .compose(taken -> taken || want == 1
                        ? Future.succeededFuture(taken ? want : 0L)
                        : take(connection, keyId, policy, period, 1).map(one -> one ? 1L : 0L))
                .compose(granted -> SqlTemplate.forUpdate(connection, USED)
                        .execute(Map.of("id", keyId, "now", millis))
                        .compose(noted -> one(connection, BY_ID, Map.of("id", keyId)))
                        .map(key -> new QuotaGrant(granted, key.map(ApiKey::usage).orElse(Quota.Usage.NONE)))));
    }

    /** Adds requests to the usage where the quotas allow it; whether they did. */
    private static Future<Boolean> take(
            SqlClient connection, long keyId, LimitPolicy policy, Quota.Period period, long count) {
        Quota.Usage delta = new Quota.Usage(period.day(), count, period.month(), count);
        return SqlTemplate.forUpdate(connection, USE_QUOTA)
                .execute(use(keyId, delta, policy.dailyLimit() - count, policy.monthlyLimit() - count))
                .map(updated -> updated.rowCount() == 1);
    }

    @Override
    public Future<Void> returnQuotas(Map<Long, Quota.Usage> deltas) {
        return database.write(connection ->
                SqlTemplate.forUpdate(connection, USE_QUOTA).executeBatch(uses(deltas))).mapEmpty();
    }

    @Override
    public Future<Void> addUsage(Map<Long, Quota.Usage> deltas, Instant now) {
        if (deltas.isEmpty()) {
            return Future.succeededFuture();
        }
        List<Map<String, Object>> used = new TreeMap<>(deltas).keySet().stream()
                .map(id -> Map.<String, Object>of("id", id, "now", now.toEpochMilli()))
                .toList();
        return database.write(connection -> SqlTemplate.forUpdate(connection, USE_QUOTA).executeBatch(uses(deltas))
                .compose(added -> SqlTemplate.forUpdate(connection, USED).executeBatch(used))).mapEmpty();
    }

    /** In the order of the keys' ids, so that two nodes' batches do not wait for each other. */
    private static List<Map<String, Object>> uses(Map<Long, Quota.Usage> deltas) {
        return new TreeMap<>(deltas).entrySet().stream()
                .map(delta -> use(delta.getKey(), delta.getValue(), Long.MAX_VALUE, Long.MAX_VALUE))
                .toList();
    }

    private static Map<String, Object> use(long keyId, Quota.Usage delta, long dailyRoom, long monthlyRoom) {
        return Map.of(
                "id", keyId,
                "day", delta.day(),
                "dayCount", delta.dayCount(),
                "dayFirst", Math.max(0, delta.dayCount()),
                "month", delta.month(),
                "monthCount", delta.monthCount(),
                "monthFirst", Math.max(0, delta.monthCount()),
                "dailyRoom", dailyRoom,
                "monthlyRoom", monthlyRoom);
    }

    private Future<ApiKey> change(String name, Function<SqlClient, Future<ApiKey>> work) {
        return database.write(work)
                .recover(failure -> Future.failedFuture(conflict(name, failure)));
    }

    private Future<ApiKey> changed(
            SqlClient connection, String sql, Map<String, Object> parameters, long id, Instant now) {
        return SqlTemplate.forUpdate(connection, sql).execute(parameters)
                .compose(updated -> one(connection, BY_ID, Map.of("id", id)))
                .compose(key -> announce(connection, key.orElseThrow(), now));
    }

    private Future<ApiKey> announce(SqlClient connection, ApiKey key, Instant now) {
        return outbox.log(
                connection, SCOPE + key.id(), now, List.of(),
                seq -> key.active() ? new KeyChanged(key.id()) : new KeyRevoked(key.id())).map(key);
    }

    private static Throwable conflict(String name, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (!message.toLowerCase(Locale.ROOT).contains("unique constraint")) {
            return failure;
        }
        return new KeyConflict(message.contains("key_hash")
                ? "This value belongs to a key already."
                : "There is an active key named '" + name + "' already.");
    }

    private static Future<Optional<ApiKey>> one(SqlClient client, String sql, Map<String, Object> parameters) {
        return SqlTemplate.forQuery(client, sql).execute(parameters).map((RowSet<Row> rows) ->
                rows.iterator().hasNext() ? Optional.of(key(rows.iterator().next())) : Optional.empty());
    }

    private static Map<String, Object> parameters(KeySpec spec) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("name", spec.name());
        parameters.put("permissions", Permission.format(spec.permissions()));
        parameters.put("daily", spec.dailyLimit() == Quota.UNLIMITED ? null : spec.dailyLimit());
        parameters.put("monthly", spec.monthlyLimit() == Quota.UNLIMITED ? null : spec.monthlyLimit());
        parameters.put("rate", spec.rate().map(Rate::toString).orElse(null));
        JsonObject rates = new JsonObject();
        new TreeMap<>(spec.endpointRates()).forEach((endpoint, rate) -> rates.put(endpoint, rate.toString()));
        parameters.put("endpointRates", rates.encode());
        parameters.put("expiresAt", spec.expiresAt() == null ? null : spec.expiresAt().toEpochMilli());
        return parameters;
    }

    private static ApiKey key(Row row) {
        Map<String, Rate> rates = new TreeMap<>();
        new JsonObject(row.getString("endpoint_rates"))
                .forEach(rate -> rates.put(rate.getKey(), Rate.parse((String) rate.getValue())));
        String previous = row.getString("previous_hash");
        return new ApiKey(
                row.getLong("id"),
                row.getString("key_name"),
                new KeyHash(row.getString("key_hash")),
                row.getString("key_hint"),
                previous == null
                        ? Optional.empty()
                        : Optional.of(new ApiKey.Previous(new KeyHash(previous), instant(row, "previous_expires_at"))),
                row.getLong("is_active") == 1,
                Permission.parse(row.getString("permissions")),
                Optional.ofNullable(row.getLong("daily_limit")).orElse(Quota.UNLIMITED),
                Optional.ofNullable(row.getLong("monthly_limit")).orElse(Quota.UNLIMITED),
                Optional.ofNullable(row.getString("global_rate")).map(Rate::parse),
                rates.isEmpty() ? Map.of() : rates,
                new Quota.Usage(
                        row.getLong("usage_day"), row.getLong("daily_usage"), row.getLong("usage_month"),
                        row.getLong("monthly_usage")),
                instant(row, "created_at"),
                instant(row, "expires_at"),
                instant(row, "last_used"));
    }

    private static Instant instant(Row row, String column) {
        Long millis = row.getLong(column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }
}

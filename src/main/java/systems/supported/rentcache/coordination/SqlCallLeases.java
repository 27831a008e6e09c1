package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import systems.supported.rentcache.storage.Database;

/**
 * {@link CallLeases} in PostgreSQL, for nodes without Redis: for each place of a bucket a row with the moment at which
 * it is free again, in milliseconds of PostgreSQL's clock. Nobody waits for a lock: a place that another node is taking
 * is passed over. A node says every {@link #PRESENCE_MILLIS} that it is there, in a row of its own.
 */
public final class SqlCallLeases implements CallLeases {
    private static final long PRESENCE_MILLIS = 2_000;
    private static final int EXPIRY_MILLIS = 10_000;
    private static final String NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    private static final String PRESENT = "INSERT INTO rate_limits (bucket, full_at) VALUES (#{node}, " + NOW
            + " + " + EXPIRY_MILLIS + ") ON CONFLICT (bucket) DO UPDATE SET full_at = EXCLUDED.full_at";
    private static final String GONE = "DELETE FROM rate_limits WHERE bucket = #{node}"
            + " OR bucket LIKE 'node:%' AND full_at < " + NOW;
    private static final String PLACES = """
            INSERT INTO rate_limits (bucket, full_at)
            SELECT CAST(#{bucket} AS TEXT) || ':' || place, 0 FROM generate_series(1, CAST(#{permits} AS INTEGER)) AS place
            ON CONFLICT (bucket) DO NOTHING""";
    private static final String LEASE = """
            WITH moment AS MATERIALIZED (SELECT %s AS now),
            places AS MATERIALIZED (
              SELECT CAST(#{bucket} AS TEXT) || ':' || place AS bucket
              FROM generate_series(1, CAST(#{permits} AS INTEGER)) AS place),
            free AS (
              SELECT r.bucket FROM rate_limits r, moment
              WHERE r.bucket IN (SELECT bucket FROM places)
                AND (r.full_at <= moment.now OR r.full_at > moment.now + 2 * CAST(#{window} AS BIGINT))
              LIMIT CAST(#{want} AS INTEGER) FOR UPDATE OF r SKIP LOCKED),
            taken AS (
              UPDATE rate_limits r SET full_at = moment.now + CAST(#{window} AS BIGINT) FROM moment
              WHERE r.bucket IN (SELECT bucket FROM free) RETURNING r.bucket)
            SELECT (SELECT COUNT(*) FROM taken) AS granted,
              (SELECT COALESCE(MIN(r.full_at - moment.now), 0) FROM rate_limits r, moment
                WHERE r.bucket IN (SELECT bucket FROM places) AND r.full_at > moment.now) AS wait,
              (SELECT COUNT(*) FROM rate_limits r, moment
                WHERE r.bucket LIKE 'node:%%' AND r.full_at > moment.now) AS nodes""".formatted(NOW);

    private final Vertx vertx;
    private final Database database;
    private final String node = "node:" + UUID.randomUUID();
    private final Set<String> placed = ConcurrentHashMap.newKeySet();
    private long timer;

    /** Leases in a database of PostgreSQL's, which the caller opens and closes. */
    public SqlCallLeases(Vertx vertx, Database database) {
        this.vertx = vertx;
        this.database = database;
    }

    /** Begins to say that the node is there; succeeds also where the database is away. */
    public Future<Void> start() {
        timer = vertx.setPeriodic(PRESENCE_MILLIS, due -> present());
        return present();
    }

    /** The node goes. */
    public Future<Void> stop() {
        vertx.cancelTimer(timer);
        return database.writeSingle(connection -> update(connection, GONE, Map.of("node", node))).otherwiseEmpty();
    }

    private Future<Void> present() {
        return database.writeSingle(connection -> update(connection, PRESENT, Map.of("node", node))).otherwiseEmpty();
    }

    private static Future<Void> update(SqlClient connection, String sql, Map<String, Object> parameters) {
        return SqlTemplate.forUpdate(connection, sql).execute(parameters).mapEmpty();
    }

    @Override
    public Future<Grant> lease(String bucket, int want, int permits, Duration window) {
        return places(bucket, permits).compose(there -> database.writeSingle(connection -> SqlTemplate
                .forQuery(connection, LEASE)
                .execute(Map.of("bucket", bucket, "want", want, "permits", permits, "window", window.toMillis()))
                .map(rows -> {
                    var row = rows.iterator().next();
                    int granted = row.getLong("granted").intValue();
                    // Where another node is taking the places, nobody knows yet until when.
                    long wait = granted == want ? 0 : Math.max(1, row.getLong("wait"));
                    return new Grant(
                            granted, Duration.ofMillis(wait), Math.max(1, row.getLong("nodes").intValue()));
                })));
    }

    private Future<Void> places(String bucket, int permits) {
        String name = bucket + ':' + permits;
        if (placed.contains(name)) {
            return Future.succeededFuture();
        }
        return database.writeSingle(connection ->
                        update(connection, PLACES, Map.of("bucket", bucket, "permits", permits)))
                .onSuccess(there -> placed.add(name));
    }
}

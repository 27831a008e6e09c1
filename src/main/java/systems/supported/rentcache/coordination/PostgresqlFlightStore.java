package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Subscription;

/**
 * Flights in PostgreSQL: a row for each key, which one statement changes by the server's time. Fences are one
 * sequence's, so a row is forgotten a minute after it ended.
 */
final class PostgresqlFlightStore implements FlightStore {
    private static final long FORGET_MILLIS = 60_000;
    private static final int ATTEMPTS = 3;

    /** Read anew whenever it is used: a statement that waited for a row must not go by the time at which it began. */
    private static final String NOW = "CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)";

    private static final String TAKE = """
            INSERT INTO flights AS known (cache_key, fence, phase, ends_at, failure)
            VALUES (#{key}, nextval('flights_fence'), 'HELD', %1$s + CAST(#{lease} AS BIGINT), '')
            ON CONFLICT (cache_key) DO UPDATE
            SET fence = nextval('flights_fence'), phase = 'HELD', ends_at = %1$s + CAST(#{lease} AS BIGINT),
                failure = ''
            WHERE known.ends_at <= %1$s OR known.phase = 'GONE'
               OR (known.phase <> 'HELD' AND known.fence <= CAST(#{after} AS BIGINT))
            RETURNING fence""".formatted(NOW);

    private static final String LOOK =
            "SELECT fence, phase, ends_at - %s AS left_millis, failure FROM flights WHERE cache_key = #{key}"
                    .formatted(NOW);

    private static final String RENEW = """
            UPDATE flights SET ends_at = %s + CAST(#{lease} AS BIGINT)
            WHERE cache_key = #{key} AND fence = #{fence} AND phase = 'HELD'""".formatted(NOW);

    private static final String LAND = """
            WITH landed AS (
                UPDATE flights SET phase = #{phase}, failure = #{failure}, ends_at = %s + CAST(#{remembered} AS BIGINT)
                WHERE cache_key = #{key} AND fence = #{fence} AND phase = 'HELD' RETURNING fence)
            SELECT pg_notify('%s', #{message}) FROM landed""".formatted(NOW, FlightMessage.CHANNEL);

    private static final String FORGET = "DELETE FROM flights WHERE ends_at < %s - %d".formatted(NOW, FORGET_MILLIS);

    private final Vertx vertx;
    private final Database database;
    private final long forgetting;

    PostgresqlFlightStore(Vertx vertx, Database database) {
        this.vertx = vertx;
        this.database = database;
        this.forgetting = vertx.setPeriodic(FORGET_MILLIS, timer -> forget());
    }

    @Override
    public Future<Take> take(CacheKey key, long after, Duration lease) {
        return take(key, after, lease, ATTEMPTS);
    }

    /** What was in the way may be gone by the time it is looked at. */
    private Future<Take> take(CacheKey key, long after, Duration lease, int attempts) {
        Map<String, Object> parameters = Map.of("key", key.hex(), "after", after, "lease", lease.toMillis());
        return database.writeSingle(connection -> SqlTemplate.forQuery(connection, TAKE).execute(parameters))
                .compose(rows -> {
                    if (rows.size() == 1) {
                        long fence = rows.iterator().next().getLong("fence");
                        return Future.succeededFuture(
                                new Take(true, new Sight(fence, Phase.HELD, lease.toMillis(), "")));
                    }
                    return look(key).compose(sight -> sight.isFree(after) && attempts > 1
                            ? take(key, after, lease, attempts - 1) : Future.succeededFuture(new Take(false, sight)));
                });
    }

    @Override
    public Future<Sight> look(CacheKey key) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), LOOK).execute(Map.of("key", key.hex())))
                .map(rows -> {
                    for (Row row : rows) {
                        return sight(row);
                    }
                    return FlightState.NONE.at(0);
                });
    }

    private static Sight sight(Row row) {
        long left = row.getLong("left_millis");
        return left > 0
                ? new Sight(row.getLong("fence"), Phase.valueOf(row.getString("phase")), left, row.getString("failure"))
                : new Sight(row.getLong("fence"), Phase.GONE, 0, "");
    }

    @Override
    public Future<Boolean> renew(CacheKey key, long fence, Duration lease) {
        Map<String, Object> parameters = Map.of("key", key.hex(), "fence", fence, "lease", lease.toMillis());
        return database.writeSingle(connection -> SqlTemplate.forUpdate(connection, RENEW).execute(parameters))
                .map(done -> done.rowCount() == 1);
    }

    @Override
    public Future<Boolean> land(FlightMessage end, String failure, Duration remembered) {
        Map<String, Object> parameters = Map.of(
                "key", end.key().hex(), "fence", end.fence(), "phase", end.phase().name(), "failure", failure,
                "remembered", remembered.toMillis(), "message", end.text());
        return database.writeSingle(connection -> SqlTemplate.forQuery(connection, LAND).execute(parameters))
                .map(landed -> landed.size() == 1);
    }

    @Override
    public Future<Subscription> listen(Consumer<String> handler) {
        return database.listen(FlightMessage.CHANNEL, handler);
    }

    /** What is not forgotten now is the next time, by this node or another. */
    Future<Void> forget() {
        return database.writeSingle((SqlClient connection) -> connection.query(FORGET).execute()).mapEmpty();
    }

    @Override
    public void close() {
        vertx.cancelTimer(forgetting);
    }
}

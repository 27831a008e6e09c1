package systems.supported.rentcache.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.config.RedisUrl;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.CallLeases;
import systems.supported.rentcache.coordination.FlightTerms;
import systems.supported.rentcache.coordination.Flights;
import systems.supported.rentcache.coordination.RedisCallLeases;
import systems.supported.rentcache.coordination.SharedLimits;
import systems.supported.rentcache.coordination.SqlCallLeases;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.RedisClient;

/**
 * What this node holds together with others, through a Redis or a PostgreSQL that they share: limits, flights and the
 * pace of calls. Where it shares neither, it holds them alone.
 */
final class SharedServers {
    private final Vertx vertx;
    private final Settings.Storage storage;
    private final Database database;
    private final Metrics metrics;
    private final Optional<RedisClient> redis;
    /** For calls that nodes make together: apart from the tier's, whose large writes would delay them. */
    private final Optional<RedisClient> callsRedis;
    private final Optional<SharedLimits> limits;
    private Flights flights;
    private SqlCallLeases sqlLeases;

    SharedServers(
            Vertx vertx, Settings settings, Database database, NodeHealth health, Catalog catalog, SqlApiKeyStore keys,
            Metrics metrics) {
        this.vertx = vertx;
        this.storage = settings.storage();
        this.database = database;
        this.metrics = metrics;
        this.redis = redisClient(health.redis());
        this.callsRedis = redisClient(health.calls());
        this.limits = redisClient(health.limits()).map(client -> new SharedLimits(
                vertx, client, keys, catalog.endpoints().stream().map(Endpoint::name).toList(),
                settings.limiting().strict(), System::nanoTime));
    }

    /** A client of its own connections, where there is a Redis. */
    private Optional<RedisClient> redisClient(PartHealth told) {
        return storage.redisUrl().filter(url -> storage.redisEnabled()).map(url -> new RedisClient(
                vertx, RedisClient.Options.standard(RedisUrl.of(url), storage.redisTimeout()), told));
    }

    /** Whether there is a server that other nodes see as well. */
    static boolean areShared(Settings.Storage storage) {
        return storage.redisEnabled() || storage.database() instanceof DatabaseUrl.Postgresql;
    }

    /**
     * Connects to them. Whether Redis is there is in the log and in the health answer: it may come later, and go.
     *
     * @param longestCall how long a call upstream may take at most
     * @param stops       gets what has to be put away again
     */
    Future<Void> connect(Duration longestCall, Deque<Supplier<Future<?>>> stops) {
        return connectRedis(stops).compose(connected -> {
            flights = openFlights(FlightTerms.standard(longestCall));
            stops.push(flights::close);
            return countAsNode(stops);
        });
    }

    private Future<Void> connectRedis(Deque<Supplier<Future<?>>> stops) {
        if (redis.isEmpty()) {
            return Future.succeededFuture();
        }
        stops.push(redis.get()::close);
        stops.push(callsRedis.get()::close);
        stops.push(limits.get()::stop);
        return redis.get().check().otherwiseEmpty().compose(checked -> limits.get().start());
    }

    /** Where nodes share a Redis or a PostgreSQL, one makes a call for all of them. */
    private Flights openFlights(FlightTerms terms) {
        if (callsRedis.isPresent()) {
            return Flights.onRedis(vertx, callsRedis.get(), RedisTier.PREFIX, terms, metrics);
        }
        return onPostgresql() ? Flights.onPostgresql(vertx, database, terms, metrics) : Flights.local();
    }

    /** Where the nodes share no Redis, PostgreSQL counts their calls upstream. */
    private Future<Void> countAsNode(Deque<Supplier<Future<?>>> stops) {
        if (redis.isPresent() || !onPostgresql()) {
            return Future.succeededFuture();
        }
        sqlLeases = new SqlCallLeases(vertx, database);
        stops.push(sqlLeases::stop);
        return sqlLeases.start();
    }

    private boolean onPostgresql() {
        return storage.database() instanceof DatabaseUrl.Postgresql;
    }

    /** The client for the tier, where there is a Redis. */
    Optional<RedisClient> redis() {
        return redis;
    }

    /** The limits that nodes hold together; null where this process keeps them alone. */
    SharedLimits limits() {
        return limits.orElse(null);
    }

    /** The calls that are under way; once connected. */
    Flights flights() {
        return flights;
    }

    /** What nodes share of the upstream's rate, once connected; null where this process is alone. */
    CallLeases callLeases() {
        return callsRedis.<CallLeases>map(RedisCallLeases::new).orElse(sqlLeases);
    }

    /** What each of them takes for the time, in milliseconds since 1970, by its name. */
    Map<String, Supplier<Future<Long>>> clocks() {
        Map<String, Supplier<Future<Long>>> clocks = new LinkedHashMap<>();
        if (onPostgresql()) {
            clocks.put("the database", database::serverMillis);
        }
        redis.ifPresent(shared -> clocks.put("Redis", shared::serverMillis));
        return clocks;
    }
}

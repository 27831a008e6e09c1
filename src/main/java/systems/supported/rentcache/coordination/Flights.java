package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.RedisClient;

/**
 * One upstream call for a cold key at a time, whichever nodes ask.
 *
 * <p>Who needs an answer boards the key's flight. One of them becomes its owner: it makes the call, keeps the answer in
 * the shared tiers and lands the flight. The others are passengers, and learn what came of it. An owner holds a lease,
 * which it renews while its flight is open; where it dies, the lease ends and the next one to board is the owner, with
 * a higher fence.
 *
 * <p>A flight does not depend on who waits for it: passengers leave by forgetting their future. While the store that
 * the nodes share does not answer, every node makes its own calls, and the metric {@code rentcache_flights_local_total}
 * counts them. Thread-safe; futures complete on any thread and never fail, but where it is said.
 */
public sealed interface Flights permits LocalFlights, SharedFlights {
    /** Flights of one process, which shares with nobody. */
    static Flights local() {
        return new LocalFlights();
    }

    /**
     * Flights of all nodes on one Redis.
     *
     * @param redis   the caller's to close, afterwards; best one of its own, so that large writes do not delay flights
     * @param answers what the names begin with under which it keeps answers; a key's digits follow
     */
    static Flights onRedis(Vertx vertx, RedisClient redis, String answers, FlightTerms terms, Metrics metrics) {
        return new SharedFlights(vertx, new RedisFlightStore(redis, answers), terms, metrics);
    }

    /**
     * Flights of all nodes on one PostgreSQL.
     *
     * @param database the caller's to close, afterwards
     */
    static Flights onPostgresql(Vertx vertx, Database database, FlightTerms terms, Metrics metrics) {
        return new SharedFlights(vertx, new PostgresqlFlightStore(vertx, database), terms, metrics);
    }

    /** Boards as one who knows of no outcome yet. */
    default Future<Boarding> board(CacheKey key) {
        return board(key, 0);
    }

    /**
     * Boards.
     *
     * <p>An outcome is remembered for a second, so that one who looked in the tiers just before the answer was kept
     * there, or who comes right after a failure, makes no call of its own. One who was told that the answer is kept,
     * but no longer finds it, boards again {@code after} that outcome's fence.
     *
     * @param after outcomes of flights up to this fence are not wanted; 0 where every one is
     */
    Future<Boarding> board(CacheKey key, long after);

    /**
     * Boards at the same time as the store is asked for an answer, for one who boards if it has none.
     *
     * @return empty where the store has an answer, or cannot tell: who needs a flight then boards; fails where it does not
     *         answer: who needs a flight then is {@link #alone}
     */
    default Future<Optional<Boarding>> boardUnlessKept(CacheKey key) {
        return Future.succeededFuture(Optional.empty());
    }

    /** A flight that no other node knows of, counted as such. */
    Boarding alone();

    /** Whether a node makes a call for a key at this moment; nothing boards. False where the store does not answer. */
    Future<Boolean> isOpen(CacheKey key);

    /** Gives up the leases that are held, so that other nodes need not wait for their end, and lets passengers go. */
    Future<Void> close();
}

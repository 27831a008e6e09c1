package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;
import systems.supported.rentcache.storage.Subscription;

/**
 * Where nodes agree on flights: the steps of {@link FlightState}, each done at once and by the store's clock. Futures
 * fail where the store is away, complete on any thread, and may take as long as they like.
 */
interface FlightStore {
    /**
     * What came of taking off.
     *
     * @param taken whether it was done
     * @param sight the new flight, or what is in the way
     */
    record Take(boolean taken, Sight sight) {
    }

    /** See {@link FlightState#take}. */
    Future<Take> take(CacheKey key, long after, Duration lease);

    /**
     * Takes off where the store holds no answer, as one to whom all outcomes are in the way; empty where it holds one,
     * or is not where answers are.
     */
    default Future<Optional<Take>> takeUnlessKept(CacheKey key, Duration lease) {
        return Future.succeededFuture(Optional.empty());
    }

    /** See {@link FlightState#at}. */
    Future<Sight> look(CacheKey key);

    /** See {@link FlightState#renew}; false where the lease is lost. */
    Future<Boolean> renew(CacheKey key, long fence, Duration lease);

    /** See {@link FlightState#land}; false where the lease is lost. Where it is not, it tells all nodes. */
    Future<Boolean> land(FlightMessage end, String failure, Duration remembered);

    /** Hears the messages of all nodes, while the store is there. */
    Future<Subscription> listen(Consumer<String> handler);

    /** Ends what the store does by itself. */
    void close();
}

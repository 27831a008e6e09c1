package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Work that is done once for all who ask for it while it is under way. Confined to one event loop.
 *
 * @param <K> what is asked for
 * @param <V> what comes of it
 */
final class SingleFlight<K, V> {
    private final Map<K, Future<V>> underWay = new HashMap<>();

    /** The work under way for a key; null where there is none. */
    Future<V> joinable(K key) {
        return underWay.get(key);
    }

    /** Begins work that others may join until it completes. */
    Future<V> begin(K key, Supplier<Future<V>> work) {
        Promise<V> landed = Promise.promise();
        underWay.put(key, landed.future());
        Future.succeededFuture().compose(now -> work.get()).onComplete(outcome -> {
            underWay.remove(key, landed.future());
            landed.handle(outcome);
        });
        return landed.future();
    }

    /** How much work is under way. */
    int size() {
        return underWay.size();
    }
}

package systems.supported.rentcache.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.limits.CallPacing;
import systems.supported.rentcache.limits.Rate;

/**
 * Lets each upstream key make no more calls than Rentcast admits; of several keys the next call takes the one that is
 * free first. Confined to one event loop.
 */
final class UpstreamPacing {
    /** Calls that left a window apart can arrive a little closer together. */
    private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MOST_KEYS = 10_000;

    private final Vertx vertx;
    private final Rate rate;
    private final LongSupplier nanoTime;
    private final Cache<ConsumerKey, CallPacing> pacings = Caffeine.newBuilder().maximumSize(MOST_KEYS).build();

    UpstreamPacing(Vertx vertx, Rate rate, LongSupplier nanoTime) {
        this.vertx = vertx;
        this.rate = rate;
        this.nanoTime = nanoTime;
    }

    /**
     * Waits for a key's turn.
     *
     * @param keys          the keys that may be used, at least one
     * @param maxWaitMillis the longest wait that is of use
     * @return the key to use; null where the wait would be longer
     */
    Future<ConsumerKey> turn(List<ConsumerKey> keys, long maxWaitMillis) {
        if (rate.isUnlimited()) {
            return Future.succeededFuture(keys.get(0));
        }
        long now = nanoTime.getAsLong();
        ConsumerKey key = keys.stream()
                .min(Comparator.comparingLong(candidate -> pacing(candidate).waitFor(now)))
                .orElseThrow();
        long wait = pacing(key).reserve(now, TimeUnit.MILLISECONDS.toNanos(maxWaitMillis));
        if (wait == CallPacing.TOO_LONG) {
            return Future.succeededFuture();
        }
        if (wait == 0) {
            return Future.succeededFuture(key);
        }
        Promise<ConsumerKey> turn = Promise.promise();
        vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(wait) + 1, timer -> turn.complete(key));
        return turn.future();
    }

    private CallPacing pacing(ConsumerKey key) {
        return pacings.get(key, unseen -> new CallPacing(
                (int) Math.min(rate.permits(), 100_000), rate.window().toNanos() + MARGIN_NANOS));
    }
}

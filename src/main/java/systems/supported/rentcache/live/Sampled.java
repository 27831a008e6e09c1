package systems.supported.rentcache.live;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A value that costs something to learn, and that many may ask for: it is learnt at most once a second, and never for more
 * than a twentieth of the time. Where it cannot be learnt, it is what it was. Thread-safe.
 */
final class Sampled<T> {
    private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
    private static final int SHARE = 20;
    /** A source that hangs is asked again. */
    private static final long PATIENCE_MILLIS = 2_000;

    private final Vertx vertx;
    private final Supplier<Future<T>> source;
    private T value;
    private Future<T> pending;
    private long nextAt;

    /**
     * A value that is not known yet.
     *
     * @param source asks for it
     * @param first  what it is until then, or null
     */
    Sampled(Vertx vertx, Supplier<Future<T>> source, T first) {
        this.vertx = vertx;
        this.source = source;
        this.value = first;
        this.nextAt = System.nanoTime();
    }

    /** The value; never fails. Comes on the caller's context, whoever else asked first. */
    Future<T> get() {
        Context here = vertx.getOrCreateContext();
        Promise<T> answer = Promise.promise();
        sample().onComplete(done -> here.runOnContext(now -> answer.complete(done.result())));
        return answer.future();
    }

    private synchronized Future<T> sample() {
        long now = System.nanoTime();
        if (pending != null) {
            return pending;
        }
        if (now - nextAt < 0) {
            return Future.succeededFuture(value);
        }
        Promise<T> sampled = Promise.promise();
        pending = sampled.future();
        source.get().timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .onComplete(done -> sampled.complete(settle(done.succeeded() ? done.result() : null, now)));
        return sampled.future();
    }

    private synchronized T settle(T learnt, long begun) {
        long now = System.nanoTime();
        pending = null;
        nextAt = Math.max(begun + KEPT_NANOS, now + (now - begun) * SHARE);
        if (learnt != null) {
            value = learnt;
        }
        return value;
    }
}

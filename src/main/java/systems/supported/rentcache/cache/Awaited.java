package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/** Waits for what other threads complete. */
public final class Awaited {
    private Awaited() {
    }

    /**
     * The same future, on the context on which it is asked for, whoever completes it: what comes next may be confined to
     * that context, and a request's trace belongs to it.
     *
     * @param vertx   of the context; one is made where there is none
     * @param awaited what is waited for
     */
    public static <T> Future<T> here(Vertx vertx, Future<T> awaited) {
        if (awaited.isComplete()) {
            return awaited;
        }
        Promise<T> arrived = ((ContextInternal) vertx.getOrCreateContext()).promise();
        awaited.onComplete(arrived);
        return arrived.future();
    }
}

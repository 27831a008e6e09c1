package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Counts what is under way, so that its end can be waited for. Confined to one event loop. */
final class UnderWay {
    private final Promise<Void> end = Promise.promise();
    private int count;
    private boolean awaited;

    /** Adds one. */
    <T> Future<T> add(Future<T> one) {
        count++;
        return one.onComplete(done -> {
            count--;
            look();
        });
    }

    /** When none is under way any more. */
    Future<Void> ended() {
        awaited = true;
        look();
        return end.future();
    }

    private void look() {
        if (awaited && count == 0) {
            end.tryComplete();
        }
    }
}

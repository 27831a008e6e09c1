package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Writes what there is in parts, one after another, and rests between them, so that where there are many the core and the
 * database are for others nearly all of the time. All that there is once takes a minute at most, unless the writing
 * itself takes longer. One part alone is written at once.
 *
 * <p>Confined to one context.
 */
final class Pacing {
    /** How long all is to take at most. */
    static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** How long a rest is at most: one part may have taken long because others were at the database. */
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How many times as long as it was written is rested. */
    static final int RESTS = 19;

    private final Vertx vertx;
    private final BooleanSupplier pressed;
    private final LongSupplier nanos;
    private Runnable awaken = () -> { };
    private boolean hurried;

    /**
     * A pacing.
     *
     * @param pressed whether there is no time for rests
     * @param nanos   a clock that nobody sets
     */
    Pacing(Vertx vertx, BooleanSupplier pressed, LongSupplier nanos) {
        this.vertx = vertx;
        this.pressed = pressed;
        this.nanos = nanos;
    }

    /**
     * How long to rest.
     *
     * @param took    how long the last part took, in nanoseconds
     * @param elapsed how long all parts took so far, with the rests
     * @param left    how many parts are left
     */
    static long rest(long took, long elapsed, int left) {
        long due = Math.min(RESTS * took, LONGEST_NANOS);
        return left == 0 ? 0 : Math.max(0, Math.min(due, (MOST_NANOS - elapsed) / left));
    }

    /**
     * Writes parts.
     *
     * @param write writes one
     * @return fails with the first part that fails; those after it are not written
     */
    <T> Future<Void> write(Collection<T> parts, Function<T, Future<Void>> write) {
        Promise<Void> all = Promise.promise();
        new Pass<>(parts, write, all).next();
        return all.future();
    }

    /** No more rests, and the one that there is ends. */
    void hurry() {
        hurried = true;
        awaken.run();
    }

    /** What is written of some parts. */
    private final class Pass<T> {
        private final Iterator<T> parts;
        private final Function<T, Future<Void>> write;
        private final Promise<Void> all;
        private final long begun = nanos.getAsLong();
        private int left;

        Pass(Collection<T> parts, Function<T, Future<Void>> write, Promise<Void> all) {
            this.parts = parts.iterator();
            this.left = parts.size();
            this.write = write;
            this.all = all;
        }

        private void next() {
            if (!parts.hasNext()) {
                all.complete();
                return;
            }
            left--;
            long before = nanos.getAsLong();
            T part = parts.next();
            // What throws fails as well: all of it has to end.
            Future.<Void>succeededFuture().compose(turn -> write.apply(part)).onSuccess(written -> {
                long now = nanos.getAsLong();
                rest(Pacing.rest(now - before, now - begun, left));
            }).onFailure(all::fail);
        }

        private void rest(long nanos) {
            long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
            if (millis == 0 || hurried || pressed.getAsBoolean()) {
                next();
                return;
            }
            long timer = vertx.setTimer(millis, rested -> next());
            awaken = () -> {
                if (vertx.cancelTimer(timer)) {
                    next();
                }
            };
        }
    }
}

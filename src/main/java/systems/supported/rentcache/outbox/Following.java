package systems.supported.rentcache.outbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One who reads events as they come; see {@link OutboxReader#follow}. Thread-safe. */
public final class Following {
    private static final long RETRY_MILLIS = 1_000;
    /** New events are read together when they come thick. */
    private static final long GATHER_MILLIS = 20;
    private static final long PATIENCE_MILLIS = 5_000;

    private final Vertx vertx;
    private final OutboxSignal signal;
    private final Function<String, Future<EventPage>> read;
    private final Function<EventPage, Future<Void>> taker;
    private volatile String position;
    private volatile boolean closed;

    Following(
            Vertx vertx, OutboxSignal signal, Function<String, Future<EventPage>> read, String after,
            Function<EventPage, Future<Void>> taker) {
        this.vertx = vertx;
        this.signal = signal;
        this.read = read;
        this.position = after;
        this.taker = taker;
    }

    void begin() {
        signal.waiting(1);
        step();
    }

    private void step() {
        if (closed) {
            return;
        }
        // Before it is read: what comes after that is told of.
        Future<Void> told = signal.next();
        read.apply(position)
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .compose(page -> {
                    boolean isNew = !page.next().equals(position) || !page.events().isEmpty();
                    Future<Void> taken = closed || !isNew ? Future.succeededFuture() : taker.apply(page);
                    return taken.map(page);
                })
                .onSuccess(page -> {
                    position = page.next();
                    if (page.more()) {
                        step();
                    } else {
                        told.onComplete(more -> vertx.setTimer(GATHER_MILLIS, due -> step()));
                    }
                })
                .onFailure(failure -> vertx.setTimer(RETRY_MILLIS, due -> step()));
    }

    /** Up to where events were taken. */
    public String position() {
        return position;
    }

    /** Reads no more; what is being taken is taken. May be called twice. */
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        signal.waiting(-1);
    }
}

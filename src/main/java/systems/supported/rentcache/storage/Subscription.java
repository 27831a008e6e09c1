package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that hears the messages of one channel, and is made anew whenever it is lost. What is sent meanwhile is
 * not heard, and nobody says so: who depends on a message must also look by itself. Thread-safe.
 */
public final class Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final Vertx vertx;
    private final String channel;
    private final Duration retryAfter;
    private final Source source;
    private Supplier<Future<Void>> live;
    private boolean faulty;
    private boolean closed;

    /** Connects to a channel. */
    @FunctionalInterface
    interface Source {
        /**
         * Connects and listens.
         *
         * @param lost to be run, also more than once, when the connection is gone
         * @return how to close the connection
         */
        Future<Supplier<Future<Void>>> open(Runnable lost);
    }

    private Subscription(Vertx vertx, String channel, Duration retryAfter, Source source) {
        this.vertx = vertx;
        this.channel = channel;
        this.retryAfter = retryAfter;
        this.source = source;
    }

    /** Completes after the first attempt to connect, whatever came of it; the others follow in the background. */
    static Future<Subscription> open(Vertx vertx, String channel, Duration retryAfter, Source source) {
        Subscription made = new Subscription(vertx, channel, retryAfter, source);
        return made.connect().transform(tried -> Future.succeededFuture(made));
    }

    /** Whether messages are heard, as far as is known. */
    public synchronized boolean isConnected() {
        return live != null;
    }

    private Future<Void> connect() {
        // A connection may be lost before it is known how to close it.
        boolean[] lost = new boolean[1];
        Supplier<?>[] own = new Supplier<?>[1];
        return source.open(() -> {
            Supplier<Future<Void>> remains;
            synchronized (this) {
                lost[0] = true;
                if (own[0] == null || live != own[0]) {
                    return;
                }
                remains = live;
                live = null;
            }
            // A client whose connection is gone keeps what it needs for others.
            remains.get();
            again();
        }).<Void>compose(closing -> {
            boolean unwanted;
            boolean gone;
            synchronized (this) {
                own[0] = closing;
                gone = lost[0];
                unwanted = closed || gone;
                if (!unwanted) {
                    live = closing;
                    if (faulty) {
                        faulty = false;
                        LOG.info("Messages of {} are heard again.", channel);
                    }
                }
            }
            if (gone) {
                again();
            }
            return unwanted ? closing.get().otherwiseEmpty() : Future.succeededFuture();
        }).onFailure(failure -> again());
    }

    private void again() {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (!faulty) {
                faulty = true;
                LOG.warn("Messages of {} are not heard; trying again every {} ms.", channel, retryAfter.toMillis());
            }
        }
        vertx.setTimer(retryAfter.toMillis(), due -> {
            boolean wanted;
            synchronized (this) {
                wanted = !closed && live == null;
            }
            if (wanted) {
                connect();
            }
        });
    }

    /** Hears nothing more. */
    public Future<Void> close() {
        Supplier<Future<Void>> closing;
        synchronized (this) {
            closed = true;
            closing = live;
            live = null;
        }
        return closing == null ? Future.succeededFuture() : closing.get().otherwiseEmpty();
    }
}

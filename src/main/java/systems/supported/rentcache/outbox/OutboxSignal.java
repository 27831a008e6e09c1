package systems.supported.rentcache.outbox;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Subscription;

/**
 * Says that there may be new events: this process tells it of its own, PostgreSQL of those of others. While anybody
 * waits, the database is also asked from time to time, for SQLite tells nothing, and a message may be lost. Thread-safe.
 */
final class OutboxSignal {
    private static final String CHANNEL = "rentcache_outbox";

    private final Vertx vertx;
    private final Database database;
    private final Outbox outbox;
    private Promise<Void> next = Promise.promise();
    private Subscription subscription;
    private int waiting;
    private long known = -1;
    private boolean asking;
    private long timer = -1;

    OutboxSignal(Vertx vertx, Database database, Outbox outbox) {
        this.vertx = vertx;
        this.database = database;
        this.outbox = outbox;
    }

    /** Begins to listen; completes after the first attempt, whatever came of it. */
    Future<Void> start() {
        timer = vertx.setPeriodic(database.changesInterval().toMillis(), tick -> ask());
        return database.listen(CHANNEL, message -> tell())
                .onSuccess(listening -> subscription = listening)
                .otherwiseEmpty()
                .mapEmpty();
    }

    /** Listens no more. */
    Future<Void> stop() {
        vertx.cancelTimer(timer);
        return subscription == null ? Future.succeededFuture() : subscription.close();
    }

    /** Completes when there may be events that were not there when this was called. */
    synchronized Future<Void> next() {
        return next.future();
    }

    /** There are new events. */
    void tell() {
        Promise<Void> told;
        synchronized (this) {
            told = next;
            next = Promise.promise();
        }
        told.complete();
    }

    /** One more, or one less, waits for events. */
    synchronized void waiting(int more) {
        waiting += more;
    }

    private void ask() {
        synchronized (this) {
            if (waiting == 0 || asking) {
                return;
            }
            asking = true;
        }
        outbox.last().onComplete(asked -> {
            boolean isNew;
            synchronized (this) {
                asking = false;
                isNew = asked.succeeded() && asked.result() != known;
                known = asked.succeeded() ? asked.result() : known;
            }
            if (isNew) {
                tell();
            }
        });
    }
}

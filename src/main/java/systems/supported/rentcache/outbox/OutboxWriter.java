package systems.supported.rentcache.outbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlClient;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.Database;

/**
 * Keeps a process's events, and tells them on the event bus once they are kept, with their cursors. Nobody waits for it.
 *
 * <p>An event that changes nothing in the database waits for others, or for the next transaction of
 * {@link #write}; the transactions are one after another, so the events of a question are kept in their order. Events
 * that cannot be kept for two seconds are told all the same, without a cursor. They go on waiting to be kept; how many do is
 * bounded, and what is past that is counted as lost to the outbox. Thread-safe.
 */
public final class OutboxWriter {
    private static final int MOST_WAITING = 10_000;
    private static final int MOST_IN_A_BATCH = 1_000;
    private static final long GATHER_MILLIS = 20;
    private static final long RETRY_MILLIS = 1_000;
    private static final long OVERDUE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Vertx vertx;
    private final Database database;
    private final Outbox outbox;
    private final OutboxSignal signal;
    private final Metrics metrics;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    /** Those of them that a transaction is keeping. */
    private final Deque<Waiting> underWay = new ArrayDeque<>();
    /** What happens by that transaction, and is its caller's until it is kept. */
    private final List<Waiting> given = new ArrayList<>();
    private Future<?> last = Future.succeededFuture();
    private boolean due;
    private long timer = -1;

    private record Waiting(EventMessage message, long since) {
    }

    /** A writer for who changes something now and then, and needs no events of other kinds. */
    public OutboxWriter(Vertx vertx, Database database, Metrics metrics) {
        this(vertx, database, new OutboxSignal(vertx, database, new Outbox(database)), metrics);
    }

    /**
     * A writer.
     *
     * @param signal is told of what was kept
     */
    OutboxWriter(Vertx vertx, Database database, OutboxSignal signal, Metrics metrics) {
        this.vertx = vertx;
        this.database = database;
        this.outbox = new Outbox(database);
        this.signal = signal;
        this.metrics = metrics;
    }

    /** Begins to look for events that have waited for too long. */
    void start() {
        timer = vertx.setPeriodic(RETRY_MILLIS, tick -> tellOverdue());
    }

    /** Writes what waits, if that can be done now; what cannot is counted as lost. */
    Future<Void> stop() {
        vertx.cancelTimer(timer);
        return flush().transform(tried -> {
            List<Waiting> lost = takeAll();
            lost.forEach(event -> lose(event.message));
            return Future.succeededFuture();
        });
    }

    /** Takes an event that changes nothing in the database: it is kept and told soon. */
    public void add(EventMessage message) {
        if (!outbox.isOn()) {
            message.tell(vertx);
            return;
        }
        boolean full;
        boolean first;
        synchronized (this) {
            full = waiting.size() >= MOST_WAITING;
            if (!full) {
                waiting.add(new Waiting(message, System.nanoTime()));
            }
            first = !full && !due;
            due |= first;
        }
        if (full) {
            lose(message);
        } else if (first) {
            writeIn(GATHER_MILLIS);
        }
    }

    /** Tells an event that is not going to be kept. */
    public void lose(EventMessage message) {
        message.place(null);
        message.tell(vertx);
        if (outbox.isOn()) {
            metrics.dropped("outbox").increment();
        }
    }

    /**
     * Does some work in a transaction that also keeps events.
     *
     * @param events what happens by the work; where it fails they are told without cursors, and stay the caller's
     * @param work   has to append the events that it is given, which are those that waited and then {@code events}
     */
    public <T> Future<T> write(
            List<EventMessage> events, BiFunction<SqlClient, List<EventMessage>, Future<T>> work) {
        return inTurn(() -> {
            List<EventMessage> all = take(events);
            return database.write(connection -> work.apply(connection, all))
                    .onSuccess(done -> {
                        forgetUnderWay();
                        kept(all);
                    })
                    .onFailure(failure -> notKept(all));
        });
    }

    private synchronized <T> Future<T> inTurn(Supplier<Future<T>> work) {
        Future<T> mine = last.transform(before -> work.get());
        last = mine;
        return mine;
    }

    private synchronized List<EventMessage> take(List<EventMessage> events) {
        List<EventMessage> taken = new ArrayList<>();
        while (!waiting.isEmpty() && taken.size() < MOST_IN_A_BATCH) {
            Waiting next = waiting.poll();
            underWay.add(next);
            taken.add(next.message);
        }
        long now = System.nanoTime();
        events.forEach(event -> given.add(new Waiting(event, now)));
        taken.addAll(events);
        return taken;
    }

    /** Tells events on the event bus that are kept now. */
    public void kept(List<EventMessage> messages) {
        messages.forEach(message -> message.tell(vertx));
        if (!messages.isEmpty()) {
            signal.tell();
        }
    }

    private void notKept(List<EventMessage> messages) {
        synchronized (this) {
            for (Iterator<Waiting> back = underWay.descendingIterator(); back.hasNext();) {
                waiting.addFirst(back.next());
            }
            forgetUnderWay();
        }
        messages.forEach(message -> {
            message.place(null);
            message.tellUnplaced(vertx);
        });
    }

    private void writeIn(long millis) {
        vertx.setTimer(Math.max(1, millis), gathered -> writeWaiting());
    }

    /** Writes what no other transaction took along meanwhile. */
    private void writeWaiting() {
        long left = GATHER_MILLIS - waitedMillis();
        if (left > 0) {
            writeIn(left);
            return;
        }
        flush().onComplete(done -> {
            boolean again;
            synchronized (this) {
                again = !waiting.isEmpty() && !database.isClosed();
                due = again;
            }
            if (again) {
                writeIn(done.succeeded() ? GATHER_MILLIS : RETRY_MILLIS);
            }
        });
    }

    /** How long the oldest of those that wait has done so; where none does, longer than any has to. */
    private synchronized long waitedMillis() {
        return waiting.isEmpty() ? GATHER_MILLIS
                : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - waiting.peek().since);
    }

    private Future<Void> flush() {
        return hasWaiting() ? write(List.of(), outbox::append) : Future.succeededFuture();
    }

    private synchronized boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    private synchronized void forgetUnderWay() {
        underWay.clear();
        given.clear();
    }

    private synchronized List<Waiting> takeAll() {
        List<Waiting> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    /** The database hangs, or has been away. */
    private void tellOverdue() {
        List<Waiting> overdue = new ArrayList<>();
        long now = System.nanoTime();
        synchronized (this) {
            Stream.of(underWay, given, waiting).flatMap(Collection::stream)
                    .filter(event -> now - event.since > OVERDUE_NANOS).forEach(overdue::add);
        }
        overdue.forEach(event -> event.message.tellUnplaced(vertx));
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.ops.Metrics;

/**
 * Answers that are to be written to a lasting tier. They gather for some milliseconds, and while one batch is under way,
 * and go together in the next: who waits for an answer has it before it is written, and its compressed form is written
 * in its place where that is made meanwhile. A batch that fails is tried again every second. The queue is bounded by
 * bytes, and what does not fit is dropped and counted. Thread-safe.
 */
final class WriteQueue {
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_IN_A_BATCH = 500;
    private static final long GATHER_MILLIS = 5;
    private static final long RETRY_MILLIS = 1_000;

    private final Vertx vertx;
    private final Context home;
    private final Function<Batch, Future<?>> write;
    private final Consumer<StoredAnswer> writtenTooLate;
    private final Consumer<EventMessage> dropsEvent;
    private final BooleanSupplier closed;
    private final Metrics metrics;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final RecentInvalidations dropped = new RecentInvalidations();
    private Map<CacheKey, Queued> queued = new LinkedHashMap<>();
    private Map<CacheKey, Queued> writing = Map.of();
    private long queuedBytes;

    /**
     * What is written together.
     *
     * @param answers answers, of which none has another's key
     * @param events  what tells of them, and of those that they replaced
     */
    record Batch(List<StoredAnswer> answers, List<EventMessage> events) {
    }

    /** An answer, and what is to be told of it and of those under its key before it. */
    private record Queued(StoredAnswer answer, List<EventMessage> events, Promise<Void> written) {
        void drop() {
            written.complete();
        }
    }

    /**
     * An empty queue, made outside of verticles: it writes also after they have stopped.
     *
     * @param write          writes a batch, all or nothing
     * @param writtenTooLate is told of an answer that was written though it was invalidated while that was under way
     * @param dropsEvent     takes the events of what could not be written and is invalid by now
     * @param closed         whether nothing can be written any more
     */
    WriteQueue(
            Vertx vertx, Function<Batch, Future<?>> write, Consumer<StoredAnswer> writtenTooLate,
            Consumer<EventMessage> dropsEvent, BooleanSupplier closed, Metrics metrics) {
        this.vertx = vertx;
        this.home = vertx.getOrCreateContext();
        this.write = write;
        this.writtenTooLate = writtenTooLate;
        this.dropsEvent = dropsEvent;
        this.closed = closed;
        this.metrics = metrics;
    }

    /**
     * Adds an answer, in place of one under the same key; the future completes once it, or what replaced it, is
     * written.
     *
     * @param event tells of it; null for none
     * @return fails only where there is no room
     */
    Future<Void> add(StoredAnswer answer, EventMessage event) {
        Queued entry;
        synchronized (this) {
            Queued replaced = queued.get(answer.entry().key());
            long bytes = queuedBytes + answer.weight() - (replaced == null ? 0 : replaced.answer.weight());
            if (bytes > MOST_BYTES) {
                metrics.dropped("cache-write").increment();
                return Future.failedFuture("the queue of cache writes is full");
            }
            queuedBytes = bytes;
            List<EventMessage> events = new ArrayList<>(replaced == null ? List.of() : replaced.events);
            if (event != null) {
                events.add(event);
            }
            entry = new Queued(answer, events, replaced == null ? Promise.promise() : replaced.written);
            queued.put(answer.entry().key(), entry);
        }
        writeSoon();
        return entry.written.future();
    }

    private void writeSoon() {
        if (underWay.compareAndSet(false, true)) {
            writeIn(GATHER_MILLIS);
        }
    }

    /** A timer of a verticle's context would be gone with the verticle, and all that is queued with it. */
    private void writeIn(long millis) {
        home.runOnContext(here -> vertx.setTimer(millis, due -> writeBatch()));
    }

    private void rest() {
        underWay.set(false);
        if (hasQueued()) {
            writeSoon();
        }
    }

    private void writeBatch() {
        List<Queued> batch = takeBatch();
        if (batch.isEmpty()) {
            rest();
            return;
        }
        write.apply(together(batch))
                .onSuccess(done -> {
                    written().forEach(writtenTooLate);
                    batch.forEach(entry -> entry.written.complete());
                    rest();
                })
                .onFailure(failure -> {
                    putBack(batch);
                    if (!closed.getAsBoolean()) {
                        writeIn(RETRY_MILLIS);
                    }
                });
    }

    private static Batch together(Collection<Queued> entries) {
        return new Batch(
                entries.stream().map(Queued::answer).toList(),
                entries.stream().flatMap(entry -> entry.events.stream()).toList());
    }

    private synchronized List<Queued> takeBatch() {
        writing = new LinkedHashMap<>();
        var entries = queued.entrySet().iterator();
        while (entries.hasNext() && writing.size() < MOST_IN_A_BATCH) {
            var next = entries.next();
            writing.put(next.getKey(), next.getValue());
            queuedBytes -= next.getValue().answer.weight();
            entries.remove();
        }
        return List.copyOf(writing.values());
    }

    /** What was under way is written: reads find it there, or what is newer; what of it is invalid. */
    private synchronized List<StoredAnswer> written() {
        List<StoredAnswer> invalid = writing.values().stream().filter(this::isDropped).map(Queued::answer).toList();
        writing = Map.of();
        return invalid;
    }

    /** What could not be written goes back into the queue, but for what was replaced meanwhile. */
    private synchronized void putBack(List<Queued> batch) {
        Map<CacheKey, Queued> all = new LinkedHashMap<>();
        batch.forEach(entry -> {
            if (isDropped(entry)) {
                entry.drop();
                entry.events.forEach(dropsEvent);
            } else {
                all.put(entry.answer.entry().key(), entry);
            }
        });
        queued.forEach((key, newer) -> {
            Queued older = all.put(key, newer);
            if (older != null) {
                newer.written.future().onSuccess(older.written::tryComplete);
                newer.events.addAll(0, older.events);
            }
        });
        queued = all;
        queuedBytes = weight(all);
        writing = Map.of();
    }

    private static long weight(Map<CacheKey, Queued> entries) {
        return entries.values().stream().mapToLong(entry -> entry.answer.weight()).sum();
    }

    private synchronized boolean hasQueued() {
        return !queued.isEmpty();
    }

    /** The answer under a key that is not written yet; null where there is none, or it was dropped. */
    synchronized StoredAnswer unwritten(CacheKey key) {
        Queued entry = queued.getOrDefault(key, writing.get(key));
        return entry == null || isDropped(entry) ? null : entry.answer;
    }

    /**
     * Drops what an invalidation covers; of what is under way, it is remembered that it is invalid.
     *
     * @return the events of what was dropped, which are the caller's now
     */
    synchronized List<EventMessage> drop(Invalidation what, Instant at) {
        dropped.add(what, at);
        List<EventMessage> events = new ArrayList<>();
        queued.values().removeIf(entry -> {
            boolean covered = isDropped(entry);
            if (covered) {
                entry.drop();
                events.addAll(entry.events);
            }
            return covered;
        });
        queuedBytes = weight(queued);
        return events;
    }

    private boolean isDropped(Queued entry) {
        return dropped.cover(entry.answer.entry(), entry.answer.entry().fetchedAt());
    }

    /** Completes once what is in it now is written. */
    Future<Void> flush() {
        List<Future<Void>> unwritten = new ArrayList<>();
        synchronized (this) {
            writing.values().forEach(entry -> unwritten.add(entry.written.future()));
            queued.values().forEach(entry -> unwritten.add(entry.written.future()));
        }
        return Future.join(unwritten).mapEmpty();
    }
}

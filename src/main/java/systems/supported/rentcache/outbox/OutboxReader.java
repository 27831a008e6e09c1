package systems.supported.rentcache.outbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.storage.Database;

/**
 * Reads the events that are kept, from a cursor on, or waits for more. What a cursor of no use is answered with begins
 * with a reset. Memory holds one page of each reader. Thread-safe.
 */
public final class OutboxReader {
    /** In place of a cursor: from the oldest event that is kept. */
    public static final String OLDEST = "oldest";
    /** In place of a cursor: what happens from now on. */
    public static final String NOW = "now";
    /** The names of all events that are kept. */
    public static final List<String> NAMES = Event.ADDRESSES.stream().map(Event::name).toList();

    private static final long BEYOND = Long.MAX_VALUE - 2L * Outbox.MOST_PASSED;

    private final Vertx vertx;
    private final Outbox outbox;
    private final OutboxSignal signal;
    private final String node;
    private final InstantSource clock;

    /** A reader of a database's events that looks only when it is asked to. */
    public OutboxReader(Vertx vertx, Database database, InstantSource clock) {
        this(vertx, database, new OutboxSignal(vertx, database, new Outbox(database)), clock);
    }

    /**
     * A reader of a database's events.
     *
     * @param signal says that there are new ones
     */
    OutboxReader(Vertx vertx, Database database, OutboxSignal signal, InstantSource clock) {
        this.vertx = vertx;
        this.outbox = new Outbox(database);
        this.signal = signal;
        this.node = database.outbox().node();
        this.clock = clock;
    }

    /** Whether events are kept at all. */
    public boolean isOn() {
        return outbox.isOn();
    }

    /**
     * What follows a cursor.
     *
     * @param after a cursor, {@link #OLDEST} or {@link #NOW}
     * @param names the names of the events that are wanted; none for all
     * @param limit how many at most, from 1; a reset comes besides
     * @return fails where the database cannot be asked
     */
    public Future<EventPage> read(String after, Collection<String> names, int limit) {
        List<String> wanted = names.isEmpty() ? NAMES : List.copyOf(names);
        Optional<Cursor> cursor = Cursor.parse(after);
        boolean special = after.equals(OLDEST) || after.equals(NOW);
        long place = after.equals(NOW) ? BEYOND : cursor.map(Cursor::place).orElse(0L);
        return outbox.read(place, wanted, limit).compose(slice -> {
            if (special) {
                return Future.succeededFuture(page(slice, List.of()));
            }
            if (cursor.isEmpty() || !cursor.get().epoch().equals(slice.epoch()) || place > slice.last()) {
                return outbox.read(0, wanted, limit).map(all -> page(all, reset(all, KeptEvent.Reason.UNKNOWN)));
            }
            return Future.succeededFuture(place < slice.trimmed()
                    ? page(slice, reset(slice, KeptEvent.Reason.TOO_OLD)) : page(slice, List.of()));
        });
    }

    private List<KeptEvent> reset(Slice slice, KeptEvent.Reason reason) {
        return List.of(KeptEvent.reset(slice.cursor(slice.trimmed()), reason, node, clock.instant()));
    }

    private static EventPage page(Slice slice, List<KeptEvent> before) {
        List<KeptEvent> events = new ArrayList<>(before);
        events.addAll(slice.events());
        return new EventPage(events, slice.cursor(slice.passed()).toString(), slice.hasMore());
    }

    /**
     * Gives what follows a cursor, and then whatever happens, page by page, until it is closed.
     *
     * @param after a cursor, {@link #OLDEST} or {@link #NOW}
     * @param names the names of the events that are wanted; none for all
     * @param limit how many in a page at most, from 1
     * @param taker takes a page; the next one is read when its future completes, and the same is given again, a second
     *              later, when it fails. A page without events comes where only others were passed
     */
    public Following follow(
            String after, Collection<String> names, int limit, Function<EventPage, Future<Void>> taker) {
        Following following = new Following(
                vertx, signal, position -> read(position, names, limit), after, taker);
        following.begin();
        return following;
    }
}

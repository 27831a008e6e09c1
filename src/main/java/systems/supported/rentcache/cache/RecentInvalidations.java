package systems.supported.rentcache.cache;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * What was invalidated lately: an answer that was asked for before an invalidation and arrives after it must not be
 * kept. Remembered for longer than any call can take. Thread-safe.
 */
public final class RecentInvalidations {
    private static final Duration REMEMBERED = Duration.ofMinutes(15);

    private final Deque<Dated> recent = new ArrayDeque<>();

    private long heard;

    private record Dated(Invalidation what, Instant at, long number) {
    }

    /**
     * The beginning of a reading or of a call.
     *
     * @param at    when, by this node's clock
     * @param heard how many invalidations this node had heard of
     */
    public record Since(Instant at, long heard) {
    }

    /** What begins now, at a time by this node's clock. */
    public synchronized Since since(Instant now) {
        return new Since(now, heard);
    }

    /**
     * Adds one.
     *
     * @param at when, by the clock of who invalidated
     */
    public synchronized void add(Invalidation what, Instant at) {
        while (!recent.isEmpty() && recent.peek().at.isBefore(at.minus(REMEMBERED))) {
            recent.remove();
        }
        recent.add(new Dated(what, at, ++heard));
    }

    /**
     * Whether an entry was invalidated since a time.
     *
     * @param begun when the call that brought it was sent, or when it was read from a tier
     */
    public synchronized boolean cover(Entry entry, Instant begun) {
        Iterator<Dated> latest = recent.descendingIterator();
        while (latest.hasNext()) {
            Dated one = latest.next();
            if (!one.at.isBefore(begun) && one.what.covers(entry)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether an entry was invalidated since the call that brought it, or its reading, began: by the clocks, which
     * differ between nodes, or because this node heard of it only since then.
     */
    public synchronized boolean cover(Entry entry, Since begun) {
        Iterator<Dated> latest = recent.descendingIterator();
        while (latest.hasNext()) {
            Dated one = latest.next();
            if ((one.number > begun.heard || !one.at.isBefore(begun.at)) && one.what.covers(entry)) {
                return true;
            }
        }
        return false;
    }
}

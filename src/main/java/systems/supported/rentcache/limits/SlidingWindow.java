package systems.supported.rentcache.limits;

/**
 * A sliding-window counter: the count of this window, and that of the one before weighted by how much of it still lies
 * within one window's length of now. Two numbers approximate the exact log of all requests; the estimate assumes that
 * the window before was used evenly, and errs by what was not.
 *
 * <p>Pure and without state of its own; all times are nanoseconds of a clock whose windows begin at multiples of the
 * window's length.
 */
public final class SlidingWindow {
    private final Rate rate;
    private final long permits;
    private final long windowNanos;
    private final boolean unlimited;

    private SlidingWindow(Rate rate) {
        this.rate = rate;
        this.permits = rate.permits();
        this.windowNanos = rate.window().toNanos();
        this.unlimited = rate.isUnlimited();
    }

    /**
     * What was counted.
     *
     * @param index    which window {@code current} counts: the time divided by the window's length
     * @param current  requests in that window
     * @param previous requests in the window before it
     */
    public record Count(long index, long current, long previous) {
        /** Nothing counted yet. */
        public static final Count NONE = new Count(0, 0, 0);
    }

    /** The window of a rate. */
    public static SlidingWindow of(Rate rate) {
        return new SlidingWindow(rate);
    }

    /** The rate that the window holds to. */
    public Rate rate() {
        return rate;
    }

    /** Whether every take succeeds. */
    public boolean isUnlimited() {
        return unlimited;
    }

    /** The count after {@code cost} more requests, or null when that would pass the limit. */
    public Count take(Count count, long now, long cost) {
        if (unlimited) {
            return count;
        }
        Count current = at(count, now);
        return used(current, now) + cost <= permits
                ? new Count(current.index, current.current + cost, current.previous)
                : null;
    }

    /**
     * The count after {@code cost} requests turned out not to count.
     *
     * @param taken when they were counted; what is in neither window any more needs no giving back
     */
    public Count giveBack(Count count, long taken, long cost) {
        long index = taken / windowNanos;
        if (unlimited || index < count.index - 1) {
            return count;
        }
        return index == count.index - 1
                ? new Count(count.index, count.current, Math.max(0, count.previous - cost))
                : new Count(count.index, Math.max(0, count.current - cost), count.previous);
    }

    /**
     * The count after {@code cost} more requests in the window of a number; limits are not looked at. What belongs to an
     * earlier window than the two that are counted is dropped.
     */
    static Count counted(Count count, long index, long cost) {
        if (cost == 0 || index < count.index - 1) {
            return count;
        }
        if (index < count.index) {
            return new Count(count.index, count.current, count.previous + cost);
        }
        if (index == count.index) {
            return new Count(index, count.current + cost, count.previous);
        }
        return new Count(index, cost, index == count.index + 1 ? count.current : 0);
    }

    /** Requests that would still be admitted. */
    public long remaining(Count count, long now) {
        return unlimited ? Long.MAX_VALUE : Math.max(0, permits - used(at(count, now), now));
    }

    /** Nanoseconds until this window ends. */
    public long untilReset(long now) {
        return unlimited ? 0 : windowNanos - now % windowNanos;
    }

    /** Nanoseconds until {@code cost} requests would be admitted if no others come; 0 when they would be now. */
    public long retryAfter(Count count, long now, long cost) {
        if (unlimited || take(count, now, cost) != null) {
            return 0;
        }
        Count current = at(count, now);
        if (current.current + cost > permits) {
            // Not within this window: it becomes the one before and has to fade until there is room.
            return untilReset(now) + fade(current.current, permits - cost);
        }
        return Math.max(1, fade(current.previous, permits - cost - current.current) - now % windowNanos);
    }

    /** How far into a window a count of the window before it, which is more than {@code room}, weighs no more than that. */
    private long fade(long previous, long room) {
        double share = 1.0 - (double) Math.max(0, room) / previous;
        return Math.min(windowNanos, (long) Math.ceil(share * windowNanos) + 1);
    }

    private Count at(Count count, long now) {
        long index = now / windowNanos;
        if (index <= count.index) {
            // The clock may have stepped back, or a request may have come in earlier than another: what was counted
            // stays counted.
            return count;
        }
        return new Count(index, 0, index == count.index + 1 ? count.current : 0);
    }

    private long used(Count count, long now) {
        if (count.previous == 0) {
            return count.current;
        }
        double share = 1.0 - (double) (now % windowNanos) / windowNanos;
        return count.current + (long) Math.ceil(count.previous * share);
    }
}

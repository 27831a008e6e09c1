package systems.supported.rentcache.limits;

/**
 * How many requests came in the last slot of {@link LeaseSize#AHEAD_MILLIS} ms: the larger of this slot's count so far
 * and the one before. Times are nanoseconds of a clock that does not step. Not thread-safe.
 */
final class Demand {
    private static final long SLOT_NANOS = LeaseSize.AHEAD_MILLIS * 1_000_000;

    private long slot = Long.MIN_VALUE;
    private long count;
    private long before;

    /** A request came. */
    void count(long now) {
        turn(now);
        count++;
    }

    /** Requests to expect in a slot's time. */
    long expected(long now) {
        turn(now);
        return Math.max(count, before);
    }

    private void turn(long now) {
        long current = Math.floorDiv(now, SLOT_NANOS);
        if (current != slot) {
            before = current == slot + 1 ? count : 0;
            count = 0;
            slot = current;
        }
    }
}

package systems.supported.rentcache.limits;

import java.util.Arrays;

/**
 * When the next call may go out so that no window of a given length ever holds more than so many of them: an exact log
 * of the last calls' times. A burst of the whole limit goes out at once, and the next call waits until the first of
 * them has left the window.
 *
 * <p>Times are nanoseconds of one clock of the caller's. Not thread-safe.
 */
public final class CallPacing {
    /** The answer of {@link #reserve} when the wait would be too long. */
    public static final long TOO_LONG = -1;

    private final long[] reserved;
    private final long windowNanos;
    private int next;

    /**
     * A pacing that has seen no call.
     *
     * @param calls       how many calls a window may hold; at least 1
     * @param windowNanos the window's length
     */
    public CallPacing(int calls, long windowNanos) {
        this.reserved = new long[calls];
        Arrays.fill(reserved, Long.MIN_VALUE);
        this.windowNanos = windowNanos;
    }

    /** How long a call would wait from now. */
    public long waitFor(long now) {
        long oldest = reserved[next];
        return oldest == Long.MIN_VALUE ? 0 : Math.max(0, oldest + windowNanos - now);
    }

    /**
     * Takes the next place.
     *
     * @param now     the time
     * @param maxWait the longest wait that is of use
     * @return how long to wait before the call, or {@link #TOO_LONG}, and then no place was taken
     */
    public long reserve(long now, long maxWait) {
        long wait = waitFor(now);
        if (wait > maxWait) {
            return TOO_LONG;
        }
        reserved[next] = now + wait;
        next = (next + 1) % reserved.length;
        return wait;
    }
}

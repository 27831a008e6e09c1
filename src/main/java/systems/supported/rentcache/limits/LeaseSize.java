package systems.supported.rentcache.limits;

/**
 * How many tokens a node leases at once: what it will spend in about {@value #AHEAD_MILLIS} ms, but never so much that
 * all nodes together hold more than a quarter of the capacity, except that one token is always asked for. So a small
 * limit is leased token by token, and its traffic to the store is bounded by the limit itself.
 */
public final class LeaseSize {
    /** How far ahead a lease reaches, in milliseconds. */
    public static final long AHEAD_MILLIS = 250;
    private static final long SHARE_OF_CAPACITY = 4;

    private LeaseSize() {
    }

    /**
     * The tokens to hold.
     *
     * @param capacity the limit's permits a window, at least 1
     * @param nodes    how many nodes share it, at least 1
     * @param demand   requests that are expected in the time that a lease reaches ahead, at least 0
     * @return at least 1
     */
    public static long of(long capacity, int nodes, long demand) {
        return Math.max(1, Math.min(demand, capacity / SHARE_OF_CAPACITY / nodes));
    }
}

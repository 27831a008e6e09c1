package systems.supported.rentcache.limits;

/**
 * How many calls a node reserves of a budget before it needs them, to make while it cannot ask how the budget stands. A
 * pure function.
 */
public final class AdvanceAllowance {
    /** The most. */
    public static final long MOST = 20;
    private static final long SHARE = 100;

    private AdvanceAllowance() {
    }

    /**
     * A hundredth of what is left, at most {@link #MOST}.
     *
     * @param left how many calls the budget still allows, at least 0
     */
    public static long of(long left) {
        return Math.min(MOST, left / SHARE);
    }
}

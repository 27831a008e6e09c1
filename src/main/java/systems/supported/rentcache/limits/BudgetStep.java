package systems.supported.rentcache.limits;

/**
 * How far a budget is spent, and what follows from that. Pure.
 */
public enum BudgetStep {
    /** Below four fifths: nothing follows. */
    OK(0),
    /** From 80 %: the operator is told. */
    WARN(80),
    /** From 90 %: nothing is fetched in the background any more. */
    NO_REFRESH(90),
    /** From 100 %: nothing is fetched at all; only what is kept is answered. */
    SPENT(100);

    /** The largest budget whose shares are exact, in calls or micro-dollars. */
    public static final long MOST = 1_000_000_000_000_000L;

    private static final int WHOLE = 100;

    private final int percent;

    BudgetStep(int percent) {
        this.percent = percent;
    }

    /** The share of the budget from which it holds, in percent. */
    public int percent() {
        return percent;
    }

    /**
     * The step at which a budget is.
     *
     * @param used what is spent and reserved of it, at least 0
     * @param cap  the budget, from 0 to {@link #MOST}; more is no limit
     */
    public static BudgetStep of(long used, long cap) {
        if (cap > MOST) {
            return OK;
        }
        if (used >= cap) {
            return SPENT;
        }
        // Below the cap, so this does not overflow.
        long share = used * WHOLE;
        return share >= NO_REFRESH.percent * cap ? NO_REFRESH : share >= WARN.percent * cap ? WARN : OK;
    }

    /**
     * The part of a budget that background calls may take it to: nine tenths, rounded up.
     *
     * @param cap the budget, as in {@link #of}
     */
    public static long backgroundPart(long cap) {
        return cap > MOST ? cap : Math.floorDiv(cap * NO_REFRESH.percent + WHOLE - 1, WHOLE);
    }

    /** The further one of two. */
    public BudgetStep or(BudgetStep other) {
        return compareTo(other) >= 0 ? this : other;
    }
}

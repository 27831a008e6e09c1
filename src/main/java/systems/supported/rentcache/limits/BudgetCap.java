package systems.supported.rentcache.limits;

/**
 * A monthly budget: so many calls, and so much money. Pure.
 *
 * @param calls  the most calls, or {@link #NO_LIMIT}
 * @param micros the most micro-dollars, or {@link #NO_LIMIT}
 */
public record BudgetCap(long calls, long micros) {
    /** No limit. */
    public static final long NO_LIMIT = Long.MAX_VALUE;
    /** No budget: everything is admitted. */
    public static final BudgetCap NONE = new BudgetCap(NO_LIMIT, NO_LIMIT);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a limit is negative
     */
    public BudgetCap {
        if (calls < 0 || micros < 0) {
            throw new IllegalArgumentException("a budget is not negative");
        }
    }

    /** Whether nothing is limited. */
    public boolean isNone() {
        return calls == NO_LIMIT && micros == NO_LIMIT;
    }

    /**
     * The same budget of the whole account, in calls alone. Its money is the month's bill, fee and all, and each number
     * of calls has one bill: so nothing but calls needs to be counted, and no rounding can add up.
     */
    public BudgetCap inCalls(Plan plan) {
        return micros == NO_LIMIT ? this : new BudgetCap(Math.min(calls, plan.callsWithin(micros)), NO_LIMIT);
    }

    /** What of it calls in the background may use. */
    public BudgetCap inBackground() {
        return new BudgetCap(BudgetStep.backgroundPart(calls), BudgetStep.backgroundPart(micros));
    }

    /**
     * Whether calls may be made.
     *
     * @param usedCalls  calls spent and reserved
     * @param usedMicros money spent and reserved
     * @param moreCalls  the calls to be made
     * @param moreMicros what they cost; what costs nothing needs no money left
     */
    public boolean admits(long usedCalls, long usedMicros, long moreCalls, long moreMicros) {
        return (calls == NO_LIMIT || usedCalls + moreCalls <= calls)
                && (micros == NO_LIMIT || moreMicros == 0 || usedMicros + moreMicros <= micros);
    }

    /** How far it is spent: by calls or by money, whichever is further. */
    public BudgetStep step(long usedCalls, long usedMicros) {
        return BudgetStep.of(usedCalls, calls).or(BudgetStep.of(usedMicros, micros));
    }
}

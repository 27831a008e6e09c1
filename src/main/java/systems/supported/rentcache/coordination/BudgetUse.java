package systems.supported.rentcache.coordination;

/**
 * What a billing month has cost, for one scope.
 *
 * @param scope           as in {@link BudgetScope}
 * @param period          the billing month's first day
 * @param committedCalls  billed calls
 * @param reservedCalls   calls under way or reserved in advance
 * @param committedMicros what the billed calls cost, in micro-dollars, without the plan's fee
 * @param reservedMicros  what the others may cost; 0 for the account
 * @param toldPercent     the last step of the guard ladder that was told of
 */
public record BudgetUse(
        String scope,
        String period,
        long committedCalls,
        long reservedCalls,
        long committedMicros,
        long reservedMicros,
        int toldPercent) {

    /** Nothing used. */
    public static BudgetUse none(String scope, String period) {
        return new BudgetUse(scope, period, 0, 0, 0, 0, 0);
    }

    /** Calls that count against a budget. */
    public long usedCalls() {
        return committedCalls + reservedCalls;
    }

    /** Micro-dollars that count against a budget. */
    public long usedMicros() {
        return committedMicros + reservedMicros;
    }
}

package systems.supported.rentcache.http;

import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BudgetCap;

/**
 * A budget that a call would count for.
 *
 * @param cap the budget in force; the account's in calls alone
 * @param use what is spent of it
 */
record BudgetState(BudgetCap cap, BudgetUse use) {
    /** Whether one more call may be made. */
    boolean admits(long costMicros) {
        return cap.admits(use.usedCalls(), use.usedMicros(), 1, costMicros);
    }
}

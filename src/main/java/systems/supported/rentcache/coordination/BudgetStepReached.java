package systems.supported.rentcache.coordination;

import systems.supported.rentcache.events.BudgetStepEvent;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.BudgetStep;

/**
 * A budget was spent so far that something follows; told once a billing month for each step, by one node.
 *
 * @param step  what follows
 * @param use   what is used
 * @param cap   the budget; the account's in calls alone
 * @param month the billing month
 */
public record BudgetStepReached(BudgetStep step, BudgetUse use, BudgetCap cap, BillingMonth month) {
    /** What other programs are told. */
    BudgetStepEvent event() {
        return new BudgetStepEvent(
                use.scope(), step.percent(), use.usedCalls(), use.usedMicros(), month.id(), month.end());
    }
}

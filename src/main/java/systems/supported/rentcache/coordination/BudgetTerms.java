package systems.supported.rentcache.coordination;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;

/**
 * What the settings say of money.
 *
 * @param plan       what the upstream bills
 * @param billingDay the day of the month on which billing months begin, 1 to 31
 * @param zone       the account's zone
 * @param account    the account's budget where none was set by hand; its money is the whole bill
 */
public record BudgetTerms(Plan plan, int billingDay, ZoneId zone, BudgetCap account) {
    /**
     * The budget in force for a scope; the account's in calls alone.
     *
     * @param setByHand the budgets that were set by hand, by scope
     */
    public BudgetCap cap(String scope, Map<String, BudgetCap> setByHand) {
        return scope.equals(BudgetScope.ACCOUNT)
                ? setByHand.getOrDefault(scope, account).inCalls(plan)
                : setByHand.getOrDefault(scope, BudgetCap.NONE);
    }

    /** The billing month around a moment. */
    public BillingMonth month(Instant now) {
        return BillingMonth.at(now, billingDay, zone);
    }
}

package systems.supported.rentcache.coordination;

import java.time.Instant;
import java.time.ZoneId;
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
    /** The billing month around a moment. */
    public BillingMonth month(Instant now) {
        return BillingMonth.at(now, billingDay, zone);
    }
}

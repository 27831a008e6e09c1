package systems.supported.rentcache.analytics;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.Plan;

/**
 * By what terms calls are billed. Pure.
 *
 * @param plan         what a month's calls cost
 * @param billingDay   the day of the month on which billing months begin, 1 to 31
 * @param zone         the account's zone: of billing months and days
 * @param consumerPays whether each key has an account of its own, and so a bill of its own; each is taken to be of this
 *                     plan
 */
public record BillingTerms(Plan plan, int billingDay, ZoneId zone, boolean consumerPays) {
    /** The account of all keys that have none of their own. */
    static final long SHARED_ACCOUNT = 0;

    /** The same under another plan. */
    public BillingTerms with(Plan other) {
        return new BillingTerms(other, billingDay, zone, consumerPays);
    }

    /** The billing month around a moment. */
    public BillingMonth month(Instant at) {
        return BillingMonth.at(at, billingDay, zone);
    }

    /** The day around a moment. */
    public LocalDate day(Instant at) {
        return at.atZone(zone).toLocalDate();
    }

    /** The billing months that overlap a time, in their order; none where it is empty. */
    public List<BillingMonth> months(Instant from, Instant to) {
        List<BillingMonth> months = new ArrayList<>();
        for (BillingMonth month = month(from); month.start().isBefore(to); month = month(month.end())) {
            months.add(month);
        }
        return months;
    }

    /** Whose bill a key's calls are on. */
    long account(long keyId) {
        return consumerPays ? keyId : SHARED_ACCOUNT;
    }
}

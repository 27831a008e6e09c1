package systems.supported.rentcache.limits;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;

/**
 * A plan's billing month: it begins on the same day of each calendar month, in the account's zone, and ends when the
 * next one begins. A month that lacks the day has it as its last one, so that no month is left out and none is there
 * twice. Pure.
 *
 * @param firstDay its first day in the zone
 * @param start    its first moment
 * @param end      the first moment of the next one
 */
public record BillingMonth(LocalDate firstDay, Instant start, Instant end) {
    /** The last day of a month on which a billing month may begin. */
    public static final int LAST_DAY = 31;

    /**
     * The billing month that a moment belongs to.
     *
     * @param billingDay the day of the month on which it begins, 1 to {@value #LAST_DAY}
     * @throws IllegalArgumentException when the day is out of its range
     */
    public static BillingMonth at(Instant now, int billingDay, ZoneId zone) {
        if (billingDay < 1 || billingDay > LAST_DAY) {
            throw new IllegalArgumentException("a billing day is 1 to " + LAST_DAY + ", not " + billingDay);
        }
        LocalDate today = now.atZone(zone).toLocalDate();
        YearMonth month = YearMonth.from(today);
        if (today.isBefore(firstDay(month, billingDay))) {
            month = month.minusMonths(1);
        }
        LocalDate first = firstDay(month, billingDay);
        LocalDate next = firstDay(month.plusMonths(1), billingDay);
        return new BillingMonth(first, first.atStartOfDay(zone).toInstant(), next.atStartOfDay(zone).toInstant());
    }

    private static LocalDate firstDay(YearMonth month, int billingDay) {
        return month.atDay(Math.min(billingDay, month.lengthOfMonth()));
    }

    /** What names it among all billing months of an account: its first day, such as {@code 2026-03-15}. */
    public String id() {
        return firstDay.toString();
    }
}

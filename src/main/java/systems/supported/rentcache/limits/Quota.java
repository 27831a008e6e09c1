package systems.supported.rentcache.limits;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;

/**
 * Quotas by calendar day and calendar month of a zone, as pure functions. The usage names the day and the month that
 * it counts, so nothing has to be reset at midnight: a usage of yesterday counts as none today.
 */
public final class Quota {
    /** No quota. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private Quota() {
    }

    /**
     * The calendar's view of a moment.
     *
     * @param day          days since 1970-01-01 in the zone
     * @param month        months since year 0 in the zone
     * @param dayEndsAt    the first moment of the next day, in milliseconds since 1970-01-01T00:00Z
     * @param monthEndsAt  the first moment of the next month, in the same unit
     */
    public record Period(long day, long month, long dayEndsAt, long monthEndsAt) {
        /** The period around a moment in a zone. */
        public static Period at(Instant now, ZoneId zone) {
            LocalDate date = now.atZone(zone).toLocalDate();
            YearMonth month = YearMonth.from(date);
            return new Period(
                    date.toEpochDay(),
                    monthNumber(month),
                    date.plusDays(1).atStartOfDay(zone).toInstant().toEpochMilli(),
                    month.plusMonths(1).atDay(1).atStartOfDay(zone).toInstant().toEpochMilli());
        }
    }

    /**
     * What was used.
     *
     * @param day        the day that {@code dayCount} counts, as in {@link Period#day}
     * @param dayCount   requests on that day
     * @param month      the month that {@code monthCount} counts, as in {@link Period#month}
     * @param monthCount requests in that month
     */
    public record Usage(long day, long dayCount, long month, long monthCount) {
        /** Nothing used. */
        public static final Usage NONE = new Usage(0, 0, 0, 0);

        /**
         * The same usage seen from a period: what belongs to an earlier day or month counts no more. A period before that
         * of the usage, as of a request that came in before midnight, counts as that of the usage.
         */
        public Usage in(Period period) {
            if (day >= period.day && month >= period.month) {
                return this;
            }
            return new Usage(
                    Math.max(day, period.day), day >= period.day ? dayCount : 0,
                    Math.max(month, period.month), month >= period.month ? monthCount : 0);
        }
    }

    /** The usage after {@code cost} more requests; limits are not looked at. */
    public static Usage take(Usage usage, Period period, long cost) {
        Usage current = usage.in(period);
        return new Usage(current.day, current.dayCount + cost, current.month, current.monthCount + cost);
    }

    /**
     * The usage after {@code cost} requests turned out not to count.
     *
     * @param taken the period in which they were counted; what an earlier one counted needs no giving back
     */
    public static Usage giveBack(Usage usage, Period taken, long cost) {
        return new Usage(
                usage.day, taken.day < usage.day ? usage.dayCount : Math.max(0, usage.dayCount - cost),
                usage.month, taken.month < usage.month ? usage.monthCount : Math.max(0, usage.monthCount - cost));
    }

    /** Months since year 0. */
    public static long monthNumber(YearMonth month) {
        return month.getYear() * 12L + month.getMonthValue() - 1;
    }
}

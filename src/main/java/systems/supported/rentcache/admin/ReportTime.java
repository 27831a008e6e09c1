package systems.supported.rentcache.admin;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/**
 * The time that a report is about. Pure.
 *
 * @param from its first moment
 * @param to   the first moment after it, later than {@code from}
 */
public record ReportTime(Instant from, Instant to) {
    private static final String ALLOWED = "a day such as 2026-03-15, or a time such as 2026-03-15T12:00:00Z; one without "
            + "Z or an offset is on the account's clock";
    /** What a database and a calendar can tell apart. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    /**
     * Reads the parameters {@code from} and {@code to}.
     *
     * @param from      as given; null for {@code otherwise}
     * @param to        as given; null for now, and never later than that
     * @param otherwise the first moment by default
     * @param zone      whose days and clocks are meant
     * @throws RefusedCall where one cannot be read, or nothing lies between them
     */
    public static ReportTime of(String from, String to, Instant otherwise, Instant now, ZoneId zone) {
        Instant first = from == null ? otherwise : moment("from", from, zone);
        Instant given = to == null ? now : moment("to", to, zone);
        Instant last = given.isAfter(now) ? now : given;
        if (!first.isBefore(last)) {
            throw from == null
                    ? RefusedCall.invalid("to", to, "a time after " + first)
                    : RefusedCall.invalid("from", from, "a time before " + last);
        }
        return new ReportTime(first, last);
    }

    private static Instant moment(String name, String text, ZoneId zone) {
        try {
            Instant moment = moment(text.strip(), zone);
            if (moment.isBefore(EARLIEST) || moment.isAfter(LATEST)) {
                throw RefusedCall.invalid(name, text, ALLOWED);
            }
            return moment;
        } catch (DateTimeParseException notATime) {
            throw RefusedCall.invalid(name, text, ALLOWED);
        }
    }

    private static Instant moment(String text, ZoneId zone) {
        if (!text.contains("T")) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        return text.matches(".*(Z|[+-][0-9:]+)")
                ? OffsetDateTime.parse(text).toInstant() : LocalDateTime.parse(text).atZone(zone).toInstant();
    }

    /** The whole hours that this touches, up to a moment at most. */
    ReportTime inWholeHours(Instant now) {
        Instant begin = from.truncatedTo(ChronoUnit.HOURS);
        Instant whole = to.truncatedTo(ChronoUnit.HOURS);
        Instant end = whole.equals(to) ? to : whole.plus(1, ChronoUnit.HOURS);
        return new ReportTime(begin, end.isAfter(now) ? now : end);
    }
}

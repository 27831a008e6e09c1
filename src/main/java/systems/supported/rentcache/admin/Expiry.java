package systems.supported.rentcache.admin;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;

/** When a key stops being accepted, as operators write it. */
public interface Expiry {
    /** What {@link #parse} reads. */
    String ALLOWED = "never, a time from now such as 90d, a date such as 2027-01-31 (to its end), or a moment such as "
            + "2027-01-31T12:00:00Z";

    /**
     * The moment itself.
     *
     * @param now  the time now
     * @param zone whose days and clocks are meant
     * @return the moment, or null for never
     */
    Instant at(Instant now, ZoneId zone);

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException when the text is none of {@link #ALLOWED}
     */
    static Expiry parse(String text) {
        String plain = text.strip();
        if (plain.equalsIgnoreCase("never")) {
            return (now, zone) -> null;
        }
        try {
            if (!plain.contains("-")) {
                TimeSpan span = TimeSpan.parse(plain);
                return (now, zone) -> now.plus(span.duration());
            }
            if (!plain.contains("T")) {
                LocalDate date = LocalDate.parse(plain);
                return (now, zone) -> date.plusDays(1).atStartOfDay(zone).toInstant();
            }
            if (plain.matches(".*(Z|[+-][0-9:]+)")) {
                Instant moment = OffsetDateTime.parse(plain).toInstant();
                return (now, zone) -> moment;
            }
            LocalDateTime local = LocalDateTime.parse(plain);
            return (now, zone) -> local.atZone(zone).toInstant();
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not allowed; allowed: " + ALLOWED);
        }
    }
}

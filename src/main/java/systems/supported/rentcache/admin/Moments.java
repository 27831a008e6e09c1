package systems.supported.rentcache.admin;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;

/** Times as callers write them. Pure. */
final class Moments {
    private static final String ALLOWED = "a day such as 2026-03-01, or a time such as 2026-03-01T12:00:00Z";

    private Moments() {
    }

    /**
     * Reads a time, or the beginning of a day.
     *
     * @param name the parameter's name
     * @param zone whose days, and whose clocks where the text does not say
     * @throws RefusedCall where it is neither
     */
    static Instant parse(String name, String text, ZoneId zone) {
        // A plus sign that was not encoded arrives as a space.
        String plain = text.strip().replace(' ', '+');
        try {
            if (!plain.contains("T")) {
                return LocalDate.parse(plain).atStartOfDay(zone).toInstant();
            }
            return plain.substring(plain.indexOf('T')).matches(".*(Z|[+-][0-9:]+)")
                    ? OffsetDateTime.parse(plain).toInstant()
                    : LocalDateTime.parse(plain).atZone(zone).toInstant();
        } catch (DateTimeParseException wrong) {
            throw RefusedCall.invalid(name, text, ALLOWED);
        }
    }
}

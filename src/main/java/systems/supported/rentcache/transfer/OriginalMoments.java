package systems.supported.rentcache.transfer;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moments as a Python program's SQLite database may spell them: ISO 8601 with a {@code T} or a blank, with or without
 * parts of a second and a zone, a date alone, or seconds or milliseconds since 1970. Without a zone it is UTC.
 */
final class OriginalMoments {
    private static final Pattern SPELLING = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2})(?:[T ](\\d{2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?) ?(Z|[+-]\\d{2}(?::?\\d{2})?)?)?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,13}(?:\\.\\d{1,9})?");
    /** As seconds it would be in the year 5138: a larger number is milliseconds. */
    private static final double MOST_SECONDS = 1e11;

    private OriginalMoments() {
    }

    /** The moment of a value, in milliseconds since 1970-01-01T00:00Z; null where the value is null, empty or none. */
    static Long millis(Object value) {
        String text = value == null ? "" : value.toString().strip();
        if (NUMBER.matcher(text).matches()) {
            double number = Double.parseDouble(text);
            return Math.round(number > MOST_SECONDS ? number : number * 1_000);
        }
        Matcher spelled = SPELLING.matcher(text);
        if (!spelled.matches()) {
            return null;
        }
        try {
            return instant(spelled.group(1), spelled.group(2), spelled.group(3)).toEpochMilli();
        } catch (DateTimeException noSuchDay) {
            return null;
        }
    }

    private static Instant instant(String date, String time, String zone) {
        if (time == null) {
            return LocalDate.parse(date).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        LocalDateTime local = LocalDateTime.parse(date + "T" + time.replace(',', '.'));
        return OffsetDateTime.of(local, zone == null ? ZoneOffset.UTC : ZoneOffset.of(zone)).toInstant();
    }
}

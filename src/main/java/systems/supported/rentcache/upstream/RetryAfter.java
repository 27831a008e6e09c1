package systems.supported.rentcache.upstream;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** The header {@code Retry-After} (RFC 9110 §10.2.3): seconds, or a date. */
final class RetryAfter {
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {
    }

    /**
     * How long to wait, from zero to a day; null where the header says nothing that can be read.
     *
     * @param value the header's value, or null
     * @param now   the time, from which a date is counted
     */
    static Duration parse(String value, Instant now) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        if (!text.isEmpty() && text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return text.length() > 9 ? LONGEST : atMost(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
            return date.isBefore(now) ? Duration.ZERO : atMost(Duration.between(now, date));
        } catch (DateTimeException neither) {
            return null;
        }
    }

    private static Duration atMost(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}

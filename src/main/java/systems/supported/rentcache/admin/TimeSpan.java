package systems.supported.rentcache.admin;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A span of time as operators write it: {@code 90s}, {@code 30m}, {@code 24h}, {@code 90d} or {@code 2w}.
 *
 * @param duration the same as a duration, at most 36,500 days
 */
public record TimeSpan(Duration duration) {
    /** What {@link #parse} reads. */
    public static final String ALLOWED = "a time such as 90s, 30m, 24h, 90d or 2w, at most 36500d";

    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final Pattern FORM = Pattern.compile("([0-9]{1,10})\\s*([smhdw])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));

    /**
     * Reads a span; its unit must be there.
     *
     * @throws IllegalArgumentException when the text is not one
     */
    public static TimeSpan parse(String text) {
        Matcher span = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (span.matches()) {
            Duration duration = UNITS.get(span.group(2)).multipliedBy(Long.parseLong(span.group(1)));
            if (duration.compareTo(LONGEST) <= 0) {
                return new TimeSpan(duration);
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not " + ALLOWED);
    }

    /** In the largest unit that leaves no rest; parts of a second are left out. */
    @Override
    public String toString() {
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0 && seconds > 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0 && seconds > 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
    }
}

package systems.supported.rentcache.limits;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * So many permits in a window of time, such as {@code 30/minute}; or no limit at all.
 *
 * @param permits how many requests a window admits; at least 1, and {@link Long#MAX_VALUE} where there is no limit
 * @param window  the window's length, at least one second
 */
public record Rate(long permits, Duration window) {

    /** Admits everything. */
    public static final Rate UNLIMITED = new Rate(Long.MAX_VALUE, Duration.ofSeconds(1));

    private static final long MOST_PERMITS = 1_000_000_000;

    /** What a text for {@link #parse} may look like, for error messages. */
    public static final String ALLOWED = "'N/second', 'N/minute', 'N/hour' or 'N/day' with N from 1 to 1000000000, or 'unlimited'";

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a part is out of its range
     */
    public Rate {
        Objects.requireNonNull(window, "window");
        if (permits < 1) {
            throw new IllegalArgumentException("a rate admits at least 1, not " + permits);
        }
        if (window.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("a rate's window is at least a second, not " + window);
        }
    }

    /** Whether this rate refuses nothing. */
    public boolean isUnlimited() {
        return permits == Long.MAX_VALUE;
    }

    /**
     * Reads {@code 1000/hour}, {@code 30/minute}, {@code 5/s} or {@code unlimited}.
     *
     * @param text the rate's text; blanks and letter case do not matter
     * @return the rate
     * @throws IllegalArgumentException when the text is none of {@link #ALLOWED}
     */
    public static Rate parse(String text) {
        String plain = text.strip().toLowerCase(Locale.ROOT);
        if (plain.equals("unlimited")) {
            return UNLIMITED;
        }
        int slash = plain.indexOf('/');
        if (slash > 0) {
            Duration window = window(plain.substring(slash + 1).strip());
            long permits = permits(plain.substring(0, slash).strip());
            if (window != null && permits >= 1 && permits <= MOST_PERMITS) {
                return new Rate(permits, window);
            }
        }
        throw new IllegalArgumentException("allowed: " + ALLOWED);
    }

    private static Duration window(String unit) {
        return switch (unit) {
            case "s", "sec", "second" -> Duration.ofSeconds(1);
            case "m", "min", "minute" -> Duration.ofMinutes(1);
            case "h", "hour" -> Duration.ofHours(1);
            case "d", "day" -> Duration.ofDays(1);
            default -> null;
        };
    }

    private static long permits(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        if (isUnlimited()) {
            return "unlimited";
        }
        String unit = switch ((int) Math.min(window.toSeconds(), Integer.MAX_VALUE)) {
            case 1 -> "second";
            case 60 -> "minute";
            case 3_600 -> "hour";
            case 86_400 -> "day";
            default -> window.toSeconds() + "s";
        };
        return permits + "/" + unit;
    }
}

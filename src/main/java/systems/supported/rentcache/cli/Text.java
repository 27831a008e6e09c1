package systems.supported.rentcache.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import systems.supported.rentcache.limits.Dollars;

/** Amounts as people read them. */
final class Text {
    /** In English all JDKs know the short names of zones. */
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ENGLISH);
    private static final List<String> SIZES = List.of("KiB", "MiB", "GiB", "TiB");

    private Text() {
    }

    /** A moment on a zone's clock, such as {@code 2027-01-31 12:00:00 UTC}; {@code never} for null. */
    static String moment(Instant moment, ZoneId zone) {
        return moment == null ? "never" : MOMENT.format(moment.atZone(zone));
    }

    /** About how long, in its two largest units, such as {@code 3d 4h}. */
    static String about(Duration span) {
        if (span.toDays() > 0) {
            return span.toDays() + "d " + span.toHoursPart() + "h";
        }
        if (span.toHours() > 0) {
            return span.toHours() + "h " + span.toMinutesPart() + "m";
        }
        return span.toMinutes() > 0 ? span.toMinutes() + "m " + span.toSecondsPart() + "s" : span.toSeconds() + "s";
    }

    /** Micro-dollars as dollars, exact, with at least two decimals. */
    static BigDecimal dollars(long micros) {
        return Dollars.of(micros);
    }

    /** A size in powers of 1024, such as {@code 1.5 MiB}. */
    static String size(long bytes) {
        if (bytes < 1_024) {
            return bytes + " B";
        }
        double amount = bytes / 1_024.0;
        int unit = 0;
        while (amount >= 1_024 && unit < SIZES.size() - 1) {
            amount /= 1_024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", amount, SIZES.get(unit));
    }
}

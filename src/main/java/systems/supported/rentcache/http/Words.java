package systems.supported.rentcache.http;

import java.math.BigDecimal;
import java.time.Duration;

/** Amounts as a sentence has them. */
final class Words {
    private static final int MICRO_DIGITS = 6;
    private static final int CENT_DIGITS = 2;

    private Words() {
    }

    /** About how long, in its two largest units. */
    static String about(Duration span) {
        if (span.toDays() > 0) {
            return span.toDays() + " d " + span.toHoursPart() + " h";
        }
        if (span.toHours() > 0) {
            return span.toHours() + " h " + span.toMinutesPart() + " min";
        }
        return span.toMinutes() > 0 ? span.toMinutes() + " min " + span.toSecondsPart() + " s" : span.toSeconds() + " s";
    }

    /** Micro-dollars as dollars, exact, with at least two decimals. */
    static String dollars(long micros) {
        BigDecimal dollars = BigDecimal.valueOf(micros, MICRO_DIGITS).stripTrailingZeros();
        return "$" + dollars.setScale(Math.max(CENT_DIGITS, dollars.scale())).toPlainString();
    }
}

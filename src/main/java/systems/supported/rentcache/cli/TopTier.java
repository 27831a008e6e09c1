package systems.supported.rentcache.cli;

import java.util.Locale;
import org.jline.utils.AttributedStyle;

/**
 * How requests of a result are drawn: by a colour and a letter of their own, so that who cannot tell colours apart, or
 * has none, sees as much.
 */
enum TopTier {
    HIT_NEAR("near", 'N', AttributedStyle.GREEN),
    HIT_REDIS("redis", 'R', AttributedStyle.CYAN),
    HIT_SQL("sql", 'S', AttributedStyle.BLUE),
    STALE("stale", 'T', AttributedStyle.YELLOW),
    COALESCED("shared", 'C', AttributedStyle.WHITE),
    REVALIDATED("confirmed", 'V', AttributedStyle.CYAN + AttributedStyle.BRIGHT),
    MISS("miss", 'M', AttributedStyle.MAGENTA),
    BYPASS("bypass", 'B', AttributedStyle.MAGENTA + AttributedStyle.BRIGHT),
    REFUSED("refused", 'X', AttributedStyle.YELLOW + AttributedStyle.BRIGHT),
    FAILED("failed", 'F', AttributedStyle.RED);

    private final String label;
    private final char letter;
    private final AttributedStyle style;

    TopTier(String label, char letter, int colour) {
        this.label = label;
        this.letter = letter;
        this.style = AttributedStyle.DEFAULT.foreground(colour);
    }

    /** The word beside the letter. */
    String label() {
        return label;
    }

    /** The letter of its part of the bar. */
    char letter() {
        return letter;
    }

    /** Its colour. */
    AttributedStyle style() {
        return style;
    }

    /** The result's name in the admin API. */
    String result() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package systems.supported.rentcache.cli;

import java.util.Optional;
import systems.supported.rentcache.limits.Rate;

/**
 * A key's own rate as written on the command line, or that it has none.
 *
 * @param rate its own; empty for the configured one
 */
record RateChoice(Optional<Rate> rate) {
    /** What {@link #parse} reads. */
    static final String ALLOWED = Rate.ALLOWED + ", or 'default' for the configured one";

    /**
     * Reads a rate or {@code default}.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    static RateChoice parse(String text) {
        if (text.strip().equalsIgnoreCase("default")) {
            return new RateChoice(Optional.empty());
        }
        try {
            return new RateChoice(Optional.of(Rate.parse(text)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not allowed; allowed: " + ALLOWED);
        }
    }
}

package systems.supported.rentcache.outbox;

import java.util.Optional;

/**
 * A place in the outbox, as programs keep it. For them it is opaque. Pure.
 *
 * @param epoch names the database
 * @param place how many places were given up to there
 */
record Cursor(String epoch, long place) {
    private static final String FORM = "[0-9a-f]{8}-[0-9]{1,18}";
    private static final int EPOCH_DIGITS = 8;

    /** The cursor of a text; empty where it was never one. */
    static Optional<Cursor> parse(String text) {
        return text.matches(FORM)
                ? Optional.of(new Cursor(
                        text.substring(0, EPOCH_DIGITS), Long.parseLong(text.substring(EPOCH_DIGITS + 1))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return epoch + "-" + place;
    }
}

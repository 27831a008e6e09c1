package systems.supported.rentcache.analytics;

/** How long the times are over which usage is summed. */
public enum Span {
    /** A minute. Kept for some days. */
    MINUTE("minute", 60_000),
    /** An hour. */
    HOUR("hour", 3_600_000),
    /** A day of the configured zone. */
    DAY("day", 86_400_000);

    private final String column;
    private final long millis;

    Span(String column, long millis) {
        this.column = column;
        this.millis = millis;
    }

    /** The column of its tables with the first millisecond of the time that a row sums. */
    public String column() {
        return column;
    }

    /** How long it is, in milliseconds; of a day only about, for it may have 23 or 25 hours. */
    public long millis() {
        return millis;
    }

    /** The beginning of the minute or hour that a time is in; a day's depends on the zone. */
    long floor(long at) {
        return at - Math.floorMod(at, millis);
    }
}

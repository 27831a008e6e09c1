package systems.supported.rentcache.analytics;

/** How long the times are over which usage is summed; each has a table of its own. */
public enum Span {
    /** A minute. Kept for some days. */
    MINUTE("usage_rollup_minutely", "minute", 60_000),
    /** An hour. */
    HOUR("usage_rollup_hourly", "hour", 3_600_000),
    /** A day of the configured zone. */
    DAY("usage_rollup_daily", "day", 86_400_000);

    private final String table;
    private final String column;
    private final long millis;

    Span(String table, String column, long millis) {
        this.table = table;
        this.column = column;
        this.millis = millis;
    }

    /** The table of its sums. */
    public String table() {
        return table;
    }

    /** The table's column with the first millisecond of the time that a row sums. */
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

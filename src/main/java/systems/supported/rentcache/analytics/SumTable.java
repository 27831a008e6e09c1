package systems.supported.rentcache.analytics;

import java.util.ArrayList;
import java.util.List;
import systems.supported.rentcache.analytics.Rollup.Slot;

/**
 * The tables of sums. All of a span say the same, and those of fewer rows say it sooner. They are written in this order:
 * who makes sums anew holds off the writers at the first of them.
 */
enum SumTable {
    /** By day, key, endpoint and result. */
    DAILY(Span.DAY, "usage_rollup_daily", true, true),
    /** By day, key and result. */
    DAILY_OF_KEYS(Span.DAY, "usage_keys_daily", true, false),
    /** By day and result. */
    DAILY_TOTALS(Span.DAY, "usage_totals_daily", false, false),
    /** By hour, key, endpoint and result. */
    HOURLY(Span.HOUR, "usage_rollup_hourly", true, true),
    /** By hour and result. */
    HOURLY_TOTALS(Span.HOUR, "usage_totals_hourly", false, false),
    /** By minute, key, endpoint and result. */
    MINUTELY(Span.MINUTE, "usage_rollup_minutely", true, true),
    /** By minute and result. */
    MINUTELY_TOTALS(Span.MINUTE, "usage_totals_minutely", false, false);

    private final Span span;
    private final String text;
    private final boolean keys;
    private final boolean endpoints;

    SumTable(Span span, String text, boolean keys, boolean endpoints) {
        this.span = span;
        this.text = text;
        this.keys = keys;
        this.endpoints = endpoints;
    }

    /**
     * The table of the fewest rows that tells what is asked.
     *
     * @param keys      whether keys are told apart
     * @param endpoints whether endpoints are told apart
     */
    static SumTable of(Span span, boolean keys, boolean endpoints) {
        SumTable fewest = null;
        for (SumTable table : values()) {
            if (table.span == span && (table.keys || !keys) && (table.endpoints || !endpoints)) {
                fewest = table;
            }
        }
        return fewest;
    }

    Span span() {
        return span;
    }

    /** Its name in the database. */
    String text() {
        return text;
    }

    /** The columns that tell its rows apart. */
    List<String> columns() {
        List<String> columns = new ArrayList<>(List.of(span.column()));
        if (keys) {
            columns.add("api_key_id");
        }
        if (endpoints) {
            columns.add("endpoint");
        }
        columns.add("cache_result");
        return columns;
    }

    /** What a row of a slot has in {@link #columns}. */
    List<Object> values(Slot slot) {
        List<Object> values = new ArrayList<>(List.of(slot.at()));
        if (keys) {
            values.add(slot.keyId());
        }
        if (endpoints) {
            values.add(slot.endpoint());
        }
        values.add(slot.result().text());
        return values;
    }

    /** The slot of a row here, of which one's sums are a part. */
    Slot slot(Slot one) {
        return new Slot(one.at(), keys ? one.keyId() : 0, endpoints ? one.endpoint() : "", one.result());
    }
}

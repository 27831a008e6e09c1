package systems.supported.rentcache.analytics;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * When minutes, hours and days begin. Minutes and hours are those of UTC, days those of a zone. Remembers the last day
 * that it was asked for; confined to one thread.
 */
public final class RollupCalendar {
    private final ZoneId zone;
    private long dayBegins = Long.MAX_VALUE;
    private long dayEnds = Long.MIN_VALUE;

    /** The calendar of a zone. */
    public RollupCalendar(ZoneId zone) {
        this.zone = zone;
    }

    /** Whose days these are. */
    public ZoneId zone() {
        return zone;
    }

    /** The first millisecond of the span that a time is in, in milliseconds since 1970-01-01T00:00Z. */
    public long begin(Span span, long at) {
        if (span != Span.DAY) {
            return span.floor(at);
        }
        if (at < dayBegins || at >= dayEnds) {
            LocalDate day = Instant.ofEpochMilli(at).atZone(zone).toLocalDate();
            dayBegins = begin(day);
            dayEnds = begin(day.plusDays(1));
        }
        return dayBegins;
    }

    /** The first millisecond after the span that a time is in. */
    public long end(Span span, long at) {
        if (span != Span.DAY) {
            return span.floor(at) + span.millis();
        }
        begin(span, at);
        return dayEnds;
    }

    private long begin(LocalDate day) {
        return day.atStartOfDay(zone).toInstant().toEpochMilli();
    }
}

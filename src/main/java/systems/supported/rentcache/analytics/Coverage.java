package systems.supported.rentcache.analytics;

import java.util.ArrayList;
import java.util.List;

/**
 * Which sums together are those of a time: days where it has whole ones, hours and minutes at its edges. Where an edge
 * is within an hour of which there are no minutes any more, the whole hour is taken. Pure.
 *
 * @param from   the first moment covered, in milliseconds since 1970-01-01T00:00Z
 * @param to     the first moment not covered
 * @param slices the sums, in the order of time; none overlaps another
 */
public record Coverage(long from, long to, List<Slice> slices) {

    /**
     * Sums of one span.
     *
     * @param span whose
     * @param from the first moment
     * @param to   the first moment after it
     * @param day  the beginning of the day that it is in, of minutes and hours in a report that is not by them
     */
    public record Slice(Span span, long from, long to, long day) {
    }

    /**
     * Covers a time.
     *
     * @param by           the span that sums are wanted for each of; null where they are wanted for the whole time
     * @param now          after it there is nothing
     * @param minutesSince from when on there are sums by minute
     */
    public static Coverage of(long from, long to, Span by, long now, long minutesSince, RollupCalendar calendar) {
        if (by == Span.MINUTE) {
            long first = Math.max(Span.MINUTE.floor(from), minutesSince);
            long last = Math.max(first, ceil(Span.MINUTE, to));
            return new Coverage(first, last, first == last
                    ? List.of() : List.of(new Slice(Span.MINUTE, first, last, 0)));
        }
        if (from == to) {
            return new Coverage(from, to, List.of());
        }
        boolean byDay = by != Span.HOUR;
        long first = down(from, byDay, minutesSince, calendar);
        if (to >= now) {
            // What is to come is in no sum: a whole day, or hour, may be taken.
            long end = calendar.end(byDay ? Span.DAY : Span.HOUR, to);
            return new Coverage(first, to, slices(first, end, byDay, calendar));
        }
        long last = up(to, first, byDay, minutesSince, calendar);
        return new Coverage(first, last, slices(first, last, byDay, calendar));
    }

    private static long ceil(Span span, long at) {
        long floor = span.floor(at);
        return floor == at ? at : floor + span.millis();
    }

    /** The latest moment not after a time at which kept sums begin. */
    private static long down(long at, boolean byDay, long minutesSince, RollupCalendar calendar) {
        long day = calendar.begin(Span.DAY, at);
        long hour = Span.HOUR.floor(at);
        if (byDay ? day == at : hour == at) {
            return at;
        }
        if (hour >= minutesSince) {
            return Span.MINUTE.floor(at);
        }
        return !byDay || Span.HOUR.floor(day) == day ? hour : day;
    }

    /**
     * The earliest moment not before a time at which kept sums end. In zones whose days do not begin with an hour, the
     * last day is taken as a whole where there are no minutes of its beginning.
     */
    private static long up(long at, long first, boolean byDay, long minutesSince, RollupCalendar calendar) {
        long day = calendar.begin(Span.DAY, at);
        if (byDay ? day == at : Span.HOUR.floor(at) == at) {
            return at;
        }
        long begins = Math.max(day, first);
        if (byDay && begins < minutesSince && Span.HOUR.floor(begins) != begins) {
            return calendar.end(Span.DAY, at);
        }
        return Span.HOUR.floor(at) >= minutesSince ? ceil(Span.MINUTE, at) : ceil(Span.HOUR, at);
    }

    private static List<Slice> slices(long from, long to, boolean byDay, RollupCalendar calendar) {
        List<Slice> slices = new ArrayList<>();
        long at = from;
        while (at < to) {
            long day = calendar.begin(Span.DAY, at);
            long lastDay = calendar.begin(Span.DAY, to);
            long edge = byDay ? Math.min(to, calendar.end(Span.DAY, at)) : to;
            Slice slice;
            if (byDay && at == day && lastDay > at) {
                slice = new Slice(Span.DAY, at, lastDay, 0);
            } else if (Span.HOUR.floor(at) == at && Span.HOUR.floor(edge) > at) {
                slice = new Slice(Span.HOUR, at, Span.HOUR.floor(edge), day);
            } else {
                slice = new Slice(Span.MINUTE, at, Math.min(edge, Span.HOUR.floor(at) + Span.HOUR.millis()), day);
            }
            slices.add(slice);
            at = slice.to();
        }
        return slices;
    }
}

package systems.supported.rentcache.analytics;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import systems.supported.rentcache.analytics.Rollup.Slot;

/**
 * Sums by minute, hour and day that are still to be written. While the database is away they do not grow by more of the
 * same, but by each minute that passes: of each span there are only so many, and what has no place among them is told.
 * Then minutes are lost first, and days last. Confined to one event loop.
 */
final class UnwrittenSums {
    static final int MOST_OF_A_SPAN = 30_000;

    private final RollupCalendar calendar;
    private final int most;
    private final Map<Span, Map<Slot, Rollup>> sums = new EnumMap<>(Span.class);

    UnwrittenSums(RollupCalendar calendar) {
        this(calendar, MOST_OF_A_SPAN);
    }

    UnwrittenSums(RollupCalendar calendar, int most) {
        this.calendar = calendar;
        this.most = most;
        for (Span span : Span.values()) {
            sums.put(span, new HashMap<>());
        }
    }

    boolean isEmpty() {
        return sums.get(Span.DAY).isEmpty();
    }

    /**
     * Adds the sum of a minute to that of its minute, its hour and its day.
     *
     * @param lost is told in which span's sums there was no place, and for how many answers
     */
    void add(Rollup minute, ObjLongConsumer<Span> lost) {
        for (Span span : Span.values()) {
            add(span, minute.in(minute.slot().moved(calendar.begin(span, minute.slot().at()))), lost);
        }
    }

    /** Adds what could not be written after all. */
    void addAgain(UnwrittenSums others, ObjLongConsumer<Span> lost) {
        others.sums.forEach((span, some) -> some.values().forEach(sum -> add(span, sum, lost)));
    }

    private void add(Span span, Rollup sum, ObjLongConsumer<Span> lost) {
        Map<Slot, Rollup> some = sums.get(span);
        if (some.size() < most || some.containsKey(sum.slot())) {
            some.merge(sum.slot(), sum, Rollup::plus);
        } else {
            lost.accept(span, sum.requests());
        }
    }

    /** The rows of a table in the order of their slots: nodes that write the same ones do so in the same order. */
    Collection<Rollup> of(SumTable table) {
        Map<Slot, Rollup> rows = new TreeMap<>();
        sums.get(table.span()).values().forEach(sum -> {
            Slot slot = table.slot(sum.slot());
            rows.merge(slot, sum.in(slot), Rollup::plus);
        });
        return rows.values();
    }
}

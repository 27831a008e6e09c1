package systems.supported.rentcache.analytics;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import systems.supported.rentcache.analytics.Rollup.Slot;

/**
 * Sums by minute, hour and day that are still to be written. While the database is away they do not grow by more of the
 * same, but by each minute that passes: of each span there are only so many, and what has no place among them is told.
 * Then minutes are lost first, and days last. Confined to one event loop.
 */
final class UnwrittenSums {
    /**
     * As many as a sixteenth of the heap holds before they are written, at a third of a kilobyte each, and no more than a
     * stop has time to write.
     */
    static final int MOST_OF_A_SPAN =
            (int) Math.max(30_000, Math.min(150_000, Runtime.getRuntime().maxMemory() / 16 / 330));

    private final RollupCalendar calendar;
    private final int most;
    private final Map<Span, Map<Long, Map<Slot, Rollup>>> sums = new EnumMap<>(Span.class);
    private final Map<Span, Integer> sizes = new EnumMap<>(Span.class);

    UnwrittenSums(RollupCalendar calendar) {
        this(calendar, MOST_OF_A_SPAN);
    }

    UnwrittenSums(RollupCalendar calendar, int most) {
        this.calendar = calendar;
        this.most = most;
        for (Span span : Span.values()) {
            sums.put(span, new HashMap<>());
            sizes.put(span, 0);
        }
    }

    boolean isEmpty() {
        return parts().isEmpty();
    }

    /** Whether there are so many that they should be written soon. */
    boolean isCrowded() {
        return sizes.get(Span.MINUTE) > most / 2;
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
        others.sums.forEach((span, parts) ->
                parts.values().forEach(some -> some.values().forEach(sum -> add(span, sum, lost))));
    }

    private void add(Span span, Rollup sum, ObjLongConsumer<Span> lost) {
        Slot slot = sum.slot();
        Map<Long, Map<Slot, Rollup>> parts = sums.get(span);
        Rollup before = parts.getOrDefault(slot.part(), Map.of()).get(slot);
        if (before == null && sizes.get(span) >= most) {
            lost.accept(span, sum.requests());
            return;
        }
        parts.computeIfAbsent(slot.part(), first -> new HashMap<>()).put(slot, before == null ? sum : before.plus(sum));
        sizes.merge(span, before == null ? 1 : 0, Integer::sum);
    }

    /** The {@linkplain Slot#part parts} of which there are sums. */
    Set<Long> parts() {
        Set<Long> parts = new TreeSet<>();
        sums.values().forEach(some -> parts.addAll(some.keySet()));
        return parts;
    }

    /** The sums of a part, which are no longer kept here. */
    UnwrittenSums take(long part) {
        UnwrittenSums taken = new UnwrittenSums(calendar, most);
        sums.forEach((span, parts) -> {
            Map<Slot, Rollup> some = parts.remove(part);
            if (some != null) {
                taken.sums.get(span).put(part, some);
                taken.sizes.put(span, some.size());
                sizes.merge(span, -some.size(), Integer::sum);
            }
        });
        return taken;
    }

    /** The rows of a table in the order of their slots: nodes that write the same ones do so in the same order. */
    Collection<Rollup> of(SumTable table) {
        Map<Slot, Rollup> rows = new TreeMap<>();
        sums.get(table.span()).values().forEach(some -> some.values().forEach(sum -> {
            Slot slot = table.slot(sum.slot());
            rows.merge(slot, sum.in(slot), Rollup::plus);
        }));
        return rows.values();
    }
}

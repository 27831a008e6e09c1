package systems.supported.rentcache.analytics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;

/**
 * Sums usage records by minute, and counts which kept answers were given. What is over its bounds is dropped and counted.
 * Confined to one event loop.
 */
public final class UsageGathering {
    private static final int MOST_RECORDS = 20_000;
    private static final int MOST_HIT_COUNTS = 150_000;

    private final Metrics metrics;
    private final int most;
    private final UnwrittenRecords records = new UnwrittenRecords(MOST_RECORDS);
    private final Map<Long, Map<Rollup.Slot, RunningTotal>> totals = new HashMap<>();
    private int sums;
    private Map<CacheKey, Integer> hits = new HashMap<>();

    /** A gathering of nothing yet. */
    public UsageGathering(Metrics metrics) {
        this(metrics, UnwrittenSums.MOST_OF_A_SPAN);
    }

    UsageGathering(Metrics metrics, int most) {
        this.metrics = metrics;
        this.most = most;
    }

    /** Adds the records of an event loop. */
    public void add(UsageBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            add(batch.records()[i]);
        }
        batch.standIns().forEach(this::keep);
    }

    private void add(UsageRecord usage) {
        sum(usage);
        if (usage.detail() != null) {
            keep(usage);
        }
        if (usage.key() != null && usage.result().isSaving()) {
            addHits(usage.key(), 1);
        }
    }

    private void sum(UsageRecord usage) {
        Rollup.Slot slot = Rollup.Slot.ofMinute(usage);
        Map<Rollup.Slot, RunningTotal> part = totals.computeIfAbsent(slot.part(), first -> new HashMap<>());
        RunningTotal total = part.get(slot);
        if (total == null) {
            if (sums == most) {
                for (Span span : Span.values()) {
                    lost(span, 1);
                }
                return;
            }
            total = new RunningTotal();
            part.put(slot, total);
            sums++;
        }
        total.add(usage);
    }

    /** Counts answers whose sums of a span found no place. */
    void lost(Span span, long answers) {
        metrics.dropped("usage-of-" + span.column()).increment(answers);
    }

    /** Whether there is so much that it should be taken soon. */
    boolean isCrowded() {
        return sums > most / 4 * 3 || records.size() > MOST_RECORDS / 2;
    }

    /** Whether there is room for the sums of a batch, whatever is in it. */
    boolean hasRoomFor(UsageBatch batch) {
        return sums + batch.count() <= most;
    }

    /** Whether there are so many hit counts that they should be taken soon. */
    boolean isCrowdedWithHits() {
        return hits.size() > MOST_HIT_COUNTS / 4 * 3;
    }

    /** Adds how often a kept answer was given. */
    void addHits(CacheKey key, int count) {
        if (hits.size() < MOST_HIT_COUNTS || hits.containsKey(key)) {
            hits.merge(key, count, Integer::sum);
        } else {
            metrics.dropped("hit-count").increment(count);
        }
    }

    private void keep(UsageRecord usage) {
        metrics.usageSampled().increment(usage.detail().weight() - 1);
        metrics.dropped("usage-record").increment(records.add(usage) ? 0 : 1);
    }

    /** Keeps records that were taken before, here or in another node. */
    void putBack(List<UsageRecord> taken) {
        metrics.dropped("usage-record").increment(records.putBack(taken));
    }

    /** Whether there are neither sums nor records that are kept for themselves. */
    boolean isEmpty() {
        return sums == 0 && records.isEmpty();
    }

    /** The {@linkplain Rollup.Slot#part parts} of which there are sums, in their order. */
    Set<Long> parts() {
        return new TreeSet<>(totals.keySet());
    }

    /** The sums of a part, which are no longer kept here. */
    Collection<Rollup> takeSums(long part) {
        List<Rollup> taken = new ArrayList<>();
        Map<Rollup.Slot, RunningTotal> some = totals.remove(part);
        if (some != null) {
            some.forEach((slot, total) -> taken.add(total.of(slot)));
            sums -= taken.size();
        }
        return taken;
    }

    /** All sums, which are no longer kept here. */
    List<Rollup> takeSums() {
        List<Rollup> taken = new ArrayList<>();
        parts().forEach(part -> taken.addAll(takeSums(part)));
        return taken;
    }

    List<UsageRecord> takeRecords() {
        return records.take();
    }

    Map<CacheKey, Integer> takeHits() {
        Map<CacheKey, Integer> taken = hits;
        hits = new HashMap<>();
        return taken;
    }

    /** All that was gathered since the last time. */
    public GatheredUsage take() {
        return new GatheredUsage(takeSums(), takeRecords(), takeHits());
    }
}

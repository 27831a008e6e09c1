package systems.supported.rentcache.analytics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;

/**
 * Sums usage records by minute, and counts which kept answers were given. What is over its bounds is dropped and counted.
 * Confined to one event loop.
 */
public final class UsageGathering {
    private static final int MOST_RECORDS = 20_000;
    private static final int MOST_HIT_COUNTS = 100_000;

    private final Metrics metrics;
    private final UnwrittenRecords records = new UnwrittenRecords(MOST_RECORDS);
    private Map<Rollup.Slot, RunningTotal> totals = new HashMap<>();
    private Map<CacheKey, Integer> hits = new HashMap<>();

    /** A gathering of nothing yet. */
    public UsageGathering(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Adds the records of an event loop. */
    public void add(UsageBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            add(batch.records()[i]);
        }
        batch.standIns().forEach(this::keep);
    }

    private void add(UsageRecord usage) {
        totals.computeIfAbsent(Rollup.Slot.ofMinute(usage), first -> new RunningTotal()).add(usage);
        if (usage.detail() != null) {
            keep(usage);
        }
        if (usage.key() != null && usage.result().isSaving()) {
            addHits(usage.key(), 1);
        }
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

    /** Whether no record is kept for itself. */
    boolean hasNoRecords() {
        return records.isEmpty();
    }

    List<Rollup> takeSums() {
        List<Rollup> sums = new ArrayList<>();
        totals.forEach((slot, total) -> sums.add(total.of(slot)));
        totals = new HashMap<>();
        return sums;
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

package systems.supported.rentcache.analytics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
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
    private static final int MOST_SPARE = 4;
    /** What once held more is not worth its room. */
    private static final int LARGEST_SPARE = 4_096;

    private final Metrics metrics;
    private final int most;
    private final UnwrittenRecords records = new UnwrittenRecords(MOST_RECORDS);
    private final MinuteSums.Endpoints endpoints = new MinuteSums.Endpoints();
    private final Map<Long, MinuteSums> totals = new HashMap<>();
    /** Empty ones, for the parts that come to have sums next. */
    private final Deque<MinuteSums> spare = new ArrayDeque<>();
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
        MinuteSums part = totals.computeIfAbsent(Rollup.Slot.part(usage.keyId()), first -> empty());
        int before = part.size();
        if (part.add(usage, before + most - sums)) {
            sums += part.size() - before;
        } else {
            for (Span span : Span.values()) {
                lost(span, 1);
            }
        }
    }

    private MinuteSums empty() {
        return spare.isEmpty() ? new MinuteSums(endpoints) : spare.pop();
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
        MinuteSums some = totals.remove(part);
        if (some == null) {
            return List.of();
        }
        List<Rollup> taken = new ArrayList<>(some.size());
        some.take(taken::add);
        sums -= taken.size();
        if (spare.size() < MOST_SPARE && taken.size() <= LARGEST_SPARE) {
            spare.push(some);
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

package systems.supported.rentcache.live;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.UsageRecord;

/**
 * Counts answers by the second in which they were given, and how long hits and misses took, for the last sixteen
 * seconds. What it counts comes up to {@link #LATE_MILLIS} late, in batches, so a second is told of once that has
 * passed. A clock that steps costs no more than some seconds of figures.
 *
 * <p>Confined to one thread.
 */
final class RequestFigures {
    /** How long after an answer its record may come: batches are handed over twice a second. */
    static final long LATE_MILLIS = 600;
    /** Latencies are those of so many seconds. */
    static final int LATENCY_SECONDS = 10;

    private static final int SLOTS = 16;
    private static final int STEPPED_SECONDS = 60;
    private static final long LONGEST_MICROS = 600_000_000;
    /** Two digits of a latency are enough to read, and keep the slots small. */
    private static final int DIGITS = 2;

    private final Slot[] slots = new Slot[SLOTS];
    private long total;

    /** One second. */
    private static final class Slot {
        private long second = Long.MIN_VALUE;
        private final int[] results = new int[CacheResult.values().length];
        private final IntCountsHistogram hits = new IntCountsHistogram(LONGEST_MICROS, DIGITS);
        private final IntCountsHistogram misses = new IntCountsHistogram(LONGEST_MICROS, DIGITS);

        private void begin(long newSecond) {
            second = newSecond;
            Arrays.fill(results, 0);
            hits.reset();
            misses.reset();
        }
    }

    /**
     * How long answers took.
     *
     * @param count     how many
     * @param p50Micros half of them took no longer, in microseconds, exact to a hundredth; null where there was none
     * @param p99Micros 99 % of them took no longer; likewise
     */
    record Latency(long count, Long p50Micros, Long p99Micros) {
        private static Latency of(Histogram histogram) {
            long count = histogram.getTotalCount();
            return count == 0 ? new Latency(0, null, null) : new Latency(
                    count, histogram.getValueAtPercentile(50), histogram.getValueAtPercentile(99));
        }
    }

    /**
     * The figures at a moment.
     *
     * @param total     answers since the start
     * @param perSecond those of the last full second
     * @param byResult  the same by result
     * @param hit       latency of hits over the last ten seconds
     * @param miss      likewise of misses
     */
    record At(long total, long perSecond, Map<String, Integer> byResult, Latency hit, Latency miss) {
    }

    RequestFigures() {
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    /** Counts an answer. */
    void add(UsageRecord usage) {
        if (usage.result() == CacheResult.REFRESHED) {
            return;
        }
        total++;
        Slot slot = slot(Math.floorDiv(usage.millis() + usage.micros() / 1_000, 1_000));
        if (slot == null) {
            return;
        }
        slot.results[usage.result().ordinal()]++;
        long micros = Math.min(usage.micros(), LONGEST_MICROS);
        switch (usage.result()) {
            case HIT_NEAR, HIT_REDIS, HIT_SQL, STALE -> slot.hits.recordValue(micros);
            case MISS, COALESCED, REVALIDATED, BYPASS -> slot.misses.recordValue(micros);
            default -> {
                // What got no answer took no time that says anything of answers.
            }
        }
    }

    /** The slot of a second; null where its place is a later one's. */
    private Slot slot(long second) {
        Slot slot = slots[(int) Math.floorMod(second, (long) SLOTS)];
        if (slot.second == second) {
            return slot;
        }
        if (slot.second > second && slot.second - second < STEPPED_SECONDS) {
            return null;
        }
        slot.begin(second);
        return slot;
    }

    /** The figures at a moment, in milliseconds since 1970-01-01T00:00Z. */
    At at(long millis) {
        long last = Math.floorDiv(millis - LATE_MILLIS, 1_000L) - 1;
        Map<String, Integer> byResult = new LinkedHashMap<>();
        long perSecond = 0;
        Histogram hits = new Histogram(LONGEST_MICROS, DIGITS);
        Histogram misses = new Histogram(LONGEST_MICROS, DIGITS);
        for (Slot slot : slots) {
            if (slot.second == last) {
                for (CacheResult result : CacheResult.values()) {
                    int count = slot.results[result.ordinal()];
                    if (count > 0) {
                        byResult.put(result.text(), count);
                        perSecond += count;
                    }
                }
            }
            if (slot.second <= last && slot.second > last - LATENCY_SECONDS) {
                hits.add(slot.hits);
                misses.add(slot.misses);
            }
        }
        return new At(total, perSecond, byResult, Latency.of(hits), Latency.of(misses));
    }
}

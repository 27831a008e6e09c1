package systems.supported.rentcache.analytics;

import systems.supported.rentcache.analytics.Rollup.Slot;

/**
 * A sum that grows record by record. Changed in place, unlike {@link Rollup}: there is a record for each answer, and
 * the event loop that sums may be the one that answers. Confined to one event loop.
 */
final class RunningTotal {
    private static final int FIRST_ERROR = 400;

    private final int[] latencies = new int[Latencies.BUCKETS];
    private long requests;
    private long errors;
    private long micros;
    private long costMicros;
    private long savedMicros;
    private long paidCalls;
    private long uncachedCalls;

    void add(UsageRecord usage) {
        requests++;
        errors += usage.status() >= FIRST_ERROR ? 1 : 0;
        micros += usage.micros();
        costMicros += usage.costMicros();
        savedMicros += usage.savedMicros();
        paidCalls += usage.paidCalls();
        uncachedCalls += usage.uncachedCalls();
        latencies[Latencies.bucket(usage.micros())]++;
    }

    Rollup of(Slot slot) {
        return new Rollup(
                slot, requests, errors, micros, costMicros, savedMicros, paidCalls, uncachedCalls,
                Latencies.of(bucket -> latencies[bucket]));
    }
}

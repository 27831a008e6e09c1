package systems.supported.rentcache.analytics;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * A line of a report: sums by cache result.
 *
 * @param at       when its minute, hour or day begins; null where the report is not by them
 * @param keyId    whose key; null where the report is not by keys
 * @param endpoint which endpoint; null where the report is not by endpoints
 * @param sums     by result; none where there was nothing
 */
public record UsageLine(Long at, Long keyId, String endpoint, Map<CacheResult, Rollup> sums) {
    /** Answers that were there. */
    public static final Set<CacheResult> KEPT =
            EnumSet.of(CacheResult.HIT_NEAR, CacheResult.HIT_REDIS, CacheResult.HIT_SQL, CacheResult.STALE);
    /** Answers that took the time of a call upstream. */
    public static final Set<CacheResult> WAITED =
            EnumSet.of(CacheResult.MISS, CacheResult.BYPASS, CacheResult.COALESCED, CacheResult.REVALIDATED);
    /** For which Rentcast was called; not those that shared a call or were confirmed at no cost. */
    public static final Set<CacheResult> MISSES =
            EnumSet.of(CacheResult.MISS, CacheResult.BYPASS, CacheResult.FAILED);
    /** Answers without a paid call of their own. */
    public static final Set<CacheResult> HITS = EnumSet.copyOf(
            EnumSet.allOf(CacheResult.class).stream().filter(CacheResult::isSaving).toList());
    /** Everything that is an answer: a refresh is none. */
    public static final Set<CacheResult> ANSWERS = EnumSet.complementOf(EnumSet.of(CacheResult.REFRESHED));

    static UsageLine empty() {
        return new UsageLine(null, null, null, new EnumMap<>(CacheResult.class));
    }

    /** A sum over some results. */
    public long sum(Set<CacheResult> results, ToLongFunction<Rollup> value) {
        return sums.values().stream().filter(sum -> results.contains(sum.slot().result())).mapToLong(value).sum();
    }

    /** A sum over all results. */
    public long sum(ToLongFunction<Rollup> value) {
        return sums.values().stream().mapToLong(value).sum();
    }

    /** How long answers with some results took. */
    public Latencies latencies(Set<CacheResult> results) {
        return sums.values().stream().filter(sum -> results.contains(sum.slot().result())).map(Rollup::latencies)
                .reduce(Latencies.NONE, Latencies::plus);
    }
}

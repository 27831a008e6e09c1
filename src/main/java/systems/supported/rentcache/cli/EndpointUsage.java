package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.Rollup;

/**
 * What was used of one endpoint, or of all.
 *
 * @param endpoint    the catalog's name, or {@code total}
 * @param requests    how many; those that were refused are neither hits nor misses
 * @param hits        answered without a paid call of their own
 * @param misses      for which Rentcast was called
 * @param errors      answered with a status of 400 or more
 * @param micros      their times summed, in microseconds
 * @param costMicros  what they cost, in micro-dollars
 * @param savedMicros what was saved, in micro-dollars
 */
record EndpointUsage(
        String endpoint,
        long requests,
        long hits,
        long misses,
        long errors,
        long micros,
        long costMicros,
        long savedMicros) {
    private static final Set<CacheResult> MISSES =
            EnumSet.of(CacheResult.MISS, CacheResult.BYPASS, CacheResult.FAILED);
    private static final int RATIO_DIGITS = 4;

    /** Sums by endpoint, in the order of their names. */
    static List<EndpointUsage> of(List<Rollup> rollups) {
        TreeMap<String, EndpointUsage> sums = new TreeMap<>();
        rollups.forEach(rollup -> sums.merge(
                rollup.slot().endpoint(), of(rollup), (sum, more) -> sum.plus(more, sum.endpoint())));
        return List.copyOf(sums.values());
    }

    /** The sum of all. */
    static EndpointUsage total(List<EndpointUsage> usages) {
        EndpointUsage total = new EndpointUsage("total", 0, 0, 0, 0, 0, 0, 0);
        for (EndpointUsage usage : usages) {
            total = total.plus(usage, total.endpoint());
        }
        return total;
    }

    private static EndpointUsage of(Rollup rollup) {
        CacheResult result = rollup.slot().result();
        return new EndpointUsage(
                rollup.slot().endpoint(), result == CacheResult.REFRESHED ? 0 : rollup.requests(),
                result.isSaving() ? rollup.requests() : 0,
                MISSES.contains(result) ? rollup.requests() : 0, rollup.errors(), rollup.micros(),
                rollup.costMicros(), rollup.savedMicros());
    }

    private EndpointUsage plus(EndpointUsage other, String name) {
        return new EndpointUsage(
                name, requests + other.requests, hits + other.hits, misses + other.misses, errors + other.errors,
                micros + other.micros, costMicros + other.costMicros, savedMicros + other.savedMicros);
    }

    /** Hits as a share of hits and misses, 0 to 1; null where there were none. */
    BigDecimal hitRatio() {
        long both = hits + misses;
        return both == 0
                ? null
                : BigDecimal.valueOf(hits).divide(BigDecimal.valueOf(both), RATIO_DIGITS, RoundingMode.HALF_UP);
    }

    /** The mean time of an answer in milliseconds; 0 where there were none. */
    BigDecimal averageMillis() {
        return requests == 0
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(micros, 3).divide(BigDecimal.valueOf(requests), 3, RoundingMode.HALF_UP);
    }

    /** The same for machines; money is in dollars. */
    JsonObject json() {
        return new JsonObject()
                .put("endpoint", endpoint)
                .put("requests", requests)
                .put("hits", hits)
                .put("hitRatio", hitRatio())
                .put("misses", misses)
                .put("errors", errors)
                .put("averageMillis", averageMillis())
                .put("spent", Text.dollars(costMicros))
                .put("saved", Text.dollars(savedMicros));
    }
}

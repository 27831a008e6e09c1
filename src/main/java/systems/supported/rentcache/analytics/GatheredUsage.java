package systems.supported.rentcache.analytics;

import java.util.List;
import java.util.Map;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * What a node gathered of its usage for another one to write.
 *
 * @param sums    by minute
 * @param records those that are kept one by one
 * @param hits    how often which kept answer was given
 */
public record GatheredUsage(List<Rollup> sums, List<UsageRecord> records, Map<CacheKey, Integer> hits) {
    /** Whether there is none. */
    public boolean isEmpty() {
        return sums.isEmpty() && records.isEmpty() && hits.isEmpty();
    }

    /** How many answers are summed in it. */
    public long answers() {
        return sums.stream().mapToLong(Rollup::requests).sum();
    }
}

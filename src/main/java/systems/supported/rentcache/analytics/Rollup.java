package systems.supported.rentcache.analytics;

/**
 * The sum of records that have hour, key, endpoint and result in common.
 *
 * @param slot        what they have in common
 * @param requests    how many
 * @param errors      those of them with a status of 400 or more
 * @param micros      their times summed, in microseconds
 * @param costMicros  what they cost, in micro-dollars
 * @param savedMicros what was saved, in micro-dollars
 */
public record Rollup(Slot slot, long requests, long errors, long micros, long costMicros, long savedMicros) {
    private static final long HOUR_MILLIS = 3_600_000;

    /**
     * What is summed together.
     *
     * @param hour     the hour's first millisecond since 1970-01-01T00:00Z
     * @param keyId    whose key asked
     * @param endpoint the catalog's name of the endpoint
     * @param result   how the cache took part
     */
    public record Slot(long hour, long keyId, String endpoint, CacheResult result) {
        static Slot of(UsageRecord usage) {
            return new Slot(
                    usage.millis() - Math.floorMod(usage.millis(), HOUR_MILLIS), usage.keyId(), usage.endpoint(),
                    usage.result());
        }
    }

    /** Two sums of one slot, or of one report's line, together. */
    Rollup plus(Rollup other) {
        return new Rollup(
                slot, requests + other.requests, errors + other.errors, micros + other.micros,
                costMicros + other.costMicros, savedMicros + other.savedMicros);
    }
}

package systems.supported.rentcache.analytics;

import java.util.Comparator;

/**
 * The sum of records that have minute, hour or day, key, endpoint and result in common.
 *
 * @param slot          what they have in common
 * @param requests      how many
 * @param errors        those of them with a status of 400 or more
 * @param micros        their times summed, in microseconds
 * @param costMicros    what they cost, in micro-dollars
 * @param savedMicros   what was saved, in micro-dollars
 * @param paidCalls     how many calls that Rentcast bills were made for them
 * @param uncachedCalls how many calls that Rentcast bills they would have taken without the cache
 * @param latencies     how long they took
 */
public record Rollup(
        Slot slot,
        long requests,
        long errors,
        long micros,
        long costMicros,
        long savedMicros,
        long paidCalls,
        long uncachedCalls,
        Latencies latencies) {

    /**
     * What is summed together.
     *
     * @param at       the first millisecond of the minute, hour or day, since 1970-01-01T00:00Z
     * @param keyId    whose key asked
     * @param endpoint the catalog's name of the endpoint
     * @param result   how the cache took part
     */
    public record Slot(long at, long keyId, String endpoint, CacheResult result) implements Comparable<Slot> {
        private static final int PART_BITS = 9;
        private static final Comparator<Slot> ORDER = Comparator.comparingLong(Slot::at)
                .thenComparingLong(Slot::keyId).thenComparing(Slot::endpoint).thenComparing(Slot::result);

        /** Which part of all keys a key is in: a part's sums are written together, and lie together in the database. */
        static long part(long keyId) {
            return keyId >> PART_BITS;
        }

        /** The {@linkplain #part(long) part} of its key. */
        long part() {
            return part(keyId);
        }

        /** The same at another time. */
        Slot moved(long other) {
            return new Slot(other, keyId, endpoint, result);
        }

        @Override
        public int compareTo(Slot other) {
            return ORDER.compare(this, other);
        }
    }

    /** Two sums of one slot, or of one report's line, together. */
    Rollup plus(Rollup other) {
        return new Rollup(
                slot, requests + other.requests, errors + other.errors, micros + other.micros,
                costMicros + other.costMicros, savedMicros + other.savedMicros, paidCalls + other.paidCalls,
                uncachedCalls + other.uncachedCalls, latencies.plus(other.latencies));
    }

    /** The same sum in another slot. */
    Rollup in(Slot other) {
        return new Rollup(
                other, requests, errors, micros, costMicros, savedMicros, paidCalls, uncachedCalls, latencies);
    }
}

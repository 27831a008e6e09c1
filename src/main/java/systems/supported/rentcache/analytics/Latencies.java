package systems.supported.rentcache.analytics;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * How many answers took how long: counts in 18 buckets, whose bounds lie densely where answers of the near tier (tens of
 * microseconds) and of Rentcast (about a second) are. Immutable.
 */
public final class Latencies {
    /** How many buckets there are. */
    public static final int BUCKETS = 18;
    /** None. */
    public static final Latencies NONE = new Latencies(new long[BUCKETS]);

    /** The longest time in each bucket but the last, in microseconds. */
    private static final int[] BOUNDS = {
        20, 40, 80, 160, 400, 1_000, 3_000, 10_000, 30_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
        10_000_000, 30_000_000
    };

    private final long[] counts;

    private Latencies(long[] counts) {
        this.counts = counts;
    }

    /** Counts that are asked for bucket by bucket. */
    static Latencies of(IntToLongFunction count) {
        long[] counts = new long[BUCKETS];
        Arrays.setAll(counts, count);
        return new Latencies(counts);
    }

    /** In which bucket a time is, from 0. */
    public static int bucket(int micros) {
        int found = Arrays.binarySearch(BOUNDS, micros);
        return found < 0 ? -found - 1 : found;
    }

    /** The name of a bucket's column. */
    public static String column(int bucket) {
        return bucket < 10 ? "latency_0" + bucket : "latency_" + bucket;
    }

    /** How many answers are in a bucket. */
    public long count(int bucket) {
        return counts[bucket];
    }

    /** How many answers there are in all buckets. */
    public long count() {
        return Arrays.stream(counts).sum();
    }

    /** Both together. */
    public Latencies plus(Latencies other) {
        return of(bucket -> counts[bucket] + other.counts[bucket]);
    }

    /**
     * The time within which a share of the answers came, as far as the buckets tell it: within one, answers are taken to
     * be spread evenly, as Prometheus' {@code histogram_quantile} does.
     *
     * @param share over 0, up to 1
     * @return microseconds, at most 30 s; null where there are no answers
     */
    public Long quantile(double share) {
        long all = count();
        if (all == 0) {
            return null;
        }
        double rank = share * all;
        long before = 0;
        int bucket = 0;
        while (before + counts[bucket] < rank) {
            before += counts[bucket++];
        }
        long low = bucket == 0 ? 0 : BOUNDS[bucket - 1];
        long high = bucket == BOUNDS.length ? low : BOUNDS[bucket];
        return Math.round(low + (high - low) * (rank - before) / counts[bucket]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Latencies latencies && Arrays.equals(counts, latencies.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return Arrays.toString(counts);
    }
}

package systems.supported.rentcache.analytics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one event loop counts of the answers that it gives: plain numbers in arrays, at places that are known
 * beforehand. Adding an answer allocates nothing, looks nothing up and waits for nobody.
 *
 * <p>One event loop adds; any thread may read. A reader sees each number whole and sooner or later, not all of them at
 * the same instant: each write is opaque, which costs the writer no more than a plain one.
 */
public final class AnswerTally {
    /** The upper bounds of the buckets of response times, in microseconds, inclusive; one more bucket is above them. */
    static final int[] BOUNDS = {
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 30_000_000
    };
    static final int BUCKETS = BOUNDS.length + 1;
    static final int RESULTS = CacheResult.values().length;
    static final int SOURCES = AnswerSource.values().length;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int[] SOURCE_OF = sources();

    private final int endpoints;
    private final long[] requests;
    private final long[] micros;
    private final long[] buckets;
    private final long[] codes = new long[StatusCodes.COUNT];
    private final long[] saved;

    /**
     * A tally of nothing.
     *
     * @param endpoints how many endpoints there are; the place after them is for answers that concern none
     */
    AnswerTally(int endpoints) {
        this.endpoints = endpoints;
        int places = endpoints + 1;
        this.requests = new long[places * RESULTS];
        this.micros = new long[places * SOURCES];
        this.buckets = new long[places * SOURCES * BUCKETS];
        this.saved = new long[places];
    }

    private static int[] sources() {
        CacheResult[] results = CacheResult.values();
        int[] sources = new int[results.length];
        for (CacheResult result : results) {
            sources[result.ordinal()] = AnswerSource.of(result).ordinal();
        }
        return sources;
    }

    /**
     * Counts an answer; on the tally's event loop alone.
     *
     * @param endpoint    the endpoint's ordinal in the catalog; negative where the request concerns none
     * @param status      the answer's status
     * @param micros      how long it took, in microseconds
     * @param savedMicros what was saved, in micro-dollars
     */
    public void add(int endpoint, CacheResult result, int status, int micros, long savedMicros) {
        int place = endpoint < 0 ? endpoints : endpoint;
        int source = place * SOURCES + SOURCE_OF[result.ordinal()];
        add(requests, place * RESULTS + result.ordinal(), 1);
        add(this.micros, source, micros);
        add(buckets, source * BUCKETS + bucket(micros), 1);
        add(codes, StatusCodes.place(status), 1);
        if (savedMicros != 0) {
            add(saved, place, savedMicros);
        }
    }

    /** The bucket of a time; short times, which most are, are found first. */
    static int bucket(int micros) {
        int bucket = 0;
        while (bucket < BOUNDS.length && micros > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    private static void add(long[] numbers, int place, long more) {
        LONGS.setOpaque(numbers, place, numbers[place] + more);
    }

    private static long read(long[] numbers, int place) {
        return (long) LONGS.getOpaque(numbers, place);
    }

    /** Answers by endpoint and result. */
    long requests(int place, CacheResult result) {
        return read(requests, place * RESULTS + result.ordinal());
    }

    /** The summed times of answers from a source, in microseconds. */
    long micros(int place, AnswerSource source) {
        return read(micros, place * SOURCES + source.ordinal());
    }

    /** Answers from a source whose time is in a bucket. */
    long bucket(int place, AnswerSource source, int bucket) {
        return read(buckets, (place * SOURCES + source.ordinal()) * BUCKETS + bucket);
    }

    /** Answers with a status, or a class of them. */
    long codes(int place) {
        return read(codes, place);
    }

    /** What was saved, in micro-dollars. */
    long savedMicros(int place) {
        return read(saved, place);
    }
}

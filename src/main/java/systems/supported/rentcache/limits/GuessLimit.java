package systems.supported.rentcache.limits;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often one address may present what turns out to be no key. Each has a {@link TokenBucket}; the buckets are a fixed
 * number of places, and a place is an address's by its hash. So the table has no bound to run into and nobody can push
 * his own record out of it with the help of other addresses; two addresses that share a place share its tokens, which
 * costs neither of them anything as long as they present keys that are known. The hash has a seed, so that nobody finds
 * out with whom he shares. Thread-safe, without locks.
 */
public final class GuessLimit {
    private static final int PLACES = 1 << 16;
    private static final long MIX_1 = 0xbf58476d1ce4e5b9L;
    private static final long MIX_2 = 0x94d049bb133111ebL;

    private final AtomicLongArray states = new AtomicLongArray(PLACES);
    private final TokenBucket bucket;
    private final long seed;

    /**
     * A limit under which nobody has guessed yet.
     *
     * @param rate how many guesses an address has
     * @param seed of the hash; one that nobody knows
     */
    public GuessLimit(Rate rate, long seed) {
        this.bucket = TokenBucket.of(rate);
        this.seed = seed;
    }

    /**
     * Takes one of an address's guesses.
     *
     * @param high     the address's first 64 bits
     * @param low      its last 64 bits
     * @param nowNanos the time in nanoseconds of a clock of the caller's choice, at least 0
     * @return 0 where it may guess; otherwise the nanoseconds until it may
     */
    public long take(long high, long low, long nowNanos) {
        int place = place(high, low);
        while (true) {
            long state = states.get(place);
            long next = bucket.take(state, nowNanos, 1);
            if (next == TokenBucket.REFUSED) {
                return bucket.retryAfter(state, nowNanos, 1);
            }
            if (states.compareAndSet(place, state, next)) {
                return 0;
            }
        }
    }

    /** Gives back a guess that was none: the key was good. */
    public void giveBack(long high, long low) {
        states.updateAndGet(place(high, low), state -> bucket.giveBack(state, 1));
    }

    /** The finish of SplitMix64 over both halves. */
    private int place(long high, long low) {
        return (int) (mixed(mixed(high ^ seed) ^ low) & PLACES - 1);
    }

    private static long mixed(long bits) {
        long first = (bits ^ bits >>> 30) * MIX_1;
        long second = (first ^ first >>> 27) * MIX_2;
        return second ^ second >>> 31;
    }
}

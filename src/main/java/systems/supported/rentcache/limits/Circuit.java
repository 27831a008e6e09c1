package systems.supported.rentcache.limits;

/**
 * A circuit breaker as a pure function over its states. Closed, it lets every call through and counts the failures in a
 * row; after {@link #MOST_FAILURES} it opens and lets none through, for {@link #FIRST_OPEN_MILLIS} at first and twice as
 * long after each probe that fails, up to {@link #LONGEST_OPEN_MILLIS}, shortened by up to a quarter at random so that
 * nodes do not come back together. Then it is half open: the next call that somebody waits for is the probe, and no
 * other goes through until it has ended. It closes the circuit or opens it again.
 *
 * <p>Calls that began before the circuit opened say nothing of it any more. Times are milliseconds of one clock of the
 * caller's; where it steps back, an open circuit stays so no longer than {@link #LONGEST_OPEN_MILLIS}.
 */
public sealed interface Circuit {
    /** So many failures in a row open it. */
    int MOST_FAILURES = 5;
    /** How long it is open at first. */
    long FIRST_OPEN_MILLIS = 10_000;
    /** The longest that it is open. */
    long LONGEST_OPEN_MILLIS = 60_000;
    /** A circuit that saw no failure. */
    Circuit CLOSED = new Closed(0);

    /** How a call ended. */
    enum End {
        /** The upstream works. */
        SUCCESS,
        /** It does not. */
        FAILURE,
        /** The call says nothing of it. */
        UNKNOWN
    }

    /**
     * Every call goes through.
     *
     * @param failures how many calls in a row have failed
     */
    record Closed(int failures) implements Circuit {
    }

    /**
     * No call goes through.
     *
     * @param untilMillis when the next state begins
     * @param times       how often in a row it has opened, at least 1
     */
    record Open(long untilMillis, int times) implements Circuit {
    }

    /**
     * One call goes through.
     *
     * @param probing whether it is under way
     * @param times   how often in a row the circuit was open before
     */
    record HalfOpen(boolean probing, int times) implements Circuit {
    }

    /**
     * What becomes of a call.
     *
     * @param next   the state from now on
     * @param admits whether the call goes through
     * @param probe  whether the circuit depends on how it ends
     */
    record Passage(Circuit next, boolean admits, boolean probe) {
    }

    /** Lets a call through or not. */
    default Passage pass(long now) {
        if (this instanceof Closed) {
            return new Passage(this, true, false);
        }
        if (refusesFor(now) > 0) {
            return new Passage(this, false, false);
        }
        int times = this instanceof Open open ? open.times : ((HalfOpen) this).times;
        return new Passage(new HalfOpen(true, times), true, true);
    }

    /** How long, in milliseconds, no call goes through; 1 while a probe is under way; 0 where one would now. */
    default long refusesFor(long now) {
        if (this instanceof Open open) {
            long left = open.untilMillis - now;
            return left > LONGEST_OPEN_MILLIS ? 0 : Math.max(0, left);
        }
        return this instanceof HalfOpen half && half.probing ? 1 : 0;
    }

    /**
     * The state after a call that went through.
     *
     * @param probe  whether it was the probe
     * @param random a number from 0 (inclusive) to 1
     */
    default Circuit after(End end, boolean probe, long now, double random) {
        if (this instanceof Closed closed) {
            return switch (end) {
                case SUCCESS -> CLOSED;
                case UNKNOWN -> this;
                case FAILURE -> closed.failures + 1 < MOST_FAILURES
                        ? new Closed(closed.failures + 1) : open(1, now, random);
            };
        }
        if (!(this instanceof HalfOpen half) || !probe) {
            return this;
        }
        return switch (end) {
            case SUCCESS -> CLOSED;
            case UNKNOWN -> new HalfOpen(false, half.times);
            case FAILURE -> open(half.times + 1, now, random);
        };
    }

    private static Circuit open(int times, long now, double random) {
        long longest = Math.min(LONGEST_OPEN_MILLIS, FIRST_OPEN_MILLIS << Math.min(times - 1, 10));
        return new Open(now + (long) (longest * (1 - random / 4)), times);
    }

    /** The state's name: {@code closed}, {@code open} or {@code half-open}. */
    default String text() {
        return this instanceof Closed ? "closed" : this instanceof Open ? "open" : "half-open";
    }
}

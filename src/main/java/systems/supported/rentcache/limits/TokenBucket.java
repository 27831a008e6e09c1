package systems.supported.rentcache.limits;

/**
 * A token bucket as a pure function, in the form of the generic cell rate algorithm.
 *
 * <p>A bucket of capacity {@code n} that refills {@code n} tokens a window is wholly described by one number: the
 * <em>theoretical arrival time</em>, the moment at which the bucket will be full again. A request of cost {@code c}
 * moves it {@code c} emission intervals into the future; it conforms while that stays within one window of now. So the
 * state is a {@code long}, needs no refill step, and an idle bucket costs nothing. A state of 0 is a full bucket.
 *
 * <p>The emission interval is rounded up to whole nanoseconds: what rounding does, it does to the strict side.
 *
 * <p>All times are nanoseconds of one clock that the caller chooses. Thread-safe: there is no state here.
 */
public final class TokenBucket {
    /** The answer of {@link #take} when the bucket has too little: no state has this value. */
    public static final long REFUSED = -1;

    private final Rate rate;
    private final long intervalNanos;
    private final long windowNanos;
    private final boolean unlimited;

    private TokenBucket(Rate rate, long intervalNanos) {
        this.rate = rate;
        this.intervalNanos = intervalNanos;
        this.windowNanos = rate.isUnlimited() ? 0 : intervalNanos * rate.permits();
        this.unlimited = rate.isUnlimited();
    }

    /** The bucket that holds a window's permits and refills them evenly over the window. */
    public static TokenBucket of(Rate rate) {
        long interval = rate.isUnlimited() ? 0 : -Math.floorDiv(-rate.window().toNanos(), rate.permits());
        return new TokenBucket(rate, interval);
    }

    /** The rate that the bucket holds to. */
    public Rate rate() {
        return rate;
    }

    /** The time in which one token comes, in nanoseconds; 0 where there is no limit. */
    long intervalNanos() {
        return intervalNanos;
    }

    /** The time in which an empty bucket fills, in nanoseconds; 0 where there is no limit. */
    long windowNanos() {
        return windowNanos;
    }

    /** Whether every take succeeds. */
    public boolean isUnlimited() {
        return unlimited;
    }

    /**
     * The state after taking {@code cost} tokens, or {@link #REFUSED}.
     *
     * @param state the state so far, 0 for a bucket never used
     * @param now   the time, at least 0
     * @param cost  tokens to take, at least 0
     */
    public long take(long state, long now, long cost) {
        if (unlimited) {
            return state;
        }
        // No bucket is emptier than empty: after a clock that stepped back it refills from there.
        long next = Math.max(Math.min(state, now + windowNanos), now) + cost * intervalNanos;
        return next - now <= windowNanos ? next : REFUSED;
    }

    /** The state after {@code cost} tokens that were taken came back unused; never more than full. */
    public long giveBack(long state, long cost) {
        return unlimited ? state : Math.max(0, state - cost * intervalNanos);
    }

    /** Whole tokens in the bucket. */
    public long remaining(long state, long now) {
        return unlimited ? Long.MAX_VALUE : Math.max(0, windowNanos - Math.max(0, state - now)) / intervalNanos;
    }

    /** Nanoseconds until the bucket is full. */
    public long untilFull(long state, long now) {
        return Math.max(0, state - now);
    }

    /** Nanoseconds until a take of {@code cost} would succeed if nothing else is taken; 0 when it would now. */
    public long retryAfter(long state, long now, long cost) {
        long from = Math.max(Math.min(state, now + windowNanos), now);
        return unlimited ? 0 : Math.max(0, from + cost * intervalNanos - windowNanos - now);
    }
}

package systems.supported.rentcache.limits;

/**
 * One limit of one key as a node knows it: the tokens it holds, what the store last said, and its share for when the
 * store is away. Times are nanoseconds of the node's own clock. Not thread-safe.
 */
final class LeasedLimit {
    /** How long what the store said of an empty limit is believed: other nodes may give tokens back meanwhile. */
    private static final long BELIEVED_NANOS = 500_000_000;

    final HeldTokens held = new HeldTokens();
    private final Demand demand = new Demand();
    private long left;
    private long resetAt;
    private long retryAt;
    private long emptyUntil;
    private boolean told;
    private boolean empty;
    private long spell;
    private long shareState;

    void count(long now) {
        demand.count(now);
    }

    long expected(long now) {
        return demand.expected(now);
    }

    boolean canSpend(long now) {
        return held.available(now) > 0;
    }

    /** Whether the store said so recently that it has no token that asking again is of no use yet. */
    boolean isKnownEmpty(long now) {
        return empty && now - emptyUntil < 0;
    }

    /** How many tokens to ask for. */
    long wanted(long capacity, int nodes, long now) {
        return Math.max(0, LeaseSize.of(capacity, nodes, demand.expected(now)) - held.available(now));
    }

    /** Whether it is worth asking before the last token is spent. */
    boolean runsLow(long capacity, int nodes, long now) {
        return LeaseSize.of(capacity, nodes, demand.expected(now)) > 1 && held.isHalfSpent(now) && !isKnownEmpty(now);
    }

    void told(LeaseAnswer.Grant grant, long now) {
        told = true;
        left = grant.left();
        resetAt = now + grant.resetMicros() * 1_000;
        empty = grant.left() == 0 && grant.tokens() == 0;
        retryAt = now + grant.retryMicros() * 1_000;
        emptyUntil = now + Math.min(grant.retryMicros() * 1_000, BELIEVED_NANOS);
    }

    /** Forgets the store: it lost its state. */
    void forget() {
        held.end();
        held.takeUnspent(0);
        told = false;
        empty = false;
    }

    /** Tokens that the node knows of. */
    long remaining(Rate rate, long now) {
        return rate.isUnlimited() ? Long.MAX_VALUE : (told ? left : 0) + held.available(now);
    }

    long untilReset(long now) {
        return Math.max(0, resetAt - now);
    }

    long untilRetry(long now) {
        return Math.max(0, retryAt - now);
    }

    /** Whether the node's share has room; {@link #spendShare} then takes it. */
    boolean shareHasRoom(TokenBucket share, LocalSpell local, long now) {
        begin(share, local);
        return share.take(shareState, now, 1) != TokenBucket.REFUSED;
    }

    void spendShare(TokenBucket share, long now) {
        shareState = share.take(shareState, now, 1);
    }

    long shareRemaining(TokenBucket share, long now) {
        return share.remaining(shareState, now);
    }

    long shareReset(TokenBucket share, long now) {
        return share.untilFull(shareState, now);
    }

    long shareRetry(TokenBucket share, long now) {
        return share.retryAfter(shareState, now, 1);
    }

    private void begin(TokenBucket share, LocalSpell local) {
        if (spell != local.number()) {
            spell = local.number();
            shareState = local.full() ? 0 : local.since() + share.windowNanos();
        }
    }
}

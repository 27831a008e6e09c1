package systems.supported.rentcache.limits;

import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.Quota.Period;

/**
 * What one node knows and holds of one key's rate limits, where several nodes share them through a store.
 *
 * <p>As long as tokens are held, a request is decided here, at once. Otherwise the answer is null: the store has to be
 * asked ({@link #ask}, then {@link #received}). Where the store is away, {@link #admitShare} decides by the node's share.
 * What was spent without the store's knowledge is told to it with the next ask. A request is checked against all limits
 * before any of them counts it.
 *
 * <p>Times are nanoseconds of the node's own clock that does not step, at least 0; the store's windows are numbered by the
 * store's clock. Thread-safe.
 */
public final class LeasedLimits {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LeasedLimit global = new LeasedLimit();
    private final LeasedLimit[] endpoints;
    private final long[] spentAlone;
    /** What this node spent of the windows, by the store's numbers: all of it, and what the store was not told. */
    private SlidingWindow.Count spent = SlidingWindow.Count.NONE;
    private SlidingWindow.Count untold = SlidingWindow.Count.NONE;
    private long windowNanos;
    private long generation;
    private long number;
    private boolean asking;

    /** Nothing held. */
    LeasedLimits(int endpoints) {
        this.endpoints = new LeasedLimit[endpoints];
        this.spentAlone = new long[endpoints];
    }

    /**
     * A new request came; once for each, so that leases follow the demand. Where the key's window has another length than
     * before, what was counted of the former windows is forgotten.
     */
    public synchronized void count(LimitPolicy policy, int endpoint, long now) {
        long length = policy.global().rate().window().toNanos();
        if (length != windowNanos) {
            windowNanos = length;
            spent = SlidingWindow.Count.NONE;
            untold = SlidingWindow.Count.NONE;
            global.forget();
        }
        global.count(now);
        endpoint(endpoint).count(now);
    }

    /**
     * Decides by what is held.
     *
     * @param quotas counts the request against the quotas
     * @param period the calendar's day and month at {@code millis}
     * @param millis the time of day
     * @return null when the store has to be asked
     */
    public synchronized Admission admit(
            LimitPolicy policy, int endpoint, KeyLimits quotas, Period period, long millis, long now) {
        LeasedLimit bucket = endpoint(endpoint);
        boolean windowed = !policy.global().isUnlimited();
        boolean bucketed = !policy.endpoints().get(endpoint).isUnlimited();
        if (windowed && !global.canSpend(now)) {
            return global.isKnownEmpty(now)
                    ? leased(policy, endpoint, Refusal.GLOBAL_RATE, global.untilRetry(now), now) : null;
        }
        if (bucketed && !bucket.canSpend(now)) {
            return bucket.isKnownEmpty(now)
                    ? leased(policy, endpoint, Refusal.ENDPOINT_RATE, bucket.untilRetry(now), now) : null;
        }
        if (quotas.needsQuota(policy, period, now)) {
            return null;
        }
        Refusal refusal = quotas.countQuota(policy, period);
        if (refusal != null) {
            return leased(policy, endpoint, refusal, quotaWait(refusal, period, millis), now);
        }
        if (windowed) {
            global.held.spend();
            spent = SlidingWindow.counted(spent, global.held.index(), 1);
        }
        if (bucketed) {
            bucket.held.spend();
        }
        return leased(policy, endpoint, null, 0, now);
    }

    /**
     * Decides by the node's share of the limits.
     *
     * @param storeMicros the store's time as far as known, microseconds since 1970-01-01T00:00Z
     * @return null when the store of the quotas has to be asked
     */
    public synchronized Admission admitShare(
            LimitPolicy policy, int endpoint, KeyLimits quotas, Period period, long millis, LocalSpell local,
            long storeMicros, long now) {
        Shares shares = shares(policy, endpoint, local);
        Refusal refusal = refusal(shares, local, now);
        if (refusal == null) {
            if (quotas.needsQuota(policy, period, now)) {
                return null;
            }
            refusal = quotas.countQuota(policy, period);
            if (refusal == null) {
                spendShares(policy, endpoint, shares, storeMicros, now);
            }
        }
        return admission(refusal, shares, period, millis, now);
    }

    /**
     * What {@link #admitShare} would say to one more request; it is not counted.
     *
     * @param quota the quota that would refuse it; null where none would
     */
    public synchronized Admission foreseeShare(
            LimitPolicy policy, int endpoint, Refusal quota, Period period, long millis, LocalSpell local, long now) {
        Shares shares = shares(policy, endpoint, local);
        Refusal rate = refusal(shares, local, now);
        return admission(rate == null ? quota : rate, shares, period, millis, now);
    }

    /** An endpoint's bucket, and this node's shares of it and of the window. */
    private record Shares(LeasedLimit bucket, TokenBucket ofWindow, TokenBucket ofBucket) {
    }

    private Shares shares(LimitPolicy policy, int endpoint, LocalSpell local) {
        return new Shares(
                endpoint(endpoint), TokenBucket.of(LimitShare.of(policy.global().rate(), local.nodes())),
                TokenBucket.of(LimitShare.of(policy.endpoints().get(endpoint).rate(), local.nodes())));
    }

    private Refusal refusal(Shares shares, LocalSpell local, long now) {
        if (!global.shareHasRoom(shares.ofWindow, local, now)) {
            return Refusal.GLOBAL_RATE;
        }
        return shares.bucket.shareHasRoom(shares.ofBucket, local, now) ? null : Refusal.ENDPOINT_RATE;
    }

    private void spendShares(LimitPolicy policy, int endpoint, Shares shares, long storeMicros, long now) {
        global.spendShare(shares.ofWindow, now);
        shares.bucket.spendShare(shares.ofBucket, now);
        if (!policy.global().isUnlimited()) {
            long index = storeMicros * 1_000 / policy.global().rate().window().toNanos();
            spent = SlidingWindow.counted(spent, index, 1);
            untold = SlidingWindow.counted(untold, index, 1);
        }
        spentAlone[endpoint]++;
    }

    private Admission admission(Refusal refusal, Shares shares, Period period, long millis, long now) {
        long wait = refusal == null ? 0 : switch (refusal) {
            case GLOBAL_RATE -> global.shareRetry(shares.ofWindow, now);
            case ENDPOINT_RATE -> shares.bucket.shareRetry(shares.ofBucket, now);
            default -> quotaWait(refusal, period, millis);
        };
        return new Admission(
                refusal, refusal == null ? 0 : Math.max(1, wholeSeconds(wait)),
                global.shareRemaining(shares.ofWindow, now), wholeSeconds(global.shareReset(shares.ofWindow, now)),
                shares.bucket.shareRemaining(shares.ofBucket, now),
                wholeSeconds(shares.bucket.shareReset(shares.ofBucket, now)));
    }

    /**
     * An admitted request turned out not to count.
     *
     * @param storeMicros the store's time at which it was admitted, as far as known
     */
    public synchronized void giveBack(LimitPolicy policy, int endpoint, long storeMicros, long now) {
        spent = policy.global().giveBack(spent, storeMicros * 1_000, 1);
        unspend(policy, endpoint, storeMicros, now);
    }

    private void unspend(LimitPolicy policy, int endpoint, long storeMicros, long now) {
        if (!policy.global().isUnlimited()) {
            long index = storeMicros * 1_000 / policy.global().rate().window().toNanos();
            global.held.unspend(index, now);
        }
        if (!policy.endpoints().get(endpoint).isUnlimited()) {
            endpoint(endpoint).held.unspend(0, now);
        }
    }

    /** How many requests to expect in the time that a lease reaches ahead. */
    public synchronized long demand(long now) {
        return global.expected(now);
    }

    /** Whether more should be asked for in the background. */
    public synchronized boolean runsLow(LimitPolicy policy, int endpoint, int nodes, long now) {
        Rate rate = policy.endpoints().get(endpoint).rate();
        return !asking
                && (!policy.global().isUnlimited() && global.runsLow(policy.global().rate().permits(), nodes, now)
                || !rate.isUnlimited() && endpoint(endpoint).runsLow(rate.permits(), nodes, now));
    }

    /** What to ask of the store; null while another ask is under way. */
    public synchronized LeaseAsk ask(LimitPolicy policy, int endpoint, int nodes, long now) {
        return ask(policy, endpoint, nodes, true, now);
    }

    /** What is to be told to the store, of any endpoint; null where there is nothing, or an ask is under way. */
    public synchronized LeaseAsk tell(LimitPolicy policy, long now) {
        boolean windowSaysSo = global.held.hasUnspent(now) || untold.current() > 0 || untold.previous() > 0;
        int first = -1;
        for (int i = 0; i < endpoints.length; i++) {
            if (endpoints[i] != null && (endpoints[i].held.hasUnspent(now) || spentAlone[i] > 0)) {
                first = i;
                break;
            }
        }
        return first < 0 && !windowSaysSo ? null : ask(policy, Math.max(0, first), 1, false, now);
    }

    private LeaseAsk ask(LimitPolicy policy, int endpoint, int nodes, boolean wanting, long now) {
        if (asking) {
            return null;
        }
        asking = true;
        SlidingWindow window = policy.global();
        TokenBucket bucket = policy.endpoints().get(endpoint);
        LeasedLimit limit = endpoint(endpoint);
        long globalWant = wanting && !window.isUnlimited() ? global.wanted(window.rate().permits(), nodes, now) : 0;
        long bucketWant = wanting && !bucket.isUnlimited() ? limit.wanted(bucket.rate().permits(), nodes, now) : 0;
        HeldTokens.Unspent windowUnspent = global.held.takeUnspent(now);
        HeldTokens.Unspent bucketUnspent = limit.held.takeUnspent(now);
        LeaseAsk ask = new LeaseAsk(generation, endpoint, ++number,
                new LeaseAsk.Window(
                        window.isUnlimited() ? 0 : window.rate().permits(), window.rate().window().toNanos(),
                        globalWant, windowUnspent.index(), windowUnspent.tokens(), untold),
                new LeaseAsk.Bucket(
                        bucket.isUnlimited() ? 0 : bucket.rate().permits(), bucket.intervalNanos(),
                        bucketWant, limit.held.available(now), bucketUnspent.tokens(), spentAlone[endpoint]));
        untold = SlidingWindow.Count.NONE;
        spentAlone[endpoint] = 0;
        return ask;
    }

    /**
     * The store answered.
     *
     * @param sentAt     when it was asked
     * @param leaseNanos how long a lease holds
     */
    public synchronized void received(LeaseAsk ask, LeaseAnswer answer, long sentAt, long leaseNanos, long now) {
        asking = false;
        if (ask.generation() != generation) {
            return;
        }
        long until = sentAt + leaseNanos;
        if (ask.window().permits() > 0) {
            global.told(answer.window(), now);
            if (answer.window().tokens() > 0 && ask.window().windowNanos() == windowNanos) {
                long windowEnds = sentAt + windowNanos - answer.storeMicros() * 1_000 % windowNanos;
                long held = answer.windowIndex() == global.held.index() ? global.held.available(now) : 0;
                global.held.add(answer.window().tokens(), answer.windowIndex(), held + answer.window().tokens(),
                        Math.min(until, windowEnds));
            }
        }
        if (ask.bucket().permits() > 0) {
            LeasedLimit bucket = endpoint(ask.endpoint());
            bucket.told(answer.bucket(), now);
            if (answer.bucket().tokens() > 0) {
                bucket.held.add(answer.bucket().tokens(), 0, ask.bucket().held() + answer.bucket().tokens(), until);
            }
        }
    }

    /** What to ask of the store for one request, where every request asks it. */
    public synchronized LeaseAsk askForOne(LimitPolicy policy, int endpoint) {
        return ask(policy, endpoint, 1);
    }

    /** What to ask of the store to hear what it has; nothing is wanted, told or given back. */
    public synchronized LeaseAsk askForNone(LimitPolicy policy, int endpoint) {
        return ask(policy, endpoint, 0);
    }

    private LeaseAsk ask(LimitPolicy policy, int endpoint, int want) {
        SlidingWindow window = policy.global();
        TokenBucket bucket = policy.endpoints().get(endpoint);
        return new LeaseAsk(generation, endpoint, 0,
                new LeaseAsk.Window(window.isUnlimited() ? 0 : window.rate().permits(),
                        window.rate().window().toNanos(), want, 0, 0, SlidingWindow.Count.NONE),
                new LeaseAsk.Bucket(bucket.isUnlimited() ? 0 : bucket.rate().permits(), bucket.intervalNanos(),
                        want, 0, 0, 0));
    }

    /**
     * What would be said to one more request, by what is held here and what the store has; it is not counted.
     *
     * @param answer the store's to {@link #askForNone}
     * @param quota  the quota that would refuse it; null where none would
     * @param period the calendar's day and month at {@code millis}
     * @param millis the time of day
     */
    public synchronized Admission foresee(
            LimitPolicy policy, int endpoint, LeaseAnswer answer, Refusal quota, Period period, long millis, long now) {
        long window = left(policy.global().isUnlimited(), answer.window(), global, now);
        long bucket = left(policy.endpoints().get(endpoint).isUnlimited(), answer.bucket(), endpoint(endpoint), now);
        Refusal refusal = window == 0 ? Refusal.GLOBAL_RATE : bucket == 0 ? Refusal.ENDPOINT_RATE : quota;
        long wait = refusal == null ? 0 : switch (refusal) {
            case GLOBAL_RATE -> answer.window().retryMicros() * 1_000;
            case ENDPOINT_RATE -> answer.bucket().retryMicros() * 1_000;
            default -> quotaWait(refusal, period, millis);
        };
        return new Admission(
                refusal, refusal == null ? 0 : Math.max(1, wholeSeconds(wait)),
                window, wholeSeconds(answer.window().resetMicros() * 1_000),
                bucket, wholeSeconds(answer.bucket().resetMicros() * 1_000));
    }

    private static long left(boolean unlimited, LeaseAnswer.Grant grant, LeasedLimit limit, long now) {
        return unlimited ? Long.MAX_VALUE : grant.left() + limit.held.available(now);
    }

    /** Decides by what the store said to {@link #askForOne}. */
    public synchronized Admission admitOne(
            LimitPolicy policy, LeaseAsk ask, LeaseAnswer answer, KeyLimits quotas, Period period, long millis,
            long now) {
        if (answer.settleMicros() > 0) {
            return Admission.storeAway();
        }
        LeasedLimit bucket = endpoint(ask.endpoint());
        boolean windowed = ask.window().permits() > 0;
        boolean bucketed = ask.bucket().permits() > 0;
        if (windowed) {
            global.told(answer.window(), now);
        }
        if (bucketed) {
            bucket.told(answer.bucket(), now);
        }
        if (windowed && answer.window().tokens() == 0 && answer.window().left() == 0) {
            return leased(policy, ask.endpoint(), Refusal.GLOBAL_RATE, global.untilRetry(now), now);
        }
        if (bucketed && answer.bucket().tokens() == 0) {
            return leased(policy, ask.endpoint(), Refusal.ENDPOINT_RATE, bucket.untilRetry(now), now);
        }
        boolean undecided = quotas.needsQuota(policy, period, now);
        Refusal refusal = undecided ? null : quotas.countQuota(policy, period);
        if (undecided) {
            unspend(policy, ask.endpoint(), answer.storeMicros(), now);
            return null;
        }
        if (refusal != null) {
            unspend(policy, ask.endpoint(), answer.storeMicros(), now);
            return leased(policy, ask.endpoint(), refusal, quotaWait(refusal, period, millis), now);
        }
        if (windowed) {
            spent = SlidingWindow.counted(spent, answer.windowIndex(), 1);
        }
        return leased(policy, ask.endpoint(), null, 0, now);
    }

    /** The store did not answer: what it was told it is told again, which errs to the strict side. */
    public synchronized void unanswered(LeaseAsk ask) {
        asking = false;
        if (ask.generation() != generation) {
            return;
        }
        SlidingWindow.Count again = ask.window().spent();
        untold = SlidingWindow.counted(
                SlidingWindow.counted(again, untold.index() - 1, untold.previous()), untold.index(), untold.current());
        spentAlone[ask.endpoint()] += ask.bucket().spent();
    }

    /** The store lost its state: what is held is void, and it has to be told what was spent of the windows. */
    public synchronized void lost() {
        generation++;
        asking = false;
        untold = spent;
        global.forget();
        for (int i = 0; i < endpoints.length; i++) {
            spentAlone[i] = 0;
            if (endpoints[i] != null) {
                endpoints[i].forget();
            }
        }
    }

    /** Ends all leases, so that {@link #tell} gives back what is held. */
    public synchronized void end() {
        global.held.end();
        for (LeasedLimit limit : endpoints) {
            if (limit != null) {
                limit.held.end();
            }
        }
    }

    /** Whether nothing is held and nothing to be told. */
    public synchronized boolean isIdle(long now) {
        if (asking || global.canSpend(now) || global.held.hasUnspent(now) || untold.current() + untold.previous() > 0) {
            return false;
        }
        for (int i = 0; i < endpoints.length; i++) {
            LeasedLimit limit = endpoints[i];
            if (spentAlone[i] > 0 || limit != null && (limit.canSpend(now) || limit.held.hasUnspent(now))) {
                return false;
            }
        }
        return true;
    }

    private LeasedLimit endpoint(int ordinal) {
        LeasedLimit known = endpoints[ordinal];
        if (known == null) {
            known = new LeasedLimit();
            endpoints[ordinal] = known;
        }
        return known;
    }

    private Admission leased(LimitPolicy policy, int endpoint, Refusal refusal, long wait, long now) {
        LeasedLimit bucket = endpoint(endpoint);
        return new Admission(
                refusal, refusal == null ? 0 : Math.max(1, wholeSeconds(wait)),
                global.remaining(policy.global().rate(), now), wholeSeconds(global.untilReset(now)),
                bucket.remaining(policy.endpoints().get(endpoint).rate(), now), wholeSeconds(bucket.untilReset(now)));
    }

    private static long quotaWait(Refusal refusal, Period period, long millis) {
        return ((refusal == Refusal.DAILY_QUOTA ? period.dayEndsAt() : period.monthEndsAt()) - millis) * NANOS_PER_MILLI;
    }

    private static long wholeSeconds(long nanos) {
        return -Math.floorDiv(-nanos, NANOS_PER_SECOND);
    }
}

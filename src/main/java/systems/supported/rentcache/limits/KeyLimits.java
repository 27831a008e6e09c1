package systems.supported.rentcache.limits;

import java.util.ArrayDeque;
import java.util.Queue;
import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;

/**
 * What one key has used of its limits, in this process.
 *
 * <p>A request is checked against all limits before any of them counts it, so a refused one counts against nothing.
 * The decisions are those of {@link SlidingWindow}, {@link TokenBucket} and {@link Quota}; this class holds their
 * states together under one lock, which a single key's requests hold for some tens of nanoseconds. It keeps them as
 * numbers and not as the records that the decisions take: with many keys in use a record that each request replaces would
 * live until the next one of its key, so that the collector moves it among the old objects, and looks for each that was put
 * there.
 *
 * <p>Thread-safe.
 */
public final class KeyLimits {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private long windowIndex;
    private long windowCurrent;
    private long windowPrevious;
    private long day;
    private long dayCount;
    private long month;
    private long monthCount;
    private final long[] buckets;
    private final LeasedLimits leased;
    private final LeasedQuota quota;
    private final long keyId;
    private final Queue<KeyLimits> changed;
    private final Queue<KeyLimits> limited;
    /** Where those who tell the store will find it; null where it knows all. */
    private Queue<KeyLimits> told;
    private boolean hasQuotas;
    private Usage savedUsage;

    /**
     * Limits with no rate used yet, which this process keeps alone.
     *
     * @param endpoints how many endpoints the catalog has
     * @param usage     what the store says was used of the quotas
     */
    public KeyLimits(int endpoints, Usage usage) {
        this(endpoints, usage, null, 0, new ArrayDeque<>(), new ArrayDeque<>());
    }

    /**
     * Limits with no rate used yet.
     *
     * @param leased  holds the rates where nodes share them; null where this process keeps them alone
     * @param keyId   whose limits they are
     * @param changed gets these limits, once, when the store no longer knows all that was used
     * @param limited gets them in its place where the key has quotas
     */
    KeyLimits(
            int endpoints, Usage usage, LeasedLimits leased, long keyId, Queue<KeyLimits> changed,
            Queue<KeyLimits> limited) {
        this.buckets = new long[endpoints];
        this.leased = leased;
        this.quota = leased == null ? null : new LeasedQuota(usage);
        this.keyId = keyId;
        this.changed = changed;
        this.limited = limited;
        this.savedUsage = usage;
        used(usage);
    }

    private SlidingWindow.Count window() {
        return new SlidingWindow.Count(windowIndex, windowCurrent, windowPrevious);
    }

    private void counted(SlidingWindow.Count next) {
        windowIndex = next.index();
        windowCurrent = next.current();
        windowPrevious = next.previous();
    }

    private void used(Usage next) {
        day = next.day();
        dayCount = next.dayCount();
        month = next.month();
        monthCount = next.monthCount();
    }

    /** Whose limits they are. */
    public long keyId() {
        return keyId;
    }

    /** Those who tell the store look at what has changed, and not at every key that there is. */
    private void tellChanged() {
        Queue<KeyLimits> queue = hasQuotas ? limited : changed;
        if (told == null || told == changed && queue == limited) {
            told = queue;
            queue.add(this);
        }
    }

    private void tellChanged(LimitPolicy policy) {
        hasQuotas = policy.hasQuota();
        tellChanged();
    }

    /** What this node holds of the rates where nodes share them; null where this process keeps them alone. */
    public LeasedLimits leased() {
        return leased;
    }

    /**
     * Counts one request against the quotas, or says which of them refuses it and counts nothing; where nodes share the
     * limits.
     *
     * @param period the calendar's day and month of the request
     */
    synchronized Refusal countQuota(LimitPolicy policy, Period period) {
        Refusal refusal = quota.take(policy, period);
        tellChanged(policy);
        return refusal;
    }

    /** Gives back to the quotas what an admitted request took. */
    public synchronized void giveBackQuota(LimitPolicy policy, Period period) {
        quota.giveBack(policy, period);
        tellChanged(policy);
    }

    /** Whether the quotas' store has to be asked before a request can be decided about; where nodes share the limits. */
    public synchronized boolean needsQuota(LimitPolicy policy, Period period, long now) {
        return quota.isNeeded(policy, period, now);
    }

    /** Whether more of the quotas should be leased in the background. */
    public synchronized boolean quotaRunsLow(LimitPolicy policy, Period period) {
        return quota.runsLow(policy, period);
    }

    /** Begins to lease of the quotas; false while that is under way already. */
    public synchronized boolean beginQuotaLease() {
        return quota.begin();
    }

    /**
     * The quotas' store answered.
     *
     * @param until when the lease ends
     */
    public synchronized void quotaReceived(LimitPolicy policy, QuotaGrant grant, Period period, long until, long now) {
        quota.received(policy, grant, period, until, now);
    }

    /** The quotas' store did not answer. */
    public synchronized void quotaUnanswered(LimitPolicy policy, Period period, int nodes, long now) {
        quota.unanswered(policy, period, nodes, now);
    }

    /**
     * Takes out what was leased of the quotas and not spent.
     *
     * @param end whether also before the lease ends
     * @return what to add to the store's count, below zero; null where there is nothing
     */
    public synchronized Usage takeUnspentQuota(boolean end, long now) {
        return quota.takeUnspent(end, now);
    }

    /** Takes out what the quotas' store does not know of, where nodes share the limits; null where it knows all. */
    synchronized Usage takeUncounted() {
        told = null;
        return leased == null ? null : quota.takeUncounted();
    }

    /** What was taken out could not be added to the store's count. */
    public synchronized void countAgain(Usage taken) {
        quota.countAgain(taken);
        tellChanged();
    }

    /**
     * Which quota would refuse one more request, where nodes share them; null where none would.
     *
     * @param stored what the quotas' store counted, with what the nodes hold
     */
    public synchronized Refusal foreseeQuota(LimitPolicy policy, Period period, Usage stored) {
        return quota.holds(period) ? null : exhausted(policy, period, stored);
    }

    private static Refusal exhausted(LimitPolicy policy, Period period, Usage used) {
        if (!policy.hasQuota()) {
            return null;
        }
        Usage current = used.in(period);
        if (current.monthCount() >= policy.monthlyLimit()) {
            return Refusal.MONTHLY_QUOTA;
        }
        return current.dayCount() >= policy.dailyLimit() ? Refusal.DAILY_QUOTA : null;
    }

    /**
     * Admits one request, or refuses it and counts nothing.
     *
     * @param policy   the key's limits
     * @param endpoint the endpoint's ordinal
     * @param period   the calendar's day and month at {@code millis}
     * @param millis   the time, in milliseconds since 1970-01-01T00:00Z
     */
    public synchronized Admission admit(LimitPolicy policy, int endpoint, Period period, long millis) {
        long now = millis * NANOS_PER_MILLI;
        SlidingWindow global = policy.global();
        TokenBucket bucket = policy.endpoints().get(endpoint);

        SlidingWindow.Count nextWindow = global.take(window(), now, 1);
        if (nextWindow == null) {
            return refuse(policy, endpoint, Refusal.GLOBAL_RATE, global.retryAfter(window(), now, 1), now);
        }
        long nextBucket = bucket.take(buckets[endpoint], now, 1);
        if (nextBucket == TokenBucket.REFUSED) {
            long wait = bucket.retryAfter(buckets[endpoint], now, 1);
            return refuse(policy, endpoint, Refusal.ENDPOINT_RATE, wait, now);
        }
        Refusal refusal = exhausted(policy, period, usage());
        if (refusal != null) {
            long end = refusal == Refusal.DAILY_QUOTA ? period.dayEndsAt() : period.monthEndsAt();
            return refuse(policy, endpoint, refusal, (end - millis) * NANOS_PER_MILLI, now);
        }
        counted(nextWindow);
        buckets[endpoint] = nextBucket;
        used(Quota.take(usage(), period, 1));
        tellChanged(policy);
        return admission(policy, endpoint, null, 0, now);
    }

    /** What {@link #admit} would say to one more request, which is not counted. */
    public synchronized Admission foresee(LimitPolicy policy, int endpoint, Period period, long millis) {
        SlidingWindow.Count windowBefore = window();
        long bucketBefore = buckets[endpoint];
        Usage usageBefore = usage();
        Admission admission = admit(policy, endpoint, period, millis);
        counted(windowBefore);
        buckets[endpoint] = bucketBefore;
        used(usageBefore);
        return admission;
    }

    /**
     * Gives back what an admitted request took, when RentCache itself refused it later on.
     *
     * @param policy   the key's limits
     * @param endpoint the endpoint's ordinal
     * @param period   the period that it was admitted in
     * @param millis   when it was admitted
     */
    public synchronized void giveBack(LimitPolicy policy, int endpoint, Period period, long millis) {
        counted(policy.global().giveBack(window(), millis * NANOS_PER_MILLI, 1));
        buckets[endpoint] = policy.endpoints().get(endpoint).giveBack(buckets[endpoint], 1);
        used(Quota.giveBack(usage(), period, 1));
        tellChanged(policy);
    }

    /** What was used of the quotas. */
    public synchronized Usage usage() {
        return new Usage(day, dayCount, month, monthCount);
    }

    /** The usage, where it changed since it was last asked for here; null otherwise. */
    synchronized Usage unsavedUsage() {
        told = null;
        Usage usage = usage();
        if (usage.equals(savedUsage)) {
            return null;
        }
        savedUsage = usage;
        return usage;
    }

    /** What was last reported as unsaved could not be saved: it is reported again. */
    synchronized void saveAgain() {
        savedUsage = null;
        tellChanged();
    }

    private Admission refuse(LimitPolicy policy, int endpoint, Refusal refusal, long waitNanos, long now) {
        return admission(policy, endpoint, refusal, Math.max(1, wholeSeconds(waitNanos)), now);
    }

    private Admission admission(LimitPolicy policy, int endpoint, Refusal refusal, long retryAfter, long now) {
        TokenBucket bucket = policy.endpoints().get(endpoint);
        SlidingWindow global = policy.global();
        SlidingWindow.Count window = window();
        long globalRemaining = global.remaining(window, now);
        return new Admission(
                refusal,
                retryAfter,
                globalRemaining,
                wholeSeconds(globalRemaining > 0 ? global.untilReset(now) : global.retryAfter(window, now, 1)),
                bucket.remaining(buckets[endpoint], now),
                wholeSeconds(bucket.untilFull(buckets[endpoint], now)));
    }

    private static long wholeSeconds(long nanos) {
        return -Math.floorDiv(-nanos, NANOS_PER_SECOND);
    }
}

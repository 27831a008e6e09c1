package systems.supported.rentcache.limits;

import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;

/**
 * What one key has used of its limits, in this process.
 *
 * <p>A request is checked against all limits before any of them counts it, so a refused one counts against nothing.
 * The decisions are those of {@link SlidingWindow}, {@link TokenBucket} and {@link Quota}; this class holds their
 * states together under one lock, which a single key's requests hold for some tens of nanoseconds.
 *
 * <p>Thread-safe.
 */
public final class KeyLimits {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private SlidingWindow.Count window = SlidingWindow.Count.NONE;
    private final long[] buckets;
    private Usage usage;
    private Usage savedUsage;

    /**
     * Limits with no rate used yet.
     *
     * @param endpoints how many endpoints the catalog has
     * @param usage     what the store says was used of the quotas
     */
    public KeyLimits(int endpoints, Usage usage) {
        this.buckets = new long[endpoints];
        this.usage = usage;
        this.savedUsage = usage;
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

        SlidingWindow.Count nextWindow = global.take(window, now, 1);
        if (nextWindow == null) {
            return refuse(policy, endpoint, Refusal.GLOBAL_RATE, global.retryAfter(window, now, 1), now);
        }
        long nextBucket = bucket.take(buckets[endpoint], now, 1);
        if (nextBucket == TokenBucket.REFUSED) {
            long wait = bucket.retryAfter(buckets[endpoint], now, 1);
            return refuse(policy, endpoint, Refusal.ENDPOINT_RATE, wait, now);
        }
        if (policy.hasQuota()) {
            Usage current = usage.in(period);
            if (current.monthCount() >= policy.monthlyLimit()) {
                long wait = (period.monthEndsAt() - millis) * NANOS_PER_MILLI;
                return refuse(policy, endpoint, Refusal.MONTHLY_QUOTA, wait, now);
            }
            if (current.dayCount() >= policy.dailyLimit()) {
                long wait = (period.dayEndsAt() - millis) * NANOS_PER_MILLI;
                return refuse(policy, endpoint, Refusal.DAILY_QUOTA, wait, now);
            }
        }
        window = nextWindow;
        buckets[endpoint] = nextBucket;
        usage = Quota.take(usage, period, 1);
        return admission(policy, endpoint, null, 0, now);
    }

    /**
     * Gives back what an admitted request took, when RentCache itself refused it later on.
     *
     * @param policy   the key's limits
     * @param endpoint the endpoint's ordinal
     */
    public synchronized void giveBack(LimitPolicy policy, int endpoint) {
        window = policy.global().giveBack(window, 1);
        buckets[endpoint] = policy.endpoints().get(endpoint).giveBack(buckets[endpoint], 1);
        usage = Quota.giveBack(usage, 1);
    }

    /** What was used of the quotas. */
    public synchronized Usage usage() {
        return usage;
    }

    /** The usage, where it changed since it was last asked for here; null otherwise. */
    public synchronized Usage unsavedUsage() {
        if (usage.equals(savedUsage)) {
            return null;
        }
        savedUsage = usage;
        return usage;
    }

    private Admission refuse(LimitPolicy policy, int endpoint, Refusal refusal, long waitNanos, long now) {
        return admission(policy, endpoint, refusal, Math.max(1, wholeSeconds(waitNanos)), now);
    }

    private Admission admission(LimitPolicy policy, int endpoint, Refusal refusal, long retryAfter, long now) {
        TokenBucket bucket = policy.endpoints().get(endpoint);
        return new Admission(
                refusal,
                retryAfter,
                policy.global().remaining(window, now),
                wholeSeconds(policy.global().untilReset(now)),
                bucket.remaining(buckets[endpoint], now),
                wholeSeconds(bucket.untilFull(buckets[endpoint], now)));
    }

    private static long wholeSeconds(long nanos) {
        return -Math.floorDiv(-nanos, NANOS_PER_SECOND);
    }
}

package systems.supported.rentcache.limits;

import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;

/**
 * What a node holds of one key's quotas, where several nodes share them through the database. The database counts a
 * request when it is leased, so what is spent needs no more telling, and what is not spent goes back. A key without
 * quotas is not leased: its requests are counted here and added to the database's count from time to time.
 *
 * <p>Where the database is away, the node goes on with its share of what was left when it last heard of it, and counts
 * that for later.
 *
 * <p>Times are nanoseconds of the node's own clock. Not thread-safe.
 */
final class LeasedQuota {
    /** How long it is believed that a quota is used up: other nodes may give back what they hold. */
    private static final long BELIEVED_NANOS = 1_000_000_000;

    private Usage known;
    private long held;
    private long recorded;
    private Period period;
    private long endsAt;
    private Period refusedIn;
    private Refusal refusal = Refusal.DAILY_QUOTA;
    private long refusedUntil;
    private boolean alone;
    private boolean asking;
    private Usage uncounted = Usage.NONE;

    LeasedQuota(Usage known) {
        this.known = known;
    }

    /** Whether the database has to be asked before a request can be decided about. */
    boolean isNeeded(LimitPolicy policy, Period now, long nanos) {
        return policy.hasQuota() && available(now) == 0
                && !(refusedIn != null && refusedIn.day() == now.day() && nanos - refusedUntil < 0);
    }

    /** Whether a request can be spent; nothing is. */
    boolean holds(Period now) {
        return available(now) > 0;
    }

    /** Whether more should be asked for in the background. */
    boolean runsLow(LimitPolicy policy, Period now) {
        return policy.hasQuota() && !asking && !alone && recorded > 1 && 2 * available(now) <= recorded;
    }

    /** Counts a request; what refuses it, or null. */
    Refusal take(LimitPolicy policy, Period now) {
        if (!policy.hasQuota()) {
            uncounted = Quota.take(uncounted, now, 1);
            return null;
        }
        if (available(now) == 0) {
            return refusal;
        }
        held--;
        if (alone) {
            uncounted = Quota.take(uncounted, now, 1);
        }
        return null;
    }

    void giveBack(LimitPolicy policy, Period taken) {
        if (!policy.hasQuota() || alone) {
            uncounted = new Usage(
                    uncounted.day(), uncounted.dayCount() - (taken.day() == uncounted.day() ? 1 : 0),
                    uncounted.month(), uncounted.monthCount() - (taken.month() == uncounted.month() ? 1 : 0));
        } else if (period != null && taken.day() == period.day()) {
            held++;
        }
    }

    /** Whether an ask may be made now; it then counts as under way. */
    boolean begin() {
        boolean begins = !asking;
        asking = true;
        return begins;
    }

    /** The database answered. */
    void received(LimitPolicy policy, QuotaGrant grant, Period of, long until, long now) {
        asking = false;
        if (alone) {
            held = 0;
            alone = false;
        }
        known = grant.usage();
        if (grant.granted() == 0) {
            refuse(policy, of, now);
            return;
        }
        held = available(of) + grant.granted();
        recorded = held;
        period = of;
        endsAt = until;
    }

    /** The database is away. */
    void unanswered(LimitPolicy policy, Period of, int nodes, long now) {
        asking = false;
        if (!alone || period.day() < of.day()) {
            Usage used = known.in(of);
            Usage ours = uncounted.in(of);
            alone = true;
            held = Math.max(0, Math.min(
                    policy.dailyLimit() - used.dayCount() - ours.dayCount(),
                    policy.monthlyLimit() - used.monthCount() - ours.monthCount())) / nodes;
            recorded = held;
            period = of;
        }
        if (available(of) == 0) {
            refuse(policy, of, now);
        }
    }

    private void refuse(LimitPolicy policy, Period of, long now) {
        refusal = known.in(of).monthCount() >= policy.monthlyLimit() ? Refusal.MONTHLY_QUOTA : Refusal.DAILY_QUOTA;
        refusedIn = of;
        refusedUntil = now + BELIEVED_NANOS;
    }

    /** Takes out what is to go back, as a count below zero; null where the lease goes on. */
    Usage takeUnspent(boolean end, long now) {
        if (held == 0 || alone || asking || !end && now - endsAt < 0) {
            return null;
        }
        Usage back = new Usage(period.day(), -held, period.month(), -held);
        held = 0;
        recorded = 0;
        return back;
    }

    /** Takes out what the database does not know of; null where it knows all. */
    Usage takeUncounted() {
        if (uncounted.dayCount() == 0 && uncounted.monthCount() == 0) {
            return null;
        }
        Usage taken = uncounted;
        uncounted = Usage.NONE;
        return taken;
    }

    /** What was taken out could not be added to the database's count. */
    void countAgain(Usage taken) {
        if (taken.day() >= uncounted.day()) {
            uncounted = new Usage(
                    taken.day(), taken.dayCount() + (uncounted.day() == taken.day() ? uncounted.dayCount() : 0),
                    taken.month(), taken.monthCount() + (uncounted.month() == taken.month() ? uncounted.monthCount() : 0));
        } else {
            uncounted = new Usage(
                    uncounted.day(), uncounted.dayCount(), uncounted.month(),
                    uncounted.monthCount() + (uncounted.month() == taken.month() ? taken.monthCount() : 0));
        }
    }

    /** Requests that can be spent; what was leased for an earlier day cannot. */
    private long available(Period now) {
        if (held > 0 && period.day() < now.day()) {
            held = 0;
            recorded = 0;
            alone = false;
        }
        return held;
    }
}

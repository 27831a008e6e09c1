package systems.supported.rentcache.http;

import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.NearEntry;

/**
 * What is recorded of an answer.
 *
 * <p>Rentcast bills a 200 with a body, and nothing else. So a kept answer of that kind would have taken a billed call
 * without the cache, and a kept 404 none. Where a call was billed, the consumer's own would have been, too, also where its
 * answer was lost on the way or nobody waited for it: such a call saves nothing, and is no loss either.
 *
 * @param result        how the cache took part
 * @param tier          where a kept answer was found, or null
 * @param reason        why it was refused, or null
 * @param costMicros    what it cost, in micro-dollars
 * @param savedMicros   what it would have cost without the cache, less what it cost
 * @param paidCalls     how many billed calls were made for it
 * @param uncachedCalls how many billed calls it would have taken without the cache
 */
record Outcome(
        CacheResult result,
        String tier,
        String reason,
        long costMicros,
        long savedMicros,
        int paidCalls,
        int uncachedCalls) {
    private static final int OK = 200;

    /** What is recorded of an answer of the near tier. */
    static Outcome near(CacheResult result, long priceMicros, boolean billed) {
        return kept(result, "near", billed, 0, priceMicros);
    }

    /** What is recorded of a request that was refused. */
    static Outcome refused(String reason) {
        return new Outcome(CacheResult.REFUSED, null, reason, 0, 0, 0, 0);
    }

    /** What is recorded of a request that got no answer by a fault of our own. */
    static Outcome failed() {
        return new Outcome(CacheResult.FAILED, null, null, 0, 0, 0, 0);
    }

    /**
     * What is recorded of an answer that a reply became.
     *
     * @param priceMicros what a billed call costs
     */
    static Outcome of(LookupReply reply, long priceMicros) {
        if (reply instanceof LookupReply.Found found) {
            return kept(result(found), found.tier(), isBilled(found.entry()), 0, priceMicros);
        }
        if (reply instanceof LookupReply.StaleOnError stale) {
            long cost = stale.collapsed() ? 0 : stale.failure().costMicros();
            return kept(CacheResult.STALE, null, isBilled(stale.entry()), cost, priceMicros);
        }
        if (reply instanceof LookupReply.OnlyIfCachedMiss) {
            return refused("not-cached");
        }
        if (reply instanceof LookupReply.Fetched fetched) {
            return of(fetched, priceMicros);
        }
        if (reply instanceof LookupReply.Streaming streaming) {
            return fetched(CacheResult.BYPASS, streaming.costMicros(), streaming.status() == OK);
        }
        LookupReply.Failed failed = (LookupReply.Failed) reply;
        long cost = failed.collapsed() ? 0 : failed.failure().costMicros();
        return fetched(CacheResult.FAILED, cost, cost > 0);
    }

    private static CacheResult result(LookupReply.Found found) {
        return found.decision() instanceof CacheDecision.HitStale ? CacheResult.STALE
                : switch (found.tier()) {
                    case "near" -> CacheResult.HIT_NEAR;
                    case "redis" -> CacheResult.HIT_REDIS;
                    default -> CacheResult.HIT_SQL;
                };
    }

    private static Outcome of(LookupReply.Fetched fetched, long priceMicros) {
        boolean billed = isBilled(fetched.entry());
        if (fetched.collapsed()) {
            return kept(CacheResult.COALESCED, null, billed, 0, priceMicros);
        }
        return fetched.revalidated()
                ? kept(CacheResult.REVALIDATED, null, billed, fetched.costMicros(), priceMicros)
                : fetched(fetched.stored() ? CacheResult.MISS : CacheResult.BYPASS, fetched.costMicros(), billed);
    }

    /** An answer that was there, whatever a call that was made all the same cost. */
    private static Outcome kept(CacheResult result, String tier, boolean billed, long cost, long priceMicros) {
        int paid = cost > 0 ? 1 : 0;
        int uncached = billed || cost > 0 ? 1 : 0;
        return new Outcome(result, tier, null, cost, Math.max(0, uncached * priceMicros - cost), paid, uncached);
    }

    private static Outcome fetched(CacheResult result, long cost, boolean billed) {
        int calls = billed ? 1 : 0;
        return new Outcome(result, null, null, cost, 0, calls, calls);
    }

    /** The same for an answer that nobody waited for: it saves nothing. */
    Outcome unawaited() {
        return new Outcome(result, tier, reason, costMicros, 0, paidCalls, paidCalls);
    }

    /** The same for an answer for which Rentcast would have billed nothing without the cache. */
    Outcome freeUncached() {
        return new Outcome(result, tier, reason, costMicros, 0, paidCalls, 0);
    }

    /** Whether a call for an answer is billed: Rentcast bills a 200 with a body and nothing else. */
    static boolean isBilled(NearEntry entry) {
        return entry.answer().entry().status() == OK && entry.answer().body().length() > 0;
    }
}

package systems.supported.rentcache.http;

import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.NearEntry;

/**
 * What is recorded of an answer.
 *
 * @param result      how the cache took part
 * @param costMicros  what it cost, in micro-dollars
 * @param savedMicros what it would have cost without the cache, less what it cost
 */
record Outcome(CacheResult result, long costMicros, long savedMicros) {

    /**
     * What is recorded of an answer that a reply became.
     *
     * @param priceMicros what a billed call costs
     */
    static Outcome of(LookupReply reply, long priceMicros) {
        if (reply instanceof LookupReply.Found found) {
            CacheResult result = found.decision() instanceof CacheDecision.HitStale ? CacheResult.STALE
                    : switch (found.tier()) {
                        case "near" -> CacheResult.HIT_NEAR;
                        case "redis" -> CacheResult.HIT_REDIS;
                        default -> CacheResult.HIT_SQL;
                    };
            return new Outcome(result, 0, worth(found.entry(), priceMicros));
        }
        if (reply instanceof LookupReply.StaleOnError stale) {
            long cost = stale.collapsed() ? 0 : stale.failure().costMicros();
            return new Outcome(CacheResult.STALE, cost, worth(stale.entry(), priceMicros));
        }
        if (reply instanceof LookupReply.OnlyIfCachedMiss) {
            return new Outcome(CacheResult.REFUSED, 0, 0);
        }
        if (reply instanceof LookupReply.Fetched fetched) {
            if (fetched.collapsed()) {
                return new Outcome(CacheResult.COALESCED, 0, worth(fetched.entry(), priceMicros));
            }
            if (fetched.revalidated()) {
                return new Outcome(
                        CacheResult.REVALIDATED, fetched.costMicros(), worth(fetched.entry(), priceMicros));
            }
            return new Outcome(
                    fetched.stored() ? CacheResult.MISS : CacheResult.BYPASS, fetched.costMicros(), 0);
        }
        if (reply instanceof LookupReply.Streaming streaming) {
            return new Outcome(CacheResult.BYPASS, streaming.costMicros(), 0);
        }
        LookupReply.Failed failed = (LookupReply.Failed) reply;
        return new Outcome(CacheResult.FAILED, failed.collapsed() ? 0 : failed.failure().costMicros(), 0);
    }

    /** What a call for an answer would have cost: Rentcast bills a 200 with a body and nothing else. */
    static long worth(NearEntry entry, long priceMicros) {
        boolean billed = entry.answer().entry().status() == 200 && entry.answer().body().length() > 0;
        return billed ? priceMicros : 0;
    }
}

package systems.supported.rentcache.http;

import java.time.Instant;
import java.util.List;
import systems.supported.rentcache.auth.Caller;
import systems.supported.rentcache.cache.CallUnderWay;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.UpstreamOutlook;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.Quota;

/**
 * All that decides what becomes of a request, as it was at one moment.
 *
 * @param target        the request target
 * @param cacheControl  the request's {@code Cache-Control}; null for none
 * @param now           the moment
 * @param caller        with whose key it is asked
 * @param read          what was made of the target
 * @param asked         what it asks of the cache, whether the key may or not; null where it asks nothing at all
 * @param admission     what its limits say; null where it asks nothing
 * @param used          what was used of the key's quotas
 * @param process       whether it was looked at in a running node, whose memory counts
 * @param trusted       whether the node knows what is invalid
 * @param near          the near tier
 * @param redis         Redis; null where there is none
 * @param sql           the database
 * @param upstream      what would be said to a call, but for its budgets; null where only a running node could say
 * @param underWay      who makes a call for the question
 * @param budgets       the budgets that a call would count for, in their order; null where they cannot be read
 * @param renewsAt      when the billing month ends
 * @param priceMicros   what a call would cost by the plan, in micro-dollars
 */
record Situation(
        String target,
        String cacheControl,
        Instant now,
        Caller caller,
        Interpretation read,
        RequestDirectives asked,
        Admission admission,
        Quota.Usage used,
        boolean process,
        boolean trusted,
        TierState near,
        TierState redis,
        TierState sql,
        UpstreamOutlook upstream,
        CallUnderWay underWay,
        List<BudgetState> budgets,
        Instant renewsAt,
        long priceMicros) {

    /** What the target asks; null where it asks nothing. */
    Question question() {
        return read instanceof Interpretation.Asks asks ? asks.question() : null;
    }
}

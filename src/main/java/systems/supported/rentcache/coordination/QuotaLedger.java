package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import java.util.Map;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.QuotaGrant;

/** Where the quotas of keys are counted for all nodes: the database, which no loss of Redis touches. */
public interface QuotaLedger {
    /**
     * Counts requests ahead of their being made: {@code want} of them, else one, else none, so that no quota is passed.
     *
     * @param period the calendar's day and month
     * @param want   at least 1
     * @param millis the time, milliseconds since 1970-01-01T00:00Z
     */
    Future<QuotaGrant> leaseQuota(long keyId, LimitPolicy policy, Quota.Period period, long want, long millis);

    /**
     * Takes back what was leased and not spent.
     *
     * @param deltas by the keys' ids, for the days and months that they name; below zero
     */
    Future<Void> returnQuotas(Map<Long, Quota.Usage> deltas);
}

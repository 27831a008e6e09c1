package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import java.util.Map;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.QuotaGrant;

/** A ledger for keys that have no quotas. */
final class NoQuotas implements QuotaLedger {
    @Override
    public Future<QuotaGrant> leaseQuota(long keyId, LimitPolicy policy, Quota.Period period, long want, long millis) {
        throw new AssertionError("no quota to lease of");
    }

    @Override
    public Future<Void> returnQuotas(Map<Long, Quota.Usage> deltas) {
        throw new AssertionError("no quota to give back");
    }
}

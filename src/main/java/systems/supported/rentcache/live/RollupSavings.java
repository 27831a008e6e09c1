package systems.supported.rentcache.live;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.Rollup;
import systems.supported.rentcache.analytics.UsageStore;

/** What was saved by the rollups of usage, where each call has the configured price. Thread-safe. */
public final class RollupSavings implements SavedMoney {
    private final UsageStore usage;

    /** Savings by the rollups of a store. */
    public RollupSavings(UsageStore usage) {
        this.usage = usage;
    }

    @Override
    public Future<Saved> since(Instant from) {
        return usage.report(from, null).map(RollupSavings::sum);
    }

    private static Saved sum(List<Rollup> rollups) {
        long questions = 0;
        long free = 0;
        long paid = 0;
        long without = 0;
        for (Rollup rollup : rollups) {
            CacheResult result = rollup.slot().result();
            boolean answered = result != CacheResult.REFRESHED && result != CacheResult.REFUSED
                    && result != CacheResult.FAILED;
            questions += answered ? rollup.requests() : 0;
            free += result.isSaving() ? rollup.requests() : 0;
            paid += rollup.costMicros();
            // Without the cache nothing would be refreshed.
            without += result == CacheResult.REFRESHED ? 0 : rollup.costMicros() + rollup.savedMicros();
        }
        return new Saved(questions, free, without, paid, without - paid);
    }
}

package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.Rollup;
import systems.supported.rentcache.analytics.Saving;
import systems.supported.rentcache.analytics.Savings.Grouping;
import systems.supported.rentcache.analytics.UsageStore;
import systems.supported.rentcache.live.SavedMoney;

/** What was saved, by the same two bills as the report of savings. Thread-safe. */
public final class BilledSavings implements SavedMoney {
    private final UsageStore usage;
    private final MoneyReports money;

    /** Counts questions in what is kept of usage, and money by the bills. */
    public BilledSavings(UsageStore usage, MoneyReports money) {
        this.usage = usage;
        this.money = money;
    }

    @Override
    public Future<Saved> since(Instant from) {
        return money.savings(from.toString(), null, Grouping.MONTH)
                .compose(report -> usage.report(from, null).map(sums -> saved(sums, report.savings().total())));
    }

    private static Saved saved(List<Rollup> sums, Saving bills) {
        long questions = 0;
        long free = 0;
        for (Rollup sum : sums) {
            CacheResult result = sum.slot().result();
            boolean answered = result != CacheResult.REFRESHED && result != CacheResult.REFUSED
                    && result != CacheResult.FAILED;
            questions += answered ? sum.requests() : 0;
            free += result.isSaving() ? sum.requests() : 0;
        }
        return new Saved(
                questions, free, bills.withoutCache().micros(), bills.paid().micros(), bills.savedMicros());
    }
}

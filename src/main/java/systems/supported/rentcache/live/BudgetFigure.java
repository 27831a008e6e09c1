package systems.supported.rentcache.live;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;

/**
 * The account's budget at a moment, as it is shown. Pure.
 *
 * @param use   what is used of it
 * @param cap   the budget
 * @param plan  what is billed
 * @param month the billing month
 */
record BudgetFigure(BudgetUse use, BudgetCap cap, Plan plan, BillingMonth month) {
    /** Of less than this nothing can be said of the whole month. */
    private static final Duration LEAST = Duration.ofHours(6);
    private static final int WHOLE = 100;

    /** As the admin API has it. */
    JsonObject toJson(Instant now) {
        BudgetCap inCalls = cap.inCalls(plan);
        return new JsonObject()
                .put("spentMicros", plan.billOf(use.committedCalls()))
                .put("reservedMicros", plan.billOf(use.usedCalls()) - plan.billOf(use.committedCalls()))
                .put("limitMicros", cap.micros() == BudgetCap.NO_LIMIT ? null : cap.micros())
                .put("calls", use.committedCalls())
                .put("callsLimit", inCalls.calls() == BudgetCap.NO_LIMIT ? null : inCalls.calls())
                .put("percent", percent(use.usedCalls(), inCalls.calls()))
                .put("step", inCalls.step(use.usedCalls(), 0).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("projectedMicros", projectedMicros(now))
                .put("period", month.id())
                .put("begins", month.start().toString())
                .put("renewsAt", month.end().toString());
    }

    /** The share that is used, rounded down; 0 where there is no limit. */
    private static long percent(long used, long limit) {
        if (limit == BudgetCap.NO_LIMIT) {
            return 0;
        }
        return limit == 0 ? WHOLE : used * WHOLE / limit;
    }

    /** The month's bill if it goes on as it went, in micro-dollars; null while too little is known. */
    Long projectedMicros(Instant now) {
        long gone = Duration.between(month.start(), now).toSeconds();
        long whole = Duration.between(month.start(), month.end()).toSeconds();
        if (gone < LEAST.toSeconds() || gone > whole) {
            return null;
        }
        return plan.billOf(Math.multiplyExact(use.committedCalls(), whole) / gone);
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetTerms;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.BudgetStep;

/**
 * Budgets as they are shown.
 *
 * @param settings  the plan, and the account's budget where none was set by hand
 * @param setByHand the budgets that were, by scope
 */
record BudgetView(Settings settings, Map<String, BudgetCap> setByHand) {
    /** What the settings say of money, as the ledger wants it. */
    static BudgetTerms terms(Settings settings) {
        Settings.Spending spending = settings.spending();
        return new BudgetTerms(spending.plan(), spending.billingDay(), settings.limiting().zone(), spending.budget());
    }

    /** The budget in force. */
    BudgetCap cap(String scope) {
        BudgetCap configured = scope.equals(BudgetScope.ACCOUNT) ? settings.spending().budget() : BudgetCap.NONE;
        return setByHand.getOrDefault(scope, configured);
    }

    /** What was spent, in micro-dollars; of the account it is the bill, with the plan's fee. */
    long spent(BudgetUse use) {
        return use.scope().equals(BudgetScope.ACCOUNT)
                ? settings.spending().plan().feeMicros() + use.committedMicros() : use.committedMicros();
    }

    /** How far it is spent. */
    BudgetStep step(BudgetUse use) {
        BudgetCap cap = cap(use.scope());
        return use.scope().equals(BudgetScope.ACCOUNT)
                ? cap.inCalls(settings.spending().plan()).step(use.usedCalls(), 0)
                : cap.step(use.usedCalls(), use.usedMicros());
    }

    /** A step in words. */
    String state(BudgetUse use) {
        return cap(use.scope()).isNone() ? "no budget" : switch (step(use)) {
            case OK -> "ok";
            case WARN -> "over 80 %";
            case NO_REFRESH -> "over 90 %: no refreshing";
            case SPENT -> "spent: cache only";
        };
    }

    static String calls(long limit) {
        return limit == BudgetCap.NO_LIMIT ? "-" : String.valueOf(limit);
    }

    static String dollars(long limit) {
        return limit == BudgetCap.NO_LIMIT ? "-" : "$" + Text.dollars(limit);
    }

    /** The same numbers; limits are null where there are none. */
    JsonObject json(BudgetUse use) {
        BudgetCap cap = cap(use.scope());
        return new JsonObject()
                .put("budget", use.scope())
                .put("period", use.period())
                .put("calls", use.committedCalls())
                .put("reservedCalls", use.reservedCalls())
                .put("callsLimit", cap.calls() == BudgetCap.NO_LIMIT ? null : cap.calls())
                .put("spent", Text.dollars(spent(use)))
                .put("dollarsLimit", cap.micros() == BudgetCap.NO_LIMIT ? null : Text.dollars(cap.micros()))
                .put("percent", step(use).percent());
    }
}

package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
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
public record BudgetView(Settings settings, Map<String, BudgetCap> setByHand) {
    private static final int MICRO_DIGITS = 6;
    private static final int CENT_DIGITS = 2;

    /** What the settings say of money, as the ledger wants it. */
    public static BudgetTerms terms(Settings settings) {
        Settings.Spending spending = settings.spending();
        return new BudgetTerms(spending.plan(), spending.billingDay(), settings.limiting().zone(), spending.budget());
    }

    /** The budget in force. */
    public BudgetCap capOf(String scope) {
        BudgetCap configured = scope.equals(BudgetScope.ACCOUNT) ? settings.spending().budget() : BudgetCap.NONE;
        return setByHand.getOrDefault(scope, configured);
    }

    /** What was spent, in micro-dollars; of the account it is the bill, with the plan's fee. */
    private long spent(BudgetUse use) {
        return use.scope().equals(BudgetScope.ACCOUNT)
                ? settings.spending().plan().feeMicros() + use.committedMicros() : use.committedMicros();
    }

    private BudgetStep step(BudgetUse use) {
        BudgetCap cap = capOf(use.scope());
        return use.scope().equals(BudgetScope.ACCOUNT)
                ? cap.inCalls(settings.spending().plan()).step(use.usedCalls(), 0)
                : cap.step(use.usedCalls(), use.usedMicros());
    }

    private String stepName(BudgetUse use) {
        return switch (step(use)) {
            case OK -> "ok";
            case WARN -> "warn";
            case NO_REFRESH -> "no-refresh";
            case SPENT -> "spent";
        };
    }

    /** Micro-dollars as dollars, exact, with at least two decimals. */
    public static BigDecimal dollars(long micros) {
        BigDecimal dollars = BigDecimal.valueOf(micros, MICRO_DIGITS).stripTrailingZeros();
        return dollars.setScale(Math.max(CENT_DIGITS, dollars.scale()));
    }

    /** A budget with what is spent of it; limits are null where there are none. */
    JsonObject json(BudgetUse use) {
        return cap(use.scope(), new JsonObject()
                .put("budget", use.scope())
                .put("period", use.period())
                .put("calls", use.committedCalls())
                .put("reservedCalls", use.reservedCalls())
                .put("spent", dollars(spent(use)))
                .put("spentMicros", spent(use))
                .put("percent", step(use).percent())
                .put("step", stepName(use)));
    }

    /** A budget alone. */
    JsonObject cap(String scope) {
        return cap(scope, new JsonObject().put("budget", scope));
    }

    private JsonObject cap(String scope, JsonObject document) {
        BudgetCap cap = capOf(scope);
        boolean free = cap.micros() == BudgetCap.NO_LIMIT;
        return document
                .put("callsLimit", cap.calls() == BudgetCap.NO_LIMIT ? null : cap.calls())
                .put("dollarsLimit", free ? null : dollars(cap.micros()))
                .put("limitMicros", free ? null : cap.micros());
    }
}

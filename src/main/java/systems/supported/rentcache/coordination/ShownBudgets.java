package systems.supported.rentcache.coordination;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.ops.BudgetMetrics;

/** Budgets as metrics show them. Pure. */
final class ShownBudgets {
    private ShownBudgets() {
    }

    /**
     * The account's budget, and those of endpoints that were set.
     *
     * @param uses      what was used of them in a billing month; of what is missing nothing was
     * @param terms     the settings
     * @param setByHand the budgets that win over those
     */
    static List<BudgetMetrics.State> of(
            List<BudgetUse> uses, String period, BudgetTerms terms, Map<String, BudgetCap> setByHand) {
        Map<String, BudgetUse> used = new HashMap<>();
        uses.forEach(use -> used.put(use.scope(), use));
        Set<String> scopes = new TreeSet<>(setByHand.keySet());
        scopes.addAll(used.keySet());
        scopes.add(BudgetScope.ACCOUNT);
        scopes.removeIf(scope -> scope.startsWith(BudgetScope.KEY));
        List<BudgetMetrics.State> states = new ArrayList<>();
        scopes.forEach(scope -> states.add(state(
                used.getOrDefault(scope, BudgetUse.none(scope, period)), terms, setByHand)));
        return states;
    }

    private static BudgetMetrics.State state(BudgetUse use, BudgetTerms terms, Map<String, BudgetCap> setByHand) {
        boolean account = use.scope().equals(BudgetScope.ACCOUNT);
        BudgetCap set = setByHand.getOrDefault(use.scope(), account ? terms.account() : BudgetCap.NONE);
        BudgetCap cap = account ? set.inCalls(terms.plan()) : set;
        return new BudgetMetrics.State(
                use.scope(), use.committedCalls(), use.reservedCalls(), limit(cap.calls()),
                account ? terms.plan().billOf(use.committedCalls()) : use.committedMicros(), limit(set.micros()),
                Math.max(share(use.usedCalls(), cap.calls()), share(use.usedMicros(), cap.micros())),
                cap.step(use.usedCalls(), use.usedMicros()).percent());
    }

    private static double limit(long limit) {
        return limit == BudgetCap.NO_LIMIT ? Double.POSITIVE_INFINITY : limit;
    }

    /** A budget of nothing is spent. */
    private static double share(long used, long limit) {
        return limit == BudgetCap.NO_LIMIT ? 0 : limit == 0 ? 1 : (double) used / limit;
    }
}

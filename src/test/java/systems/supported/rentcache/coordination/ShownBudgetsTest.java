package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.ops.BudgetMetrics;

/** Which budgets metrics show, and how. */
class ShownBudgetsTest {
    private static final Plan PLAN = new Plan(10_000_000, 100, 50_000);

    private static List<BudgetMetrics.State> shown(
            List<BudgetUse> uses, BudgetCap account, Map<String, BudgetCap> setByHand) {
        return ShownBudgets.of(uses, "2026-03-01", new BudgetTerms(PLAN, 1, ZoneOffset.UTC, account), setByHand);
    }

    @Test
    void withoutABudgetTheAccountIsShownWithoutLimits() {
        BudgetUse use = new BudgetUse("account", "2026-03-01", 120, 3, 1_000_000, 0, 0);
        assertThat(shown(List.of(use), BudgetCap.NONE, Map.of())).containsExactly(new BudgetMetrics.State(
                "account", 120, 3, Double.POSITIVE_INFINITY, 11_000_000, Double.POSITIVE_INFINITY, 0, 0));
    }

    @Test
    void theAccountsMoneyIsABillWithTheFee() {
        BudgetUse use = new BudgetUse("account", "2026-03-01", 104, 4, 200_000, 0, 0);
        assertThat(shown(List.of(use), new BudgetCap(BudgetCap.NO_LIMIT, 10_600_000), Map.of())).containsExactly(
                new BudgetMetrics.State("account", 104, 4, 112, 10_200_000, 10_600_000, 108.0 / 112, 90));
    }

    @Test
    void anEndpointsBudgetIsShownBeforeItsFirstCallAndAKeysIsNot() {
        Map<String, BudgetCap> setByHand = Map.of(
                "endpoint:market_stats", new BudgetCap(0, BudgetCap.NO_LIMIT),
                "key:7", new BudgetCap(5, BudgetCap.NO_LIMIT));
        BudgetUse key = new BudgetUse("key:7", "2026-03-01", 5, 0, 0, 0, 100);
        assertThat(shown(List.of(key), BudgetCap.NONE, setByHand)).extracting(BudgetMetrics.State::budget)
                .containsExactly("account", "endpoint:market_stats");
        assertThat(shown(List.of(key), BudgetCap.NONE, setByHand).get(1)).isEqualTo(new BudgetMetrics.State(
                "endpoint:market_stats", 0, 0, 0, 0, Double.POSITIVE_INFINITY, 1, 100));
    }
}

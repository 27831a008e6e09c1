package systems.supported.rentcache.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;

/** The account's budget as it is shown. */
class BudgetFigureTest {
    private static final Plan FOUNDATION = Plan.Preset.FOUNDATION.plan();
    private static final Instant TENTH = Instant.parse("2026-06-10T00:00:00Z");
    private static final BillingMonth MONTH = BillingMonth.at(TENTH, 1, ZoneOffset.UTC);

    private static BudgetFigure figure(long committed, long reserved, BudgetCap cap) {
        return new BudgetFigure(
                new BudgetUse(BudgetScope.ACCOUNT, MONTH.id(), committed, reserved, 0, 0, 0), cap, FOUNDATION, MONTH);
    }

    @Test
    void moneyIsTheWholeBillByThePlan() {
        JsonObject json = figure(1_010, 5, new BudgetCap(BudgetCap.NO_LIMIT, 80_000_000)).toJson(TENTH);
        assertThat(json.getLong("spentMicros")).isEqualTo(74_000_000 + 10 * 60_000);
        assertThat(json.getLong("reservedMicros")).isEqualTo(5 * 60_000);
        assertThat(json.getLong("limitMicros")).isEqualTo(80_000_000);
        assertThat(json.getLong("callsLimit")).isEqualTo(1_100);
        assertThat(json.getLong("percent")).isEqualTo(92);
        assertThat(json.getString("step")).isEqualTo("no-refresh");
    }

    @Test
    void itIsProjectedOntoTheWholeMonthOnceSomethingCanBeSaid() {
        assertThat(figure(600, 0, BudgetCap.NONE).projectedMicros(TENTH))
                .as("9 of 30 days: 2,000 calls").isEqualTo(74_000_000 + 1_000 * 60_000);
        assertThat(figure(600, 0, BudgetCap.NONE).projectedMicros(MONTH.start().plusSeconds(6 * 3_600 - 1))).isNull();
        assertThat(figure(600, 0, BudgetCap.NONE).projectedMicros(MONTH.end().plusSeconds(1))).isNull();
    }

    @Test
    void withoutABudgetNothingIsUsedOfIt() {
        JsonObject json = figure(600, 0, BudgetCap.NONE).toJson(TENTH);
        assertThat(json.getValue("limitMicros")).isNull();
        assertThat(json.getValue("callsLimit")).isNull();
        assertThat(json.getLong("percent")).isZero();
        assertThat(json.getString("step")).isEqualTo("ok");
        assertThat(figure(0, 0, new BudgetCap(0, 0)).toJson(TENTH).getString("step")).isEqualTo("spent");
    }
}

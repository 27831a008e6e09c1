package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans, budgets and the steps at which they are. */
class BudgetTest {
    private static final long DOLLAR = 1_000_000;

    @Property
    void aBillIsTheFeeAndThePriceOfEachCall(
            @ForAll @LongRange(max = 1_000) long fee, @ForAll @LongRange(max = 300) long included,
            @ForAll @LongRange(max = 500) long price, @ForAll @LongRange(max = 600) long calls) {
        Plan plan = new Plan(fee, included, price);
        long bill = fee;
        for (long made = 0; made < calls; made++) {
            bill += plan.priceOf(made);
        }
        assertThat(plan.billOf(calls)).isEqualTo(bill);
    }

    @Property
    void aBudgetOfMoneyIsTheLargestNumberOfCallsWhoseBillIsWithinIt(
            @ForAll @LongRange(max = 1_000) long fee, @ForAll @LongRange(max = 300) long included,
            @ForAll @LongRange(min = 1, max = 500) long price, @ForAll @LongRange(max = 100_000) long budget) {
        Plan plan = new Plan(fee, included, price);
        long calls = plan.callsWithin(budget);
        assertThat(calls).isGreaterThanOrEqualTo(included);
        assertThat(plan.billOf(calls)).isLessThanOrEqualTo(Math.max(fee, budget));
        assertThat(plan.billOf(calls + 1)).isGreaterThan(budget);
    }

    @Property
    void theStepIsTheShareOfTheBudget(
            @ForAll @LongRange(max = BudgetStep.MOST) long used,
            @ForAll @LongRange(min = 1, max = BudgetStep.MOST) long cap) {
        BudgetStep step = BudgetStep.of(used, cap);
        BigInteger share = BigInteger.valueOf(used).multiply(BigInteger.valueOf(100));
        for (BudgetStep other : BudgetStep.values()) {
            boolean reached = share.compareTo(
                    BigInteger.valueOf(cap).multiply(BigInteger.valueOf(other.percent()))) >= 0;
            assertThat(reached).isEqualTo(other.compareTo(step) <= 0);
        }
    }

    @Property
    void inTheBackgroundACallIsAdmittedExactlyBelowNineTenths(
            @ForAll @LongRange(max = 2_000) long used, @ForAll @LongRange(max = 2_000) long cap) {
        boolean admitted = new BudgetCap(cap, BudgetCap.NO_LIMIT).inBackground().admits(used, 0, 1, 0);
        assertThat(admitted).isEqualTo(used * 10 < cap * 9);
    }

    @Property
    void nothingPassesABudget(
            @ForAll @LongRange(max = 200) long calls, @ForAll @LongRange(max = 200) long micros,
            @ForAll @LongRange(min = 1, max = 20) long price) {
        BudgetCap cap = new BudgetCap(calls, micros);
        long made = 0;
        while (cap.admits(made, made * price, 1, price)) {
            made++;
        }
        assertThat(made).isEqualTo(Math.min(calls, micros / price));
        assertThat(cap.admits(made, made * price, 1, 0)).as("what is free needs no money").isEqualTo(made < calls);
    }

    @Example
    void withoutABudgetAllIsWell() {
        assertThat(BudgetCap.NONE.isNone()).isTrue();
        assertThat(BudgetCap.NONE.admits(1L << 60, 1L << 60, 1, 1)).isTrue();
        assertThat(BudgetCap.NONE.inBackground()).isEqualTo(BudgetCap.NONE);
        assertThat(BudgetCap.NONE.step(1L << 60, 1L << 60)).isEqualTo(BudgetStep.OK);
        assertThat(BudgetStep.of(0, 0)).isEqualTo(BudgetStep.SPENT);
    }

    @Example
    void anAccountsMoneyIsCountedInCalls() {
        Plan growth = Plan.Preset.GROWTH.plan();
        assertThat(new BudgetCap(BudgetCap.NO_LIMIT, 300 * DOLLAR).inCalls(growth))
                .isEqualTo(new BudgetCap(5_000 + 3_366, BudgetCap.NO_LIMIT));
        assertThat(new BudgetCap(70, 300 * DOLLAR).inCalls(growth).calls()).isEqualTo(70);
        assertThat(new BudgetCap(BudgetCap.NO_LIMIT, 100 * DOLLAR).inCalls(growth).calls())
                .as("the fee is paid, whatever is called").isEqualTo(5_000);
        assertThat(new BudgetCap(BudgetCap.NO_LIMIT, DOLLAR).inCalls(new Plan(0, 5, 0)).isNone()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 100, OK", "79, 100, OK", "80, 100, WARN", "89, 100, WARN", "90, 100, NO_REFRESH", "99, 100, NO_REFRESH",
        "100, 100, SPENT", "101, 100, SPENT",
        "799999999999999, 1000000000000000, OK", "800000000000000, 1000000000000000, WARN",
        "1000000000000001, 1000000000000001, OK",
    })
    void eachStepBeginsAtItsPercentage(long used, long cap, BudgetStep step) {
        assertThat(BudgetStep.of(used, cap)).isEqualTo(step);
    }

    @Example
    void theBackgroundsPartIsNineTenthsRoundedUp() {
        assertThat(BudgetStep.backgroundPart(BudgetStep.MOST)).isEqualTo(BudgetStep.MOST / 10 * 9);
        assertThat(BudgetStep.backgroundPart(BudgetStep.MOST + 1)).isEqualTo(BudgetStep.MOST + 1);
        assertThat(BudgetStep.backgroundPart(11)).isEqualTo(10);
    }

    @Example
    void ofCallsAndMoneyTheFurtherSpentOneCounts() {
        BudgetCap cap = new BudgetCap(100, 1_000);
        assertThat(cap.step(85, 0)).isEqualTo(BudgetStep.WARN);
        assertThat(cap.step(0, 950)).isEqualTo(BudgetStep.NO_REFRESH);
        assertThat(cap.step(85, 1_000)).isEqualTo(BudgetStep.SPENT);
        assertThat(cap.step(0, 0)).isEqualTo(BudgetStep.OK);
    }

    @Example
    void aBudgetOfOneKindIsABudget() {
        assertThat(new BudgetCap(5, BudgetCap.NO_LIMIT).isNone()).isFalse();
        assertThat(new BudgetCap(BudgetCap.NO_LIMIT, 5).isNone()).isFalse();
        assertThat(new BudgetCap(5, BudgetCap.NO_LIMIT).inCalls(Plan.Preset.GROWTH.plan()))
                .isEqualTo(new BudgetCap(5, BudgetCap.NO_LIMIT));
    }

    @Example
    void nothingIsNegative() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BudgetCap(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new BudgetCap(0, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Plan(-1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Plan(0, -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Plan(0, 0, -1));
        assertThat(new BudgetCap(0, 0).inCalls(new Plan(0, 0, 1)).calls()).isZero();
    }

    @Example
    void aLargerPlanHasADearerFeeAndCheaperCalls() {
        assertThat(Plan.Preset.all()).containsExactly(
                Plan.Preset.DEVELOPER, Plan.Preset.FOUNDATION, Plan.Preset.GROWTH, Plan.Preset.SCALE);
        assertThat(Plan.Preset.all().stream().map(preset -> preset.plan().feeMicros())).isSorted();
        assertThat(Plan.Preset.all().stream().map(preset -> -preset.plan().overagePriceMicros())).isSorted();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "99, 0", "100, 1", "1999, 19", "2000, 20", "1000000, 20"})
    void aNodeReservesAHundredthOfWhatIsLeft(long left, long reserved) {
        assertThat(AdvanceAllowance.of(left)).isEqualTo(reserved);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.00", "5000000, 5.00", "1500000, 1.50", "30000, 0.03", "123456, 0.123456", "-1000000, -1.00"})
    void moneyIsReadWithTwoDecimalsAtLeast(long micros, String dollars) {
        assertThat(Dollars.of(micros).toPlainString()).isEqualTo(dollars);
    }
}

package systems.supported.rentcache.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** When a delivery that failed is tried again. */
class RetryPlanTest {
    private static RetryPlan plan(int tries, long first, long longest) {
        return new RetryPlan(tries, Duration.ofMillis(first), Duration.ofMillis(longest));
    }

    @Property
    void itIsGivenUpAfterItsTriesAndNotBefore(
            @ForAll @IntRange(min = 1, max = 100) int tries, @ForAll @IntRange(min = 1, max = 200) int failures,
            @ForAll @DoubleRange(max = 0.99) double random) {
        assertThat(RetryPlan.of(tries).delay(failures, random).isEmpty()).isEqualTo(failures >= tries);
    }

    @Property
    void theWaitIsFromHalfToTheWholeOfWhatIsDoubledUpToTheBound(
            @ForAll @IntRange(min = 1, max = 99) int failures, @ForAll @DoubleRange(max = 0.99) double random,
            @ForAll @LongRange(min = 1, max = 60_000) long first,
            @ForAll @LongRange(min = 1, max = 3_600_000) long most) {
        double whole = Math.min(most, first * Math.pow(2, failures - 1));
        long wait = plan(100, first, most).delay(failures, random).orElseThrow().toMillis();
        assertThat((double) wait).isBetween(Math.floor(whole / 2), whole);
    }

    @Property
    void aLaterFailureIsNeverWaitedForLess(
            @ForAll @IntRange(min = 1, max = 98) int failures, @ForAll @DoubleRange(max = 0.99) double random) {
        RetryPlan plan = RetryPlan.of(100);
        assertThat(plan.delay(failures + 1, random).orElseThrow())
                .isGreaterThanOrEqualTo(plan.delay(failures, random).orElseThrow());
    }
}

package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.SlidingWindow.Count;

/** The laws of the sliding window. */
class SlidingWindowTest {
    private static final long SECOND = 1_000_000_000L;

    @Provide
    Arbitrary<Rate> rates() {
        return Combinators.combine(Arbitraries.longs().between(1, 40), Arbitraries.longs().between(1, 60))
                .as((permits, seconds) -> new Rate(permits, Duration.ofSeconds(seconds)));
    }

    @Test
    void theWindowBeforeFadesAway() {
        SlidingWindow window = SlidingWindow.of(Rate.parse("10/minute"));
        Count count = window.take(Count.NONE, 60 * SECOND, 10);
        assertThat(window.take(count, 119 * SECOND, 1)).isNull();
        assertThat(window.take(count, 120 * SECOND, 1)).isNull();
        assertThat(window.remaining(count, 150 * SECOND)).isEqualTo(5);
        assertThat(window.take(count, 150 * SECOND, 5)).isNotNull();
        assertThat(window.take(count, 150 * SECOND, 6)).isNull();
        assertThat(window.remaining(count, 180 * SECOND)).isEqualTo(10);
    }

    @Property
    void noWindowOfTheClockAdmitsMoreThanTheLimit(
            @ForAll("rates") Rate rate, @ForAll List<@LongRange(max = 5 * SECOND) Long> gaps) {
        SlidingWindow window = SlidingWindow.of(rate);
        Count count = Count.NONE;
        long now = SECOND;
        long index = -1;
        long inWindow = 0;
        for (long gap : gaps) {
            now += gap;
            Count next = window.take(count, now, 1);
            if (next != null) {
                count = next;
                long here = now / rate.window().toNanos();
                inWindow = here == index ? inWindow + 1 : 1;
                index = here;
                assertThat(inWindow).isLessThanOrEqualTo(rate.permits());
            }
        }
    }

    @Property
    void aRefusalSaysWhenItEnds(
            @ForAll("rates") Rate rate, @ForAll @LongRange(min = 1, max = 100 * SECOND) long begin,
            @ForAll @LongRange(max = 40) long usedBefore, @ForAll @LongRange(max = 30 * SECOND) long later) {
        SlidingWindow window = SlidingWindow.of(rate);
        Count count = window.take(Count.NONE, begin, Math.min(usedBefore, rate.permits()));
        long now = begin + later;
        for (Count next = window.take(count, now, 1); next != null; next = window.take(count, now, 1)) {
            count = next;
        }
        long wait = window.retryAfter(count, now, 1);
        assertThat(wait).isPositive().isLessThanOrEqualTo(2 * rate.window().toNanos());
        assertThat(window.take(count, now + wait, 1)).isNotNull();
    }

    @Property
    void whatIsGivenBackCanBeTakenAgain(@ForAll("rates") Rate rate) {
        SlidingWindow window = SlidingWindow.of(rate);
        Count full = window.take(Count.NONE, SECOND, rate.permits());
        assertThat(window.take(full, SECOND, 1)).isNull();
        assertThat(window.take(window.giveBack(full, SECOND, 1), SECOND, 1)).isNotNull();
    }

    @Test
    void aClockThatStepsBackIntoTheWindowBeforeForgetsNothing() {
        SlidingWindow window = SlidingWindow.of(Rate.parse("10/minute"));
        Count full = window.take(Count.NONE, 61 * SECOND, 10);
        assertThat(window.take(full, 59 * SECOND, 1)).isNull();
    }

    @Test
    void noLimitRefusesNothing() {
        SlidingWindow window = SlidingWindow.of(Rate.UNLIMITED);
        assertThat(window.take(Count.NONE, SECOND, Long.MAX_VALUE)).isNotNull();
        assertThat(window.remaining(Count.NONE, SECOND)).isEqualTo(Long.MAX_VALUE);
        assertThat(window.retryAfter(Count.NONE, SECOND, 1)).isZero();
    }

    @Test
    void aRequestIsGivenBackToTheWindowThatCountedIt() {
        SlidingWindow window = SlidingWindow.of(Rate.parse("10/minute"));
        Count count = new Count(5, 3, 4);
        assertThat(window.giveBack(count, 5 * 60 * SECOND, 1)).isEqualTo(new Count(5, 2, 4));
        assertThat(window.giveBack(count, 5 * 60 * SECOND - 1, 1)).isEqualTo(new Count(5, 3, 3));
        assertThat(window.giveBack(count, 4 * 60 * SECOND - 1, 1)).as("it counts no more").isEqualTo(count);
        assertThat(window.giveBack(count, 5 * 60 * SECOND, 9)).isEqualTo(new Count(5, 0, 4));
        assertThat(window.giveBack(count, 4 * 60 * SECOND, 9)).isEqualTo(new Count(5, 3, 0));
        assertThat(SlidingWindow.of(Rate.UNLIMITED).giveBack(count, 5 * SECOND, 1)).isEqualTo(count);
    }

    @Test
    void whereTheWindowBeforeRefusesItHasToFade() {
        SlidingWindow window = SlidingWindow.of(Rate.parse("10/minute"));
        Count count = new Count(1, 4, 10);
        assertThat(window.retryAfter(count, 70 * SECOND, 1)).isBetween(20 * SECOND, 20 * SECOND + 1);
        assertThat(window.retryAfter(count, 90 * SECOND + 2, 1)).isZero();
        assertThat(window.retryAfter(new Count(1, 9, 10), 70 * SECOND, 1)).as("until it is gone").isEqualTo(50 * SECOND);
    }

    @Test
    void whereThisWindowRefusesItHasToFadeInTheNext() {
        SlidingWindow window = SlidingWindow.of(Rate.parse("10/minute"));
        assertThat(window.retryAfter(new Count(1, 10, 0), 70 * SECOND, 5)).isBetween(80 * SECOND, 80 * SECOND + 1);
        assertThat(window.retryAfter(new Count(1, 10, 0), 70 * SECOND, 10)).isEqualTo(110 * SECOND);
    }

    @Test
    void aWindowEndsAtAMultipleOfItsLength() {
        SlidingWindow window = SlidingWindow.of(Rate.parse("10/minute"));
        assertThat(window.untilReset(130 * SECOND)).isEqualTo(50 * SECOND);
        assertThat(window.untilReset(120 * SECOND)).isEqualTo(60 * SECOND);
        assertThat(SlidingWindow.of(Rate.UNLIMITED).untilReset(130 * SECOND)).isZero();
        assertThat(window.isUnlimited()).isFalse();
        assertThat(SlidingWindow.of(Rate.UNLIMITED).isUnlimited()).isTrue();
    }

    @Test
    void whatIsCountedAfterAGapStandsAlone() {
        assertThat(SlidingWindow.counted(new Count(5, 3, 4), 7, 2)).isEqualTo(new Count(7, 2, 0));
        assertThat(SlidingWindow.counted(new Count(5, 3, 4), 6, 2)).isEqualTo(new Count(6, 2, 3));
        assertThat(SlidingWindow.counted(new Count(5, 3, 4), 5, 2)).isEqualTo(new Count(5, 5, 4));
        assertThat(SlidingWindow.counted(new Count(5, 3, 4), 4, 2)).isEqualTo(new Count(5, 3, 6));
        assertThat(SlidingWindow.counted(new Count(5, 3, 4), 3, 2)).isEqualTo(new Count(5, 3, 4));
    }
}

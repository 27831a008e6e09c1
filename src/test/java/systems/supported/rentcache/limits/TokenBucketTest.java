package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The laws of the bucket, for any rate and any course of requests. */
class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @Provide
    Arbitrary<Rate> rates() {
        return Combinators.combine(Arbitraries.longs().between(1, 50), Arbitraries.longs().between(1, 3_600))
                .as((permits, seconds) -> new Rate(permits, Duration.ofSeconds(seconds)));
    }

    @Test
    void admitsTheWholeCapacityAtOnceAndThenOneAnInterval() {
        TokenBucket bucket = TokenBucket.of(Rate.parse("30/minute"));
        long state = 0;
        for (int i = 0; i < 30; i++) {
            assertThat(bucket.remaining(state, SECOND)).isEqualTo(30 - i);
            state = bucket.take(state, SECOND, 1);
            assertThat(state).isNotEqualTo(TokenBucket.REFUSED);
        }
        assertThat(bucket.take(state, SECOND, 1)).isEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.retryAfter(state, SECOND, 1)).isEqualTo(2 * SECOND);
        assertThat(bucket.take(state, 3 * SECOND - 1, 1)).isEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.take(state, 3 * SECOND, 1)).isNotEqualTo(TokenBucket.REFUSED);
    }

    @Property
    void noStretchOfTimeAdmitsMoreThanCapacityAndRefill(
            @ForAll("rates") Rate rate, @ForAll List<@LongRange(max = 10 * SECOND) Long> gaps) {
        TokenBucket bucket = TokenBucket.of(rate);
        List<Long> admitted = new ArrayList<>();
        long state = 0;
        long now = SECOND;
        for (long gap : gaps) {
            now += gap;
            long next = bucket.take(state, now, 1);
            if (next != TokenBucket.REFUSED) {
                state = next;
                admitted.add(now);
            }
        }
        for (int from = 0; from < admitted.size(); from++) {
            for (int to = from; to < admitted.size(); to++) {
                double stretch = admitted.get(to) - admitted.get(from);
                double most = rate.permits() + stretch * rate.permits() / rate.window().toNanos();
                assertThat((double) (to - from + 1)).isLessThanOrEqualTo(most + 1e-6);
            }
        }
    }

    @Property
    void aRefusalSaysExactlyWhenItEnds(@ForAll("rates") Rate rate, @ForAll @IntRange(min = 1, max = 5) int cost) {
        TokenBucket bucket = TokenBucket.of(rate);
        long state = 0;
        for (long next = 0; next != TokenBucket.REFUSED; next = bucket.take(state, SECOND, 1)) {
            state = Math.max(state, next);
        }
        int asked = (int) Math.min(cost, rate.permits());
        long wait = bucket.retryAfter(state, SECOND, asked);
        assertThat(wait).isPositive();
        assertThat(bucket.take(state, SECOND + wait - 1, asked)).isEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.take(state, SECOND + wait, asked)).isNotEqualTo(TokenBucket.REFUSED);
    }

    @Property
    void whatIsGivenBackCanBeTakenAgain(@ForAll("rates") Rate rate) {
        TokenBucket bucket = TokenBucket.of(rate);
        long taken = bucket.take(0, SECOND, 1);
        assertThat(bucket.remaining(bucket.giveBack(taken, 1), SECOND)).isEqualTo(rate.permits());
        assertThat(bucket.remaining(bucket.giveBack(0, 1), SECOND)).isEqualTo(rate.permits());
    }

    @Property
    void aClockThatStepsBackAdmitsNothingTwice(
            @ForAll("rates") Rate rate, @ForAll @LongRange(min = 1, max = SECOND) long back) {
        TokenBucket bucket = TokenBucket.of(rate);
        long state = bucket.take(0, 10 * SECOND, rate.permits());
        assertThat(bucket.take(state, 10 * SECOND - back, 1)).isEqualTo(TokenBucket.REFUSED);
    }

    @Test
    void aClockThatStepsFarBackRefusesForAWindowAtMost() {
        TokenBucket bucket = TokenBucket.of(Rate.parse("60/minute"));
        long state = bucket.take(0, 10_000 * SECOND, 60);
        assertThat(bucket.retryAfter(state, SECOND, 1)).isEqualTo(SECOND);
        assertThat(bucket.remaining(state, SECOND)).isZero();
    }

    @Test
    void noLimitRefusesNothing() {
        TokenBucket bucket = TokenBucket.of(Rate.UNLIMITED);
        assertThat(bucket.take(0, SECOND, 1_000_000)).isNotEqualTo(TokenBucket.REFUSED);
        assertThat(bucket.remaining(0, SECOND)).isEqualTo(Long.MAX_VALUE);
        assertThat(bucket.retryAfter(0, SECOND, 1)).isZero();
    }

    @Test
    void withoutALimitTheStateStays() {
        TokenBucket bucket = TokenBucket.of(Rate.UNLIMITED);
        assertThat(bucket.take(7, SECOND, 3)).isEqualTo(7);
        assertThat(bucket.giveBack(7, 3)).isEqualTo(7);
        assertThat(bucket.isUnlimited()).isTrue();
        assertThat(bucket.windowNanos()).isZero();
        assertThat(bucket.intervalNanos()).isZero();
    }

    @Property
    void aBucketIsFullAnIntervalForEachTokenLater(
            @ForAll("rates") Rate rate, @ForAll @IntRange(min = 1, max = 50) int taken) {
        TokenBucket bucket = TokenBucket.of(rate);
        long tokens = Math.min(taken, rate.permits());
        long state = bucket.take(0, SECOND, tokens);
        assertThat(bucket.isUnlimited()).isFalse();
        assertThat(bucket.untilFull(0, SECOND)).isZero();
        assertThat(bucket.untilFull(state, SECOND)).isEqualTo(tokens * bucket.intervalNanos());
        assertThat(bucket.remaining(state, SECOND + bucket.untilFull(state, SECOND))).isEqualTo(rate.permits());
        assertThat(bucket.remaining(state, SECOND + bucket.untilFull(state, SECOND) - 1)).isLessThan(rate.permits());
        assertThat(bucket.windowNanos()).isEqualTo(rate.permits() * bucket.intervalNanos());
        assertThat(bucket.windowNanos()).isBetween(
                rate.window().toNanos(), rate.window().toNanos() + rate.permits());
    }
}

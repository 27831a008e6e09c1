package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The laws of guesses by address. */
class GuessLimitTest {
    private static final long SECOND = 1_000_000_000L;

    @Property(tries = 200)
    void anAddressHasWhatTheRateSaysAndNoMore(
            @ForAll long high, @ForAll long low, @ForAll long seed,
            @ForAll List<@LongRange(max = 5 * SECOND) Long> gaps) {
        GuessLimit limit = new GuessLimit(Rate.parse("10/minute"), seed);
        long now = SECOND;
        long admitted = 0;
        for (long gap : gaps) {
            now += gap;
            long wait = limit.take(high, low, now);
            if (wait == 0) {
                admitted++;
            } else {
                assertThat(wait).isBetween(1L, 6 * SECOND);
                now += wait;
                assertThat(limit.take(high, low, now)).isZero();
                admitted++;
            }
        }
        assertThat(admitted).isLessThanOrEqualTo(10 + (now - SECOND) / (6 * SECOND));
    }

    @Property(tries = 50)
    void manyAddressesDoNotPushOnesRecordOut(@ForAll long seed) {
        GuessLimit limit = new GuessLimit(Rate.parse("3/hour"), seed);
        for (int i = 0; i < 3; i++) {
            assertThat(limit.take(7, 7, SECOND)).isZero();
        }
        for (long other = 0; other < 20_000; other++) {
            limit.take(other, other * 31, SECOND);
        }
        assertThat(limit.take(7, 7, SECOND)).isPositive();
    }

    @Test
    void anotherAddressIsHardlyEverHeldBack() {
        GuessLimit limit = new GuessLimit(Rate.parse("1/hour"), 42);
        limit.take(1, 1, SECOND);
        long heldBack = 0;
        for (long other = 2; other < 1_002; other++) {
            heldBack += new GuessLimitProbe(limit).isHeldBack(other) ? 1 : 0;
        }
        assertThat(heldBack).isLessThan(30);
    }

    /** Asks for an address and gives back what it took. */
    private record GuessLimitProbe(GuessLimit limit) {
        boolean isHeldBack(long address) {
            boolean heldBack = limit.take(address, address, SECOND) > 0;
            if (!heldBack) {
                limit.giveBack(address, address);
            }
            return heldBack;
        }
    }

    @Test
    void whatIsGivenBackWasNoGuess() {
        GuessLimit limit = new GuessLimit(Rate.parse("2/hour"), 1);
        for (int i = 0; i < 100; i++) {
            assertThat(limit.take(5, 5, SECOND)).isZero();
            limit.giveBack(5, 5);
        }
        assertThat(limit.take(5, 5, SECOND)).isZero();
    }

    @Test
    void withoutALimitNothingIsHeldBack() {
        GuessLimit limit = new GuessLimit(Rate.UNLIMITED, 1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.take(5, 5, SECOND)).isZero();
        }
    }

    @Test
    void oneGuessIsGivenBackAtATime() {
        GuessLimit limit = new GuessLimit(Rate.parse("2/hour"), 1);
        limit.take(5, 5, SECOND);
        limit.take(5, 5, SECOND);
        limit.giveBack(5, 5);
        assertThat(limit.take(5, 5, SECOND)).isZero();
        assertThat(limit.take(5, 5, SECOND)).isEqualTo(1_800 * SECOND);
    }
}

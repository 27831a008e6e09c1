package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.SlidingWindow.Count;

/** The laws of what a node leases, holds, and may spend by itself. */
class LeaseTest {
    private static final long SECOND = 1_000_000_000L;

    @Property
    void allNodesTogetherHoldAQuarterAtMostOrOneTokenEach(
            @ForAll @LongRange(min = 1, max = 1_000_000) long capacity, @ForAll @IntRange(min = 1, max = 50) int nodes,
            @ForAll @LongRange(max = 1_000_000) long demand) {
        long size = LeaseSize.of(capacity, nodes, demand);
        assertThat(size).isBetween(1L, Math.max(1, demand));
        assertThat(size * nodes).isLessThanOrEqualTo(Math.max(nodes, capacity / 4));
    }

    @Property
    void theSharesOfAllNodesAreNeverMoreThanTheLimit(
            @ForAll @LongRange(min = 1, max = 100_000) long permits, @ForAll @LongRange(min = 1, max = 86_400) long seconds,
            @ForAll @IntRange(min = 1, max = 50) int nodes) {
        Rate rate = new Rate(permits, Duration.ofSeconds(seconds));
        Rate share = LimitShare.of(rate, nodes);
        double limit = (double) permits / rate.window().toNanos();
        assertThat((double) share.permits() / share.window().toNanos() * nodes).isLessThanOrEqualTo(limit * (1 + 1e-12));
        assertThat(share.permits() * nodes).isLessThanOrEqualTo(Math.max(permits, nodes));
        assertThat(LimitShare.of(rate, 1)).isEqualTo(rate);
    }

    @Test
    void noLimitHasNoShares() {
        assertThat(LimitShare.of(Rate.UNLIMITED, 3)).isEqualTo(Rate.UNLIMITED);
    }

    /** Whatever is done with them, tokens are spent, held or put aside: none comes to be, and none is spent too late. */
    @Property
    void heldTokensAreSpentOnceAndInTime(@ForAll List<@IntRange(max = 5) Integer> steps) {
        HeldTokens held = new HeldTokens();
        long granted = 0;
        long spent = 0;
        long back = 0;
        long now = SECOND;
        long endsAt = 0;
        for (int step : steps) {
            switch (step) {
                case 0, 1 -> {
                    long known = held.available(now);
                    endsAt = now + 2 * SECOND;
                    held.add(3, 0, known + 3, endsAt);
                    granted += 3;
                }
                case 2, 3 -> {
                    if (held.available(now) > 0) {
                        assertThat(now).isLessThan(endsAt);
                        held.spend();
                        spent++;
                    }
                }
                case 4 -> now += SECOND;
                default -> back += held.takeUnspent(now).tokens();
            }
            assertThat(spent + back + held.available(now)).isLessThanOrEqualTo(granted);
        }
        held.end();
        back += held.takeUnspent(now).tokens();
        assertThat(spent + back).isEqualTo(granted);
    }

    @Test
    void tokensOfAWindowDoNotGoIntoTheNext() {
        HeldTokens held = new HeldTokens();
        held.add(5, 7, 5, 10 * SECOND);
        held.spend();
        held.add(2, 8, 2, 20 * SECOND);
        assertThat(held.available(SECOND)).isEqualTo(2);
        assertThat(held.takeUnspent(SECOND)).isEqualTo(new HeldTokens.Unspent(7, 4));
    }

    @Test
    void demandIsThatOfTheLastQuarterOfASecond() {
        Demand demand = new Demand();
        for (int i = 0; i < 10; i++) {
            demand.count(SECOND);
        }
        assertThat(demand.expected(SECOND)).isEqualTo(10);
        assertThat(demand.expected(SECOND + 250_000_000)).isEqualTo(10);
        assertThat(demand.expected(SECOND + 500_000_000)).isZero();
    }

    @Property
    void countingIsTheSameInAnyOrderWithinTwoWindows(
            @ForAll @LongRange(max = 9) long one, @ForAll @LongRange(max = 9) long other) {
        Count forward = SlidingWindow.counted(SlidingWindow.counted(Count.NONE, 5, one), 6, other);
        assertThat(forward.current()).isEqualTo(other > 0 ? other : one);
        if (one > 0 && other > 0) {
            assertThat(SlidingWindow.counted(SlidingWindow.counted(Count.NONE, 6, other), 5, one)).isEqualTo(forward);
        }
        if (one > 0) {
            assertThat(SlidingWindow.counted(forward, 3, 1)).isEqualTo(forward);
        }
    }
}

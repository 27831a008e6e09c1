package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** No window ever holds more calls than it may. */
class CallPacingTest {
    private static final long WINDOW = 1_000;

    @Property
    void everyWindowHoldsAtMostTheLimit(
            @ForAll @IntRange(min = 1, max = 20) int calls, @ForAll List<@LongRange(max = 300) Long> gaps) {
        CallPacing pacing = new CallPacing(calls, WINDOW);
        List<Long> sent = new ArrayList<>();
        long now = 5;
        for (long gap : gaps) {
            now += gap;
            long wait = pacing.reserve(now, 2 * WINDOW);
            if (wait != CallPacing.TOO_LONG) {
                sent.add(now + wait);
            } else {
                assertThat(pacing.waitFor(now)).isGreaterThan(2 * WINDOW);
            }
        }
        for (int i = calls; i < sent.size(); i++) {
            assertThat(sent.get(i) - sent.get(i - calls)).isGreaterThanOrEqualTo(WINDOW);
        }
    }

    @Example
    void theFirstCallsGoOutAtOnceWhateverTheClockSays() {
        for (long now : new long[] {-5_000, 0, 500}) {
            CallPacing pacing = new CallPacing(2, WINDOW);
            assertThat(pacing.reserve(now, 0)).isZero();
            assertThat(pacing.reserve(now, 0)).isZero();
            assertThat(pacing.reserve(now + 300, 699)).isEqualTo(CallPacing.TOO_LONG);
            assertThat(pacing.reserve(now + 300, 700)).isEqualTo(700);
        }
    }
}

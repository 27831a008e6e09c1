package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** How long is rested between parts. */
class PacingPropertiesTest {
    @Property
    void restsFitIntoTheTimeThatThereIsForAll(
            @ForAll @LongRange(min = 0, max = 1_000_000_000_000L) long took,
            @ForAll @LongRange(min = 0, max = 100_000_000_000L) long elapsed, @ForAll @IntRange(max = 10_000) int left) {
        long rest = Pacing.rest(took, elapsed, left);
        assertThat(rest).isBetween(0L, Math.min(Pacing.RESTS * took, Pacing.LONGEST_NANOS));
        assertThat(rest * left).isLessThanOrEqualTo(Math.max(0, Pacing.MOST_NANOS - elapsed));
    }
}

package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Parts of a whole: they sum to it, and each is as near to its share as a whole number can be. */
class ApportionmentTest {
    /** Twenty weights of this size have a sum that is a long. */
    private static final long HEAVIEST = Long.MAX_VALUE / 20;

    private static Map<Integer, Long> weights(List<Long> list) {
        Map<Integer, Long> weights = new LinkedHashMap<>();
        for (int i = 0; i < list.size(); i++) {
            weights.put(i, list.get(i));
        }
        return weights;
    }

    @Property
    void thePartsSumToTheWholeAndAreWithinOneOfTheirShares(
            @ForAll @LongRange(max = Long.MAX_VALUE) long whole,
            @ForAll @Size(min = 1, max = 20) List<@LongRange(max = HEAVIEST) Long> list) {
        BigInteger total = list.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
        Map<Integer, Long> weights = weights(list);
        if (total.signum() == 0) {
            weights.put(0, 1L);
            total = BigInteger.ONE;
        }
        Map<Integer, Long> parts = Apportionment.of(whole, weights);

        assertThat(parts.values().stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add))
                .isEqualTo(BigInteger.valueOf(whole));
        BigInteger sum = total;
        weights.forEach((part, weight) -> {
            BigInteger exact = BigInteger.valueOf(whole).multiply(BigInteger.valueOf(weight));
            BigInteger off = BigInteger.valueOf(parts.get(part)).multiply(sum).subtract(exact).abs();
            assertThat(off).isLessThan(sum);
            assertThat(parts.get(part)).isNotNegative();
            if (weight == 0) {
                assertThat(parts.get(part)).isZero();
            }
        });
    }

    @Property
    void theOrderMakesNoDifference(
            @ForAll @LongRange(max = 1_000) long whole,
            @ForAll @Size(min = 1, max = 12) List<@LongRange(max = 9) Long> list, @ForAll long seed) {
        Map<Integer, Long> weights = weights(list);
        weights.put(-1, 1L);
        List<Integer> order = new ArrayList<>(weights.keySet());
        Collections.shuffle(order, new Random(seed));
        Map<Integer, Long> shuffled = new LinkedHashMap<>();
        order.forEach(part -> shuffled.put(part, weights.get(part)));
        assertThat(Apportionment.of(whole, shuffled)).isEqualTo(Apportionment.of(whole, weights));
    }

    @Property
    void theHeavierPartIsNeverTheSmaller(
            @ForAll @LongRange(max = 1_000) long whole,
            @ForAll @Size(min = 1, max = 12) List<@LongRange(max = 9) Long> list) {
        Map<Integer, Long> weights = weights(list);
        weights.put(-1, 1L);
        Map<Integer, Long> parts = Apportionment.of(whole, weights);
        weights.forEach((one, weight) -> weights.forEach((other, less) -> {
            if (weight > less) {
                assertThat(parts.get(one)).isGreaterThanOrEqualTo(parts.get(other));
            }
        }));
    }

    @Example
    void theLargestRemaindersGetWhatIsLeft() {
        assertThat(Apportionment.of(10, Map.of("a", 1L, "b", 1L, "c", 1L)))
                .containsExactlyEntriesOf(new java.util.TreeMap<>(Map.of("a", 4L, "b", 3L, "c", 3L)));
        assertThat(Apportionment.of(100, Map.of("a", 47L, "b", 16L, "c", 158L)).values()).containsExactly(21L, 7L, 72L);
    }

    @Example
    void whatCannotBeDividedIsRefused() {
        assertThat(Apportionment.of(0, Map.<String, Long>of())).isEmpty();
        assertThatThrownBy(() -> Apportionment.of(1, Map.of("a", 0L))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Apportionment.of(-1, Map.of("a", 1L))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Apportionment.of(1, Map.of("a", -1L))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Apportionment.of(1, Map.of("a", Long.MAX_VALUE, "b", 1L)))
                .isInstanceOf(ArithmeticException.class);
    }
}

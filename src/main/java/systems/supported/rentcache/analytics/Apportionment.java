package systems.supported.rentcache.analytics;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Divides a whole number into whole parts that sum to it exactly, in proportion to weights: by the method of the largest
 * remainder, which Hamilton proposed for seats in a parliament. Each part gets its exact share rounded down; what is
 * left, less than one for each part, goes to those that lost most by it.
 *
 * <p>So no part is further than one from its exact share, of two parts the heavier is never the smaller, and the order
 * in which parts are given makes no difference: among equal losses the part that comes first in its natural order wins.
 * Pure.
 */
public final class Apportionment {
    private Apportionment() {
    }

    /**
     * Divides.
     *
     * @param whole   what is divided, at least 0
     * @param weights of the parts, each at least 0; their sum is a {@code long}
     * @param <K>     what names a part
     * @return the parts in their order, each at least 0; a part without weight gets nothing
     * @throws IllegalArgumentException where a number is negative, or there is something to divide and no weight
     * @throws ArithmeticException      where the weights sum to more than a {@code long}
     */
    public static <K extends Comparable<? super K>> SortedMap<K, Long> of(long whole, Map<K, Long> weights) {
        long total = 0;
        for (long weight : weights.values()) {
            if (weight < 0) {
                throw new IllegalArgumentException("a weight is not negative");
            }
            total = Math.addExact(total, weight);
        }
        if (whole < 0 || whole > 0 && total == 0) {
            throw new IllegalArgumentException("nothing is divided that is negative, or for which there is nobody");
        }
        SortedMap<K, Long> parts = new TreeMap<>();
        List<Remainder<K>> remainders = new ArrayList<>();
        long left = whole;
        for (Map.Entry<K, Long> weight : weights.entrySet()) {
            // Whole times weight may be twice as long as a long; the quotient is no larger than the whole again.
            BigInteger[] share = whole == 0
                    ? new BigInteger[] {BigInteger.ZERO, BigInteger.ZERO}
                    : BigInteger.valueOf(whole).multiply(BigInteger.valueOf(weight.getValue()))
                            .divideAndRemainder(BigInteger.valueOf(total));
            parts.put(weight.getKey(), share[0].longValueExact());
            remainders.add(new Remainder<>(weight.getKey(), share[1].longValueExact()));
            left -= share[0].longValueExact();
        }
        remainders.sort(Comparator.<Remainder<K>>comparingLong(Remainder::lost).reversed()
                .thenComparing(Remainder::part));
        for (Remainder<K> remainder : remainders.subList(0, Math.toIntExact(left))) {
            parts.merge(remainder.part(), 1L, Long::sum);
        }
        return parts;
    }

    /** What a part lost by rounding down, in fractions of one that all have the same denominator. */
    private record Remainder<K>(K part, long lost) {
    }
}

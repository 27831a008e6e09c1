package systems.supported.rentcache.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.catalog.CacheKey;

/** The laws of which node a key prefers. */
class RendezvousTest {
    private static final int KEYS = 2_000;
    private static final List<CacheKey> SOME_KEYS =
            IntStream.range(0, KEYS).mapToObj(number -> CacheKey.of("question " + number)).toList();

    private static String preferred(CacheKey key, List<String> nodes) {
        return Rendezvous.order(key, nodes, Function.identity()).get(0);
    }

    @Property(tries = 50)
    void whenANodeLeavesOnlyItsKeysMoveAndToTheirNextInLine(
            @ForAll @Size(min = 2, max = 8) @UniqueElements List<@AlphaChars @StringLength(min = 1, max = 12) String> nodes,
            @ForAll @IntRange(max = 7) int which) {
        String leaving = nodes.get(which % nodes.size());
        List<String> left = new ArrayList<>(nodes);
        left.remove(leaving);
        for (CacheKey key : SOME_KEYS) {
            List<String> before = Rendezvous.order(key, nodes, Function.identity());
            List<String> after = new ArrayList<>(before);
            after.remove(leaving);
            assertThat(Rendezvous.order(key, left, Function.identity())).isEqualTo(after);
        }
    }

    @Property(tries = 50)
    void whenANodeJoinsKeysMoveToItOnly(
            @ForAll @Size(min = 1, max = 8) @UniqueElements List<@AlphaChars @StringLength(min = 1, max = 12) String> nodes) {
        List<String> more = new ArrayList<>(nodes);
        more.add("the-one-that-joins");
        for (CacheKey key : SOME_KEYS) {
            assertThat(preferred(key, more)).isIn(preferred(key, nodes), "the-one-that-joins");
        }
    }

    @Property(tries = 20)
    void theOrderInWhichNodesAreGivenDoesNotMatter(
            @ForAll @Size(min = 2, max = 6) @UniqueElements List<@AlphaChars @StringLength(min = 1, max = 12) String> nodes) {
        List<String> turned = new ArrayList<>(nodes);
        Collections.reverse(turned);
        for (CacheKey key : SOME_KEYS) {
            assertThat(preferred(key, turned)).isEqualTo(preferred(key, nodes));
        }
    }

    @Test
    void keysAreSpreadEvenlyAlsoOverNodesOfLikeNames() {
        for (int count = 2; count <= 10; count++) {
            List<String> nodes = IntStream.range(0, count).mapToObj(number -> "rentcache-" + number).toList();
            Map<String, Integer> shares = new HashMap<>();
            int keys = 20_000;
            for (int i = 0; i < keys; i++) {
                shares.merge(preferred(CacheKey.of("question " + i), nodes), 1, Integer::sum);
            }
            double even = (double) keys / count;
            assertThat(shares).hasSize(count);
            // Five standard deviations of a fair draw.
            double off = 5 * Math.sqrt(keys * (1.0 / count) * (1 - 1.0 / count));
            assertThat(shares.values()).allSatisfy(share -> assertThat(share - even).isBetween(-off, off));
        }
    }
}

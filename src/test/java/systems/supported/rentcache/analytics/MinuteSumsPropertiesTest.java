package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class MinuteSumsPropertiesTest {
    private static final String[] ENDPOINTS = {"properties", "market_stats", "none"};

    @Provide
    Arbitrary<List<UsageRecord>> records() {
        return Combinators.combine(
                Arbitraries.longs().between(-60_001, 120_000),
                Arbitraries.longs().between(-2, 40),
                Arbitraries.of(ENDPOINTS),
                Arbitraries.of(200, 399, 400, 502),
                Arbitraries.of(0, 20, 21, 5_000, 40_000_000),
                Arbitraries.of(CacheResult.class),
                Arbitraries.longs().between(-74_000, 74_000),
                Arbitraries.integers().between(0, 3)).as((millis, key, endpoint, status, micros, result, money, calls) ->
                new UsageRecord(millis, key, endpoint, "GET", status, micros, result, null, null, money, -2 * money,
                        calls, calls + 1, null, null)).list().ofMaxSize(300);
    }

    private static Rollup alone(UsageRecord usage) {
        return new Rollup(
                new Rollup.Slot(Span.MINUTE.floor(usage.millis()), usage.keyId(), usage.endpoint(), usage.result()),
                1, usage.status() >= 400 ? 1 : 0, usage.micros(), usage.costMicros(), usage.savedMicros(),
                usage.paidCalls(), usage.uncachedCalls(),
                Latencies.of(bucket -> bucket == Latencies.bucket(usage.micros()) ? 1 : 0));
    }

    private static Map<Rollup.Slot, Rollup> taken(MinuteSums sums) {
        Map<Rollup.Slot, Rollup> taken = new HashMap<>();
        sums.take(sum -> assertThat(taken.put(sum.slot(), sum)).isNull());
        return taken;
    }

    @Property
    void theSumsAreThoseOfTheRecordsOneByOne(
            @ForAll("records") List<UsageRecord> records, @ForAll("records") List<UsageRecord> later,
            @ForAll @IntRange(max = 60) int most) {
        MinuteSums sums = new MinuteSums(new MinuteSums.Endpoints());
        for (List<UsageRecord> batch : List.of(records, later)) {
            Map<Rollup.Slot, Rollup> expected = new HashMap<>();
            Set<Rollup.Slot> refused = new HashSet<>();
            for (UsageRecord usage : batch) {
                Rollup one = alone(usage);
                if (sums.add(usage, most)) {
                    expected.merge(one.slot(), one, Rollup::plus);
                } else {
                    refused.add(one.slot());
                }
            }
            assertThat(sums.size()).isEqualTo(expected.size()).isLessThanOrEqualTo(most);
            assertThat(refused.isEmpty() || expected.size() == most).as("only what finds no room is refused").isTrue();
            assertThat(Collections.disjoint(refused, expected.keySet())).isTrue();
            assertThat(taken(sums)).isEqualTo(expected);
            assertThat(sums.size()).isZero();
        }
    }
}

package systems.supported.rentcache.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.UsageRecord;

/** The counting of requests by the second. */
class RequestFiguresTest {
    private final RequestFigures figures = new RequestFigures();

    private static UsageRecord answer(long millis, CacheResult result, int micros) {
        return new UsageRecord(
                millis, 1, "properties", "GET", 200, micros, result, null, null, 0, 0, 0, 0, null, null);
    }

    @Test
    void theLastFullSecondIsToldOfOnceAllOfItHasCome() {
        IntStream.range(0, 7).forEach(i -> figures.add(answer(5_000 + i * 140, CacheResult.HIT_NEAR, 10)));
        figures.add(answer(6_000, CacheResult.MISS, 10));
        assertThat(figures.at(6_599).perSecond()).isZero();
        assertThat(figures.at(6_600).perSecond()).isEqualTo(7);
        assertThat(figures.at(6_600).byResult()).containsOnlyKeys("hit_near");
        assertThat(figures.at(7_600).byResult()).containsOnlyKeys("miss");
        assertThat(figures.at(8_600).perSecond()).isZero();
        assertThat(figures.at(8_600).total()).isEqualTo(8);
    }

    @Test
    void anAnswerCountsWhenItWasGivenAndNotWhenItWasAskedFor() {
        figures.add(answer(5_900, CacheResult.MISS, 200_000));
        assertThat(figures.at(6_700).perSecond()).isZero();
        assertThat(figures.at(7_700).perSecond()).isEqualTo(1);
    }

    @Test
    void aRefreshIsNoRequestAndARefusalHasNoLatency() {
        figures.add(answer(5_000, CacheResult.REFRESHED, 10));
        figures.add(answer(5_000, CacheResult.REFUSED, 10));
        RequestFigures.At at = figures.at(6_600);
        assertThat(at.total()).isEqualTo(1);
        assertThat(at.byResult()).containsOnlyKeys("refused");
        assertThat(at.hit().p50Micros()).isNull();
        assertThat(at.miss().count()).isZero();
    }

    @Test
    void aClockThatStepsBackIsFollowed() {
        figures.add(answer(500_000, CacheResult.HIT_NEAR, 10));
        figures.add(answer(100_000, CacheResult.HIT_NEAR, 10));
        assertThat(figures.at(101_600).perSecond()).isEqualTo(1);
    }

    @Property(tries = 200)
    void latenciesAreThoseOfTenSeconds(
            @ForAll @Size(min = 1, max = 300) List<@IntRange(min = 1, max = 2_000_000) Integer> micros) {
        RequestFigures counted = new RequestFigures();
        for (int i = 0; i < micros.size(); i++) {
            // Given at second 11 to 20, whatever it took.
            long given = 11_000 + i % 10 * 1_000L;
            counted.add(answer(given - micros.get(i) / 1_000, CacheResult.HIT_SQL, micros.get(i)));
            counted.add(answer(10_999 - micros.get(i) / 1_000, CacheResult.HIT_SQL, micros.get(i)));
        }
        RequestFigures.At at = counted.at(21_600);
        List<Integer> sorted = micros.stream().sorted().toList();
        assertThat(at.hit().count()).isEqualTo(micros.size());
        assertThat((double) at.hit().p50Micros()).isCloseTo(
                sorted.get((int) Math.ceil(sorted.size() * 0.5) - 1), within(sorted.get(sorted.size() - 1) * 0.01 + 1));
        assertThat((double) at.hit().p99Micros()).isCloseTo(
                sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1), within(Collections.max(micros) * 0.01 + 1));
    }
}

package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What event loops count of their answers, and the sums of it. */
class AnswerTallyTest {
    private static final List<String> ENDPOINTS = List.of("one", "two");

    @Property(tries = 300)
    void aTimeIsInTheFirstBucketThatHoldsIt(@ForAll @IntRange(min = 0) int micros) {
        int bucket = AnswerTally.bucket(micros);
        assertThat(bucket == AnswerTally.BOUNDS.length || micros <= AnswerTally.BOUNDS[bucket]).isTrue();
        assertThat(bucket == 0 || micros > AnswerTally.BOUNDS[bucket - 1]).isTrue();
    }

    @Property(tries = 300)
    void everyStatusHasAPlaceAndANameThatFits(@ForAll @IntRange(min = -5, max = 1_000) int status) {
        String text = StatusCodes.text(StatusCodes.place(status));
        assertThat(text).isIn(
                Integer.toString(status), status < 100 || status > 599 ? "other" : status / 100 + "xx");
    }

    @Property(tries = 300)
    void anAnswerIsCountedAtItsPlaceAndNowhereElse(
            @ForAll @IntRange(min = -1, max = 1) int endpoint, @ForAll CacheResult result,
            @ForAll @IntRange(min = 0) int micros, @ForAll @IntRange(min = 0, max = 100) int saved) {
        AnswerTally tally = new AnswerTally(ENDPOINTS.size());
        tally.add(endpoint, result, 200, micros, saved);
        long elsewhere = 0;
        for (int place = 0; place <= ENDPOINTS.size(); place++) {
            boolean here = place == (endpoint < 0 ? ENDPOINTS.size() : endpoint);
            assertThat(tally.savedMicros(place)).isEqualTo(here ? saved : 0);
            for (CacheResult other : CacheResult.values()) {
                assertThat(tally.requests(place, other)).isEqualTo(here && other == result ? 1 : 0);
            }
            for (AnswerSource source : AnswerSource.values()) {
                assertThat(tally.micros(place, source))
                        .isEqualTo(here && source == AnswerSource.of(result) ? micros : 0);
                for (int bucket = 0; bucket < AnswerTally.BUCKETS; bucket++) {
                    elsewhere += tally.bucket(place, source, bucket);
                }
            }
        }
        assertThat(elsewhere).isEqualTo(1);
    }

    @Test
    void theSumsOfAllEventLoopsAreReadWhileTheyCount() throws InterruptedException {
        AnswerTallies tallies = new AnswerTallies(ENDPOINTS);
        int each = 200_000;
        List<Thread> loops = new ArrayList<>();
        for (int loop = 0; loop < 2; loop++) {
            AnswerTally tally = tallies.forEventLoop();
            loops.add(new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    tally.add(1, CacheResult.HIT_NEAR, 200, 40 + i % 20, 5);
                }
            }));
        }
        loops.forEach(Thread::start);
        double last = 0;
        while (loops.stream().anyMatch(Thread::isAlive)) {
            double now = hits(tallies);
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
        for (Thread loop : loops) {
            loop.join();
        }
        assertThat(hits(tallies)).isEqualTo(2.0 * each);
        HistogramSnapshot.HistogramDataPointSnapshot times = histogram(tallies);
        assertThat(times.getCount()).isEqualTo(2L * each);
        assertThat(times.getClassicBuckets().getCount(0)).isEqualTo(2L * each * 11 / 20);
        assertThat(tallies.toJson().getLong("saved_micros")).isEqualTo(10L * each);
        assertThat(tallies.toJson().getDouble("avg_response_time_ms")).isEqualTo(0.0495);
    }

    private static double hits(AnswerTallies tallies) {
        return tallies.collect().stream().filter(one -> one.getMetadata().getName().equals("rentcache_requests"))
                .flatMap(one -> ((CounterSnapshot) one).getDataPoints().stream())
                .filter(one -> one.getLabels().get("result").equals("hit_near"))
                .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue).sum();
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot histogram(AnswerTallies tallies) {
        return tallies.collect().stream().filter(HistogramSnapshot.class::isInstance)
                .flatMap(one -> ((HistogramSnapshot) one).getDataPoints().stream())
                .filter(one -> one.getLabels().get("endpoint").equals("two")
                        && one.getLabels().get("source").equals("near"))
                .findFirst().orElseThrow();
    }
}

package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.cache.Answers.NOW;
import static systems.supported.rentcache.cache.Answers.answer;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.RecentInvalidations.Since;

/** What was invalidated while something was under way, whatever the clocks say. */
class RecentInvalidationsTest {
    private static final Entry ENTRY = answer("q", "properties", NOW, "body").entry();

    private final RecentInvalidations recent = new RecentInvalidations();

    @Test
    void whatIsHeardOfMeanwhileCountsAlsoWhereTheOthersClockIsBehind() {
        Since begun = recent.since(NOW);
        recent.add(new Invalidation.All(), NOW.minus(Duration.ofSeconds(2)));
        assertThat(recent.cover(ENTRY, begun)).isTrue();
        assertThat(recent.cover(ENTRY, recent.since(NOW))).as("heard of before").isFalse();
    }

    @Test
    void whatIsDatedLaterCountsAlsoWhereItWasHeardOfBefore() {
        recent.add(new Invalidation.All(), NOW.plus(Duration.ofSeconds(2)));
        assertThat(recent.cover(ENTRY, recent.since(NOW))).isTrue();
        assertThat(recent.cover(ENTRY, recent.since(NOW.plus(Duration.ofSeconds(3))))).isFalse();
    }

    @Test
    void whatIsNotCoveredIsNot() {
        Since begun = recent.since(NOW);
        recent.add(new Invalidation.OfEndpoint("other"), NOW);
        assertThat(recent.cover(ENTRY, begun)).isFalse();
    }
}

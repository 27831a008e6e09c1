package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.NearEntry.Moment;

/** What a prepared answer says of its age. */
class NearEntryTest {
    private static final long NOW = Answers.NOW.toEpochMilli();

    private final NearEntry entry = new NearEntry(Answers.answer("{}", "properties", Answers.NOW, "body"));

    private void assertSays(long millis, String age, String ttl) {
        Moment moment = entry.at(millis);
        assertThat(moment.age()).hasToString(age);
        assertThat(moment.cacheStatus().toString()).contains("; hit; ttl=" + ttl + ";");
    }

    @Test
    void theSecondRequestOfASecondMakesWhatTheFurtherOnesShare() {
        entry.at(NOW);
        Moment shared = entry.at(NOW + 300);
        assertThat(entry.at(NOW + 600)).isSameAs(shared);
        assertThat(entry.at(NOW + 999)).isSameAs(shared);
        assertThat(entry.at(NOW + 1_000)).isNotEqualTo(shared);
    }

    @Test
    void eachSecondSaysItsOwnHoweverOftenItIsAsked() {
        // It was 1.5 s old when it was fetched, and is fresh for an hour.
        assertSays(NOW, "1", "3600");
        assertSays(NOW, "1", "3600");
        assertSays(NOW, "1", "3600");
        assertSays(NOW + 2_000, "3", "3598");
        assertSays(NOW + 2_000, "3", "3598");
        assertSays(NOW + 60_000, "61", "3540");
        assertSays(NOW + 2_000, "3", "3598");
        assertSays(NOW + 2_000, "3", "3598");
    }
}

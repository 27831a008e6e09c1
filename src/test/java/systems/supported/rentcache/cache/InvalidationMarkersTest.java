package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.cache.Answers.NOW;
import static systems.supported.rentcache.cache.Answers.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.InvalidationMarkers.Marker;

/** The laws of markers: they cover what the invalidations cover, and never less. */
class InvalidationMarkersTest {
    private static final Duration KEPT = Duration.ofHours(2);

    private static Entry entry(String question, String endpoint, long millis) {
        return answer(question, endpoint, NOW.plusMillis(millis), "body").entry();
    }

    @Provide
    Arbitrary<Entry> entries() {
        return Combinators.combine(
                        Arbitraries.of("a", "b"), Arbitraries.of("properties", "markets"),
                        Arbitraries.longs().between(-5, 5))
                .as(InvalidationMarkersTest::entry);
    }

    @Provide
    Arbitrary<Instant> moments() {
        return Arbitraries.longs().between(-5_000, 5_000).map(micros -> NOW.plusNanos(1_000 * micros));
    }

    @Provide
    Arbitrary<Invalidation> invalidations() {
        Arbitrary<String> endpoints = Arbitraries.of("properties", "markets");
        return Arbitraries.oneOf(
                Arbitraries.just(new Invalidation.All()),
                endpoints.map(Invalidation.OfEndpoint::new),
                Arbitraries.of("a", "b").map(Answers::key).map(Invalidation.OfKey::new),
                Combinators.combine(endpoints.injectNull(0.3), moments()).as(Invalidation.FetchedBefore::new),
                Combinators.combine(endpoints.injectNull(0.3), Arbitraries.of("n:a", "n:b"))
                        .as((endpoint, tag) -> new Invalidation.OfTags(endpoint, List.of(tag))));
    }

    @Property
    void aMarkerCoversWhatItsInvalidationCovers(
            @ForAll("invalidations") Invalidation what, @ForAll("moments") Instant at, @ForAll("entries") Entry entry) {
        InvalidationMarkers markers = new InvalidationMarkers(KEPT);
        markers.add(Marker.of(what, at));
        assertThat(markers.covers(entry)).isEqualTo(what.covers(entry) && !entry.fetchedAt().isAfter(at));
    }

    @Property
    void moreMarkersNeverCoverLess(
            @ForAll("invalidations") Invalidation first, @ForAll("invalidations") Invalidation second,
            @ForAll("moments") Instant one, @ForAll("moments") Instant other, @ForAll("entries") Entry entry) {
        InvalidationMarkers markers = new InvalidationMarkers(KEPT);
        markers.add(Marker.of(first, one));
        boolean covered = markers.covers(entry);
        markers.add(Marker.of(second, other));
        if (covered) {
            assertThat(markers.covers(entry)).isTrue();
        }
    }

    @Test
    void manyKeysBecomeOneMarkerForAll() {
        InvalidationMarkers markers = new InvalidationMarkers(KEPT);
        for (int i = 0; i <= 10_000; i++) {
            markers.add(Marker.of(new Invalidation.OfKey(Answers.key("q" + i)), NOW));
        }
        assertThat(markers.all()).containsExactly(new Marker("all", NOW.toEpochMilli() + 1));
        assertThat(markers.covers(entry("another", "properties", 0))).isTrue();
        assertThat(markers.covers(entry("another", "properties", 1))).isFalse();
    }

    @Test
    void manyMarkersByTagsBecomeOneForTheirEndpoint() {
        InvalidationMarkers markers = new InvalidationMarkers(KEPT);
        for (int i = 0; i <= 100; i++) {
            markers.add(Marker.of(new Invalidation.OfTags("properties", List.of("zipCode:" + i)), NOW));
        }
        assertThat(markers.all()).containsExactly(new Marker("endpoint:properties", NOW.toEpochMilli() + 1));
    }

    @Test
    void whatOutlivedEveryAnswerIsForgotten() {
        InvalidationMarkers markers = new InvalidationMarkers(KEPT);
        for (int i = 0; i < 10_000; i++) {
            markers.add(Marker.of(new Invalidation.OfKey(Answers.key("q" + i)), NOW.minus(KEPT).minusSeconds(1)));
        }
        Marker latest = Marker.of(new Invalidation.OfKey(Answers.key("latest")), NOW);
        markers.add(latest);
        assertThat(markers.all()).containsExactly(latest);
    }

    @Test
    void onlyTheMarkerThatIsThereIsTakenAway() {
        InvalidationMarkers markers = new InvalidationMarkers(KEPT);
        markers.add(Marker.of(new Invalidation.All(), NOW));
        markers.add(Marker.of(new Invalidation.All(), NOW.plusSeconds(1)));
        markers.remove(Marker.of(new Invalidation.All(), NOW));
        assertThat(markers.covers(entry("a", "properties", 500))).isTrue();
        markers.remove(Marker.of(new Invalidation.All(), NOW.plusSeconds(1)));
        assertThat(markers.isEmpty()).isTrue();
    }
}

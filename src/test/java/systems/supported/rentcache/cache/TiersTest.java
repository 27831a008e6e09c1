package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;
import static systems.supported.rentcache.cache.Answers.NOW;
import static systems.supported.rentcache.cache.Answers.answer;
import static systems.supported.rentcache.cache.Answers.key;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.Tiers.Found;
import systems.supported.rentcache.catalog.CacheKey;

/** Two tiers as one: which is asked, which is filled, and what it means when one is away. */
class TiersTest {
    private static final StoredAnswer FRESH = answer("q", "properties", NOW, "fresh");
    private static final StoredAnswer STALE = answer("q", "properties", NOW.minus(Duration.ofHours(2)), "stale");
    private static final StoredAnswer STALER = answer("q", "properties", NOW.minus(Duration.ofHours(3)), "staler");

    private final MapTier first = new MapTier("first");
    private final MapTier second = new MapTier("second");
    private final Tiers tiers = new Tiers(Optional.of(first), second, InstantSource.fixed(NOW));

    private Optional<Found> found() {
        return await(tiers.find(key("q")));
    }

    @Test
    void theFirstIsAskedFirst() {
        first.keep(FRESH);
        second.keep(FRESH);
        assertThat(found()).contains(new Found(FRESH, "first"));
        assertThat(second.asked).isEmpty();
    }

    @Test
    void whatTheSecondHasFillsTheFirst() {
        second.keep(FRESH);
        assertThat(found()).contains(new Found(FRESH, "second"));
        assertThat(found()).contains(new Found(FRESH, "first"));
    }

    @Test
    void whatIsStaleDoesNotFillTheFirst() {
        second.keep(STALE);
        assertThat(found()).contains(new Found(STALE, "second"));
        assertThat(first.kept).isEmpty();
    }

    @Test
    void nothingIsFoundWhereNothingIs() {
        assertThat(found()).isEmpty();
    }

    @Test
    void whereTheFirstIsStaleTheLaterCounts() {
        first.keep(STALE);
        assertThat(found()).contains(new Found(STALE, "first"));
        second.keep(STALER);
        assertThat(found()).contains(new Found(STALE, "first"));
        second.keep(FRESH);
        assertThat(found()).contains(new Found(FRESH, "second"));
        assertThat(first.kept).containsValue(FRESH);
    }

    @Test
    void oneMayBeAway() {
        second.keep(FRESH);
        first.away = true;
        assertThat(found()).contains(new Found(FRESH, "second"));
        first.away = false;
        first.keep(STALE);
        second.away = true;
        assertThat(found()).contains(new Found(STALE, "first"));
        first.kept.clear();
        assertThat(failure(tiers.find(key("q")))).hasMessage("second is away");
    }

    @Test
    void theFirstIsNotWaitedForWhenPutting() {
        first.never = true;
        await(tiers.put(FRESH));
        assertThat(first.kept).containsValue(FRESH);
        assertThat(second.kept).containsValue(FRESH);
        second.away = true;
        assertThat(failure(tiers.put(FRESH))).hasMessage("second is away");
    }

    @Test
    void whatOneHasIsSharedWithOtherNodes() {
        second.never = true;
        assertThat(await(tiers.share(FRESH, null))).isNull();
        first.away = true;
        assertThat(tiers.share(FRESH, null).isComplete()).as("neither has it for certain").isFalse();
        second.never = false;
        assertThat(await(tiers.share(FRESH, null))).isNull();
        second.away = true;
        assertThat(failure(tiers.share(FRESH, null))).isNotNull();
        Tiers alone = new Tiers(Optional.empty(), second, InstantSource.fixed(NOW));
        assertThat(failure(alone.share(FRESH, null))).hasMessage("second is away");
    }

    @Test
    void bothAreInvalidatedAndTheFirstMayFail() {
        assertThat(await(tiers.invalidate(new Invalidation.All(), NOW))).isEqualTo(7);
        first.away = true;
        assertThat(await(tiers.invalidate(new Invalidation.All(), NOW))).isEqualTo(7);
        assertThat(first.asked).containsExactly("invalidate", "invalidate");
        second.away = true;
        assertThat(failure(tiers.invalidate(new Invalidation.All(), NOW))).hasMessage("second is away");
    }

    @Test
    void withoutAFirstTheSecondIsAll() {
        Tiers alone = new Tiers(Optional.empty(), second, InstantSource.fixed(NOW));
        await(alone.put(FRESH));
        assertThat(await(alone.find(key("q")))).contains(new Found(FRESH, "second"));
        assertThat(await(alone.get(key("q")))).contains(FRESH);
        assertThat(await(alone.invalidate(new Invalidation.All(), NOW))).isEqualTo(7);
        await(alone.flush());
    }

    /** A tier in a map, which may be away or never be done with writing. */
    private static final class MapTier implements Tier {
        private final String name;
        private final Map<CacheKey, StoredAnswer> kept = new HashMap<>();
        private final List<String> asked = new ArrayList<>();
        private boolean away;
        private boolean never;

        MapTier(String name) {
            this.name = name;
        }

        void keep(StoredAnswer answer) {
            kept.put(answer.entry().key(), answer);
        }

        private <T> Future<T> done(String what, T result) {
            asked.add(what);
            return away ? Future.failedFuture(name + " is away") : Future.succeededFuture(result);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Future<Optional<StoredAnswer>> get(CacheKey key) {
            return done("get", Optional.ofNullable(kept.get(key)));
        }

        @Override
        public Future<Void> put(StoredAnswer answer) {
            keep(answer);
            return never ? Promise.<Void>promise().future() : done("put", null);
        }

        @Override
        public Future<Void> touch(Map<CacheKey, Integer> hits, Instant at) {
            return done("touch", null);
        }

        @Override
        public Future<Integer> invalidate(Invalidation what, Instant at) {
            return done("invalidate", 7);
        }

        @Override
        public Future<List<TierStatistics>> statistics(Instant now) {
            return done("statistics", List.of());
        }

        @Override
        public Future<Integer> purge(Instant now, Duration keptFor) {
            return done("purge", 0);
        }

        @Override
        public Future<Void> flush() {
            return done("flush", null);
        }
    }
}

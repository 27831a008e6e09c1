package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.catalog.CacheKey;

/** The contract of tiers, as far as it can be said of the near cache, which answers at once and counts nothing. */
class NearCacheContractTest extends TierContractTest {
    private final Tier tier = new NearTier(new NearCache(64L << 20));

    @Override
    Tier tier() {
        return tier;
    }

    @Override
    boolean counts() {
        return false;
    }

    @Override
    StoredAnswer kept(StoredAnswer answer) {
        return new StoredAnswer(answer.entry().slim(), answer.body(), answer.gzip());
    }

    @Test
    void trustEndsByItself() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
        NearCache near = new NearCache(1 << 20, nanos::get);
        assertThat(near.isTrusted()).isTrue();
        near.trustUntil(nanos.get() + 20);
        assertThat(near.isTrusted()).isTrue();
        nanos.addAndGet(20);
        assertThat(near.isTrusted()).isFalse();
        near.trustUntil(nanos.get() + 1);
        assertThat(near.isTrusted()).isTrue();
    }

    /** The near cache with the methods of a tier. */
    private record NearTier(NearCache near) implements Tier {
        @Override
        public String name() {
            return "near";
        }

        @Override
        public Future<Optional<StoredAnswer>> get(CacheKey key) {
            return Future.succeededFuture(Optional.ofNullable(near.get(key)).map(NearEntry::answer));
        }

        @Override
        public Future<Void> put(StoredAnswer answer) {
            near.put(answer);
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> touch(Map<CacheKey, Integer> hits, Instant at) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Integer> invalidate(Invalidation what, Instant at) {
            near.invalidate(what);
            return Future.succeededFuture(0);
        }

        @Override
        public Future<List<TierStatistics>> statistics(Instant now) {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Integer> purge(Instant now, Duration keptFor) {
            return Future.succeededFuture(0);
        }

        @Override
        public Future<Void> flush() {
            return Future.succeededFuture();
        }
    }
}

package systems.supported.rentcache.cache;

import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.ops.Metrics;

/** A tier whose reading and writing of answers is timed, until its futures complete. Thread-safe when the tier is. */
public final class TimedTier implements Tier {
    private final Tier tier;
    private final Timer reads;
    private final Timer writes;

    /** A tier and where its times are shown. */
    public TimedTier(Tier tier, Metrics metrics) {
        this.tier = tier;
        this.reads = metrics.tier(tier.name(), "read");
        this.writes = metrics.tier(tier.name(), "write");
    }

    private static <T> Future<T> timed(Timer timer, Supplier<Future<T>> use) {
        long begun = System.nanoTime();
        return use.get().onComplete(done -> timer.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS));
    }

    @Override
    public String name() {
        return tier.name();
    }

    @Override
    public Future<Optional<StoredAnswer>> get(CacheKey key) {
        return timed(reads, () -> tier.get(key));
    }

    @Override
    public Future<Void> put(StoredAnswer answer) {
        return timed(writes, () -> tier.put(answer));
    }

    @Override
    public Future<Void> put(StoredAnswer answer, EventMessage event) {
        return timed(writes, () -> tier.put(answer, event));
    }

    @Override
    public Future<Void> putBehind(StoredAnswer answer) {
        return timed(writes, () -> tier.putBehind(answer));
    }

    @Override
    public Future<Void> touch(Map<CacheKey, Integer> hits, Instant at) {
        return tier.touch(hits, at);
    }

    @Override
    public Future<Integer> invalidate(Invalidation what, Instant at) {
        return tier.invalidate(what, at);
    }

    @Override
    public Future<List<TierStatistics>> statistics(Instant now) {
        return tier.statistics(now);
    }

    @Override
    public Future<Integer> purge(Instant now, Duration keptFor) {
        return tier.purge(now, keptFor);
    }

    @Override
    public Future<Void> flush() {
        return tier.flush();
    }
}

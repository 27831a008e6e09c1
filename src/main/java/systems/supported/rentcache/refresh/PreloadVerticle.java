package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.cache.SqlTier;

/**
 * Runs one {@link Preload} after the start, in the background: its own start does not wait for it. Where the database
 * is not open then, there is none.
 */
public final class PreloadVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(PreloadVerticle.class);
    private static final double MIB = 1 << 20;

    private final Preload preload;
    private final Duration timeout;
    private Future<Preload.Loaded> running;

    /**
     * The verticle over the tiers.
     *
     * @param invalidations what must not be kept though it is read now
     * @param bytes         how much of the near cache is filled
     * @param timeout       how long it may take
     */
    public PreloadVerticle(
            NearCache near,
            SqlTier lasting,
            Optional<RedisTier> shared,
            RecentInvalidations invalidations,
            long bytes,
            Duration timeout,
            InstantSource clock) {
        this.preload = new Preload(near, lasting, shared, invalidations, bytes, clock);
        this.timeout = timeout;
    }

    @Override
    public Future<?> start() {
        long begun = System.nanoTime();
        long timer = vertx.setTimer(timeout.toMillis(), late -> preload.stop());
        running = preload.run()
                .onComplete(done -> vertx.cancelTimer(timer))
                .onSuccess(loaded -> LOG.atLevel(loaded.entries() > 0 ? Level.INFO : Level.DEBUG).log("Loaded {} entries, {} MiB, in {} s.",
                        loaded.entries(), Math.round(loaded.bytes() / MIB * 10) / 10.0,
                        (System.nanoTime() - begun) / 100_000_000 / 10.0))
                .onFailure(failure -> LOG.warn("The most used entries could not be loaded: {}", failure.getMessage()));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        preload.stop();
        return running.otherwiseEmpty();
    }
}

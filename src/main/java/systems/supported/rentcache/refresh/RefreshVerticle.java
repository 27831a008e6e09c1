package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.Tier;

/**
 * The background's work on entries. Now it deletes those that nobody can be given any more; refreshing stale ones
 * comes here.
 */
public final class RefreshVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshVerticle.class);
    private static final Duration EVERY = Duration.ofMinutes(10);
    /** Stale entries can still be revalidated, and invalidations undone, for so long. */
    private static final Duration KEPT_FOR = Duration.ofHours(48);

    private final Tier tier;
    private final InstantSource clock;

    /** The verticle over a tier. */
    public RefreshVerticle(Tier tier, InstantSource clock) {
        this.tier = tier;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(EVERY.toMillis(), timer -> purge());
        return Future.succeededFuture();
    }

    private void purge() {
        tier.purge(clock.instant(), KEPT_FOR).onSuccess(deleted -> {
            if (deleted > 0) {
                LOG.info("Deleted {} entries that were stale or invalid for {} h.", deleted, KEPT_FOR.toHours());
            }
        });
    }
}

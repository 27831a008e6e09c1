package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.config.CronSchedule;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.ops.Metrics;

/**
 * Runs a {@link Warmer} at the times of a schedule. The clock is looked at each second, so that it is the time of day
 * that counts, however long the machine slept: a time that was missed is made up for once. A time that comes while a
 * round is under way is left out. Confined to one event loop.
 */
public final class WarmerVerticle extends VerticleBase {
    private static final long LOOK_MILLIS = 1_000;

    private final Supplier<Warmer> warmers;
    private final CronSchedule schedule;
    private final InstantSource clock;
    private Warmer warmer;
    private Future<Void> running = Future.succeededFuture();
    private Instant due;

    /**
     * The verticle over a tier.
     *
     * @param reader        makes questions of what is kept, and of the file's lines
     * @param warming       which questions
     * @param lookupTimeout how long a look-up may take
     */
    public WarmerVerticle(
            SqlTier tier,
            QuestionReader reader,
            CronSchedule schedule,
            Settings.Warming warming,
            Duration lookupTimeout,
            Metrics metrics,
            InstantSource clock) {
        this.warmers = () -> new Warmer(vertx, tier, reader, warming, lookupTimeout, metrics, clock);
        this.schedule = schedule;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        due = next(clock.instant());
        vertx.setPeriodic(LOOK_MILLIS, timer -> look());
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        if (warmer != null) {
            warmer.stop();
        }
        return running;
    }

    private void look() {
        Instant now = clock.instant();
        if (now.isBefore(due)) {
            return;
        }
        due = next(now);
        if (running.isComplete()) {
            warmer = warmers.get();
            running = warmer.run();
        }
    }

    private Instant next(Instant now) {
        return schedule.next(now).orElse(Instant.MAX);
    }
}

package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import systems.supported.rentcache.auth.ApiKeyStore;
import systems.supported.rentcache.limits.KeyLimits;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Writes once a second what this node counted of keys with quotas, and what it counted of the others at a
 * {@link Pacing}, as it is when their turn comes. What could not be written is added to what comes next. One instance
 * for a process; confined to its event loop.
 */
public final class QuotaVerticle extends VerticleBase {
    private static final long WRITE_MILLIS = 1_000;
    private static final int KEYS_IN_A_PART = 500;

    private final ApiKeyStore keys;
    private final LimitStates limits;
    private final InstantSource clock;
    private final PartHealth health;
    private Pacing pacing;
    private Future<Void> writing = Future.succeededFuture();
    private Future<Void> writingOthers = Future.succeededFuture();

    /**
     * The verticle over what was counted.
     *
     * @param keys   is told of quotas used
     * @param limits knows them
     * @param health is told whether they can be written
     */
    public QuotaVerticle(ApiKeyStore keys, LimitStates limits, InstantSource clock, PartHealth health) {
        this.keys = keys;
        this.limits = limits;
        this.clock = clock;
        this.health = health;
    }

    @Override
    public Future<?> start() {
        pacing = new Pacing(vertx, () -> false, System::nanoTime);
        vertx.setPeriodic(WRITE_MILLIS, timer -> write());
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        pacing.hurry();
        return Future.join(writing, writingOthers).eventually(this::write);
    }

    private Future<?> write() {
        if (writing.isComplete()) {
            writing = told("quotas", save(limits.drainChangedQuotas()));
        }
        if (writingOthers.isComplete()) {
            writingOthers = told("counts", saveOthers());
        }
        return Future.join(writing, writingOthers);
    }

    private Future<Void> told(String use, Future<Void> written) {
        return written.onSuccess(done -> health.worked(use))
                .onFailure(failure -> health.failed(use, failure))
                .otherwiseEmpty();
    }

    private Future<Void> saveOthers() {
        return vertx.executeBlocking(() -> inParts(limits.drainChanged()), false).compose(parts -> {
            Deque<List<KeyLimits>> left = new ArrayDeque<>(parts);
            return pacing.write(parts, part -> save(left.remove())).onFailure(failure -> left.forEach(limits::putBack));
        });
    }

    /** In the order of their rows: those that share a page of the database are written together. */
    private static List<List<KeyLimits>> inParts(List<KeyLimits> changed) {
        changed.sort(Comparator.comparingLong(KeyLimits::keyId));
        return IntStream.iterate(0, from -> from < changed.size(), from -> from + KEYS_IN_A_PART)
                .mapToObj(from -> changed.subList(from, Math.min(changed.size(), from + KEYS_IN_A_PART)))
                .toList();
    }

    /** Of keys that other nodes count, too, only what was counted here since the last time is added. */
    private Future<Void> save(List<KeyLimits> changed) {
        Map<Long, Quota.Usage> used = limits.take(changed);
        Instant now = clock.instant();
        return (limits.isShared() ? keys.addUsage(used, now) : keys.saveUsage(used, now))
                .onFailure(failure -> limits.takeBack(used));
    }
}

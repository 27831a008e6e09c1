package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import systems.supported.rentcache.auth.ApiKeyStore;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Writes once a second what this node counted of quotas. What could not be written is added to what comes next. One
 * instance for a process; confined to its event loop.
 */
public final class QuotaVerticle extends VerticleBase {
    private static final long WRITE_MILLIS = 1_000;

    private final ApiKeyStore keys;
    private final LimitStates limits;
    private final InstantSource clock;
    private final PartHealth health;
    private Future<Void> writing = Future.succeededFuture();

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
        vertx.setPeriodic(WRITE_MILLIS, timer -> write());
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return writing.eventually(this::write);
    }

    private Future<Void> write() {
        if (writing.isComplete()) {
            writing = Future.join(saveOwn(), addShared()).<Void>mapEmpty()
                    .onSuccess(written -> health.worked("quotas"))
                    .onFailure(failure -> health.failed("quotas", failure))
                    .otherwiseEmpty();
        }
        return writing;
    }

    /** Of keys that other nodes count, too, only what was counted here since the last time is added. */
    private Future<Void> addShared() {
        List<LimitStates.Unsaved> uncounted = limits.drainUncounted();
        return keys.addUsage(
                        uncounted.stream().collect(
                                Collectors.toMap(LimitStates.Unsaved::keyId, LimitStates.Unsaved::usage)),
                        clock.instant())
                .onFailure(failure -> limits.countAgain(uncounted));
    }

    private Future<Void> saveOwn() {
        List<LimitStates.Unsaved> unsaved = limits.drainUnsaved();
        return keys.saveUsage(
                        unsaved.stream()
                                .filter(usage -> usage.keyId() != 0)
                                .collect(Collectors.toMap(LimitStates.Unsaved::keyId, LimitStates.Unsaved::usage)),
                        clock.instant())
                .onFailure(failure -> limits.saveAgain(unsaved));
    }
}

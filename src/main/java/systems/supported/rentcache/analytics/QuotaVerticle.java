package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import systems.supported.rentcache.auth.ApiKeyStore;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Writes once a second what this node counted of keys with quotas, and what it counted of the others at a
 * {@link Pacing}. What could not be written is added to what comes next. One instance for a process; confined to its
 * event loop.
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
            writing = told(Future.join(save(limits.drainUnsavedQuotas()), addShared()).mapEmpty());
        }
        if (writingOthers.isComplete()) {
            writingOthers = told(saveOthers());
        }
        return Future.join(writing, writingOthers);
    }

    private Future<Void> told(Future<Void> written) {
        return written.onSuccess(done -> health.worked("quotas"))
                .onFailure(failure -> health.failed("quotas", failure))
                .otherwiseEmpty();
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

    private Future<Void> saveOthers() {
        return vertx.executeBlocking(() -> inParts(limits.drainUnsaved()), false).compose(parts -> {
            Deque<List<LimitStates.Unsaved>> left = new ArrayDeque<>(parts);
            return pacing.write(parts, part -> save(left.remove()))
                    .onFailure(failure -> left.forEach(limits::saveAgain));
        });
    }

    /** In the order of their rows: those that share a page of the database are written together. */
    private static List<List<LimitStates.Unsaved>> inParts(List<LimitStates.Unsaved> unsaved) {
        unsaved.sort(Comparator.comparingLong(LimitStates.Unsaved::keyId));
        return IntStream.iterate(0, from -> from < unsaved.size(), from -> from + KEYS_IN_A_PART)
                .mapToObj(from -> unsaved.subList(from, Math.min(unsaved.size(), from + KEYS_IN_A_PART)))
                .toList();
    }

    private Future<Void> save(List<LimitStates.Unsaved> unsaved) {
        return keys.saveUsage(
                        unsaved.stream()
                                .filter(usage -> usage.keyId() != 0)
                                .collect(Collectors.toMap(LimitStates.Unsaved::keyId, LimitStates.Unsaved::usage)),
                        clock.instant())
                .onFailure(failure -> limits.saveAgain(unsaved));
    }
}

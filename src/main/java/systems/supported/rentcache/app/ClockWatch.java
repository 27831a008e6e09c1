package systems.supported.rentcache.app;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Compares this node's clock with those of the servers that nodes share, at the start and each minute: what is fresh,
 * and what an invalidation covers, is told by the times of different nodes. A clock that is off by more than {@link
 * #WRONG} is shown in the health; with one that is off by more than {@link #UNFIT} the node is not ready. Confined to
 * one event loop.
 */
final class ClockWatch extends VerticleBase {
    private static final Duration WRONG = Duration.ofSeconds(2);
    private static final Duration UNFIT = Duration.ofSeconds(60);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Map<String, Supplier<Future<Long>>> others;
    private final LongSupplier own;
    private final PartHealth health;
    private final HealthReport report;
    private final Map<String, Boolean> fit = new HashMap<>();

    /**
     * A watch.
     *
     * @param others by their names, how servers are asked for their time, in milliseconds since 1970-01-01T00:00Z
     * @param own    this machine's, in the same unit
     * @param health is told of what is wrong
     * @param report is told whether the node is fit to serve
     */
    ClockWatch(
            Map<String, Supplier<Future<Long>>> others, LongSupplier own, PartHealth health, HealthReport report) {
        this.others = others;
        this.own = own;
        this.health = health;
        this.report = report;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(EVERY.toMillis(), timer -> look());
        return look();
    }

    private Future<Void> look() {
        List<Future<Void>> looks = new ArrayList<>();
        others.forEach((name, time) -> looks.add(compare(name, time)));
        return Future.join(looks).<Void>mapEmpty().otherwiseEmpty();
    }

    /** What a server says that does not answer is not known, and what it said last holds. */
    private Future<Void> compare(String name, Supplier<Future<Long>> time) {
        long sent = own.getAsLong();
        return time.get().onSuccess(theirs -> {
            long received = own.getAsLong();
            // The answer was given at some time between the two.
            long off = Math.max(0, Math.max(sent - theirs, theirs - received));
            if (off > WRONG.toMillis()) {
                health.failed(name, String.format(Locale.ROOT, "This machine's clock is %.1f s %s that of %s.",
                        off / 1_000.0, theirs > received ? "behind" : "ahead of", name));
            } else {
                health.worked(name);
            }
            fit.put(name, off <= UNFIT.toMillis());
            report.setFit(!fit.containsValue(false));
        }).mapEmpty();
    }
}

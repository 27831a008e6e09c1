package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import systems.supported.rentcache.auth.ApiKeyStore;
import systems.supported.rentcache.cache.Tier;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Sums usage records and writes the sums once a second: rollups, single records, hit counts of entries, quotas used.
 *
 * <p>What could not be written is kept and added to what comes next; sums do not grow by being kept. Single records and
 * hit counts are bounded: what is over the bound is dropped and counted. A crash loses what came in the last second.
 *
 * <p>One instance for a process; confined to its event loop.
 */
public final class AnalyticsVerticle extends VerticleBase {
    private static final long WRITE_MILLIS = 1_000;
    private static final int MOST_RECORDS = 20_000;
    private static final int MOST_HIT_COUNTS = 100_000;
    private static final Duration PURGE_EVERY = Duration.ofHours(1);

    private final UsageStore store;
    private final ApiKeyStore keys;
    private final LimitStates limits;
    private final Tier tier;
    private final Duration retention;
    private final InstantSource clock;
    private final Metrics metrics;
    private final PartHealth health;
    private Map<Rollup.Slot, RunningTotal> totals = new HashMap<>();
    private Map<Rollup.Slot, Rollup> unwritten = new HashMap<>();
    private List<UsageRecord> records = new ArrayList<>();
    private Map<CacheKey, Integer> hits = new HashMap<>();
    private Future<Void> writing = Future.succeededFuture();

    /**
     * The verticle over the stores.
     *
     * @param retention how long single records are kept
     * @param health    is told whether they can be written
     */
    public AnalyticsVerticle(
            UsageStore store,
            ApiKeyStore keys,
            LimitStates limits,
            Tier tier,
            Duration retention,
            InstantSource clock,
            Metrics metrics,
            PartHealth health) {
        this.store = store;
        this.keys = keys;
        this.limits = limits;
        this.tier = tier;
        this.retention = retention;
        this.clock = clock;
        this.metrics = metrics;
        this.health = health;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(WRITE_MILLIS, timer -> write());
        vertx.setPeriodic(PURGE_EVERY.toMillis(), timer -> keep());
        keep();
        return vertx.eventBus()
                .<UsageBatch>localConsumer(Addresses.ANALYTICS_USAGE)
                .handler(this::gather)
                .completion();
    }

    private void keep() {
        store.keep(clock.instant(), clock.instant().minus(retention));
    }

    /** Writes what is left; a store that does not answer is not waited for by the caller beyond its own patience. */
    @Override
    public Future<?> stop() {
        return writing.eventually(this::write);
    }

    private void gather(Message<UsageBatch> message) {
        UsageBatch batch = message.body();
        for (int i = 0; i < batch.count(); i++) {
            gather(batch.records()[i]);
        }
    }

    private void gather(UsageRecord usage) {
        totals.computeIfAbsent(Rollup.Slot.of(usage), first -> new RunningTotal()).add(usage);
        if (usage.client() != null) {
            if (records.size() < MOST_RECORDS) {
                records.add(usage);
            } else {
                metrics.dropped("usage-record").increment();
            }
        }
        if (usage.key() != null && usage.result().isSaving()) {
            if (hits.size() < MOST_HIT_COUNTS || hits.containsKey(usage.key())) {
                hits.merge(usage.key(), 1, Integer::sum);
            } else {
                metrics.dropped("hit-count").increment();
            }
        }
    }

    private Future<Void> write() {
        if (!writing.isComplete()) {
            return writing;
        }
        count();
        writing = Future.join(List.of(writeUsage(), writeHits(), writeQuotas())).<Void>mapEmpty()
                .onSuccess(written -> health.worked("usage"))
                .onFailure(failure -> health.failed("usage", failure))
                .otherwiseEmpty();
        return writing;
    }

    /** Adds what came in since the last time to what is to be written. */
    private void count() {
        totals.forEach((slot, total) -> unwritten.merge(slot, total.of(slot), Rollup::plus));
        totals = new HashMap<>();
    }

    private Future<Void> writeUsage() {
        if (unwritten.isEmpty()) {
            return Future.succeededFuture();
        }
        Map<Rollup.Slot, Rollup> sums = unwritten;
        List<UsageRecord> rows = records;
        unwritten = new HashMap<>();
        records = new ArrayList<>();
        return store.write(sums.values(), rows).onFailure(failure -> {
            sums.forEach((slot, sum) -> unwritten.merge(slot, sum, Rollup::plus));
            int room = Math.max(0, MOST_RECORDS - records.size());
            records.addAll(rows.subList(0, Math.min(room, rows.size())));
            metrics.dropped("usage-record").increment(Math.max(0, rows.size() - room));
        });
    }

    private Future<Void> writeHits() {
        Map<CacheKey, Integer> counts = hits;
        hits = new HashMap<>();
        return tier.touch(counts, clock.instant()).onFailure(
                failure -> metrics.dropped("hit-count").increment(counts.size()));
    }

    private Future<Void> writeQuotas() {
        return Future.join(writeOwnQuotas(), addSharedQuotas()).mapEmpty();
    }

    /** Of keys that other nodes count, too, only what was counted here since the last time is added. */
    private Future<Void> addSharedQuotas() {
        List<LimitStates.Unsaved> uncounted = limits.drainUncounted();
        return keys.addUsage(
                uncounted.stream().collect(
                        Collectors.toMap(LimitStates.Unsaved::keyId, LimitStates.Unsaved::usage)),
                clock.instant())
                .onFailure(failure -> limits.countAgain(uncounted));
    }

    private Future<Void> writeOwnQuotas() {
        List<LimitStates.Unsaved> unsaved = limits.drainUnsaved();
        return keys.saveUsage(
                unsaved.stream()
                        .filter(usage -> usage.keyId() != 0)
                        .collect(Collectors.toMap(LimitStates.Unsaved::keyId, LimitStates.Unsaved::usage)),
                clock.instant())
                .onFailure(failure -> limits.saveAgain(unsaved));
    }
}

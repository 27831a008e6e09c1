package systems.supported.rentcache.analytics;

import io.micrometer.core.instrument.Counter;
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
    private final Map<String, Counter> requestCounters = new HashMap<>();
    private Map<Rollup.Slot, Rollup> rollups = new HashMap<>();
    private List<UsageRecord> records = new ArrayList<>();
    private Map<CacheKey, Integer> hits = new HashMap<>();
    private Future<Void> writing = Future.succeededFuture();

    /**
     * The verticle over the stores.
     *
     * @param retention how long single records are kept
     */
    public AnalyticsVerticle(
            UsageStore store,
            ApiKeyStore keys,
            LimitStates limits,
            Tier tier,
            Duration retention,
            InstantSource clock,
            Metrics metrics) {
        this.store = store;
        this.keys = keys;
        this.limits = limits;
        this.tier = tier;
        this.retention = retention;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(WRITE_MILLIS, timer -> write());
        vertx.setPeriodic(PURGE_EVERY.toMillis(), timer -> store.purge(clock.instant().minus(retention)));
        return vertx.eventBus()
                .<UsageBatch>localConsumer(Addresses.ANALYTICS_USAGE)
                .handler(this::gather)
                .completion();
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
        Rollup one = Rollup.of(usage);
        rollups.merge(one.slot(), one, Rollup::plus);
        requestCounters.computeIfAbsent(
                usage.endpoint() + ' ' + usage.result(),
                name -> metrics.requests(usage.endpoint(), usage.result().text())).increment();
        if (usage.savedMicros() != 0) {
            metrics.money("saved").increment(usage.savedMicros());
        }
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
        writing = Future.join(List.of(writeUsage(), writeHits(), writeQuotas())).<Void>mapEmpty().otherwiseEmpty();
        return writing;
    }

    private Future<Void> writeUsage() {
        if (rollups.isEmpty()) {
            return Future.succeededFuture();
        }
        Map<Rollup.Slot, Rollup> sums = rollups;
        List<UsageRecord> rows = records;
        rollups = new HashMap<>();
        records = new ArrayList<>();
        return store.write(sums.values(), rows).onFailure(failure -> {
            sums.forEach((slot, sum) -> rollups.merge(slot, sum, Rollup::plus));
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
        return keys.saveUsage(
                limits.drainUnsaved().stream()
                        .filter(unsaved -> unsaved.keyId() != 0)
                        .collect(Collectors.toMap(LimitStates.Unsaved::keyId, LimitStates.Unsaved::usage)),
                clock.instant());
    }
}

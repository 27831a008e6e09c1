package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import systems.supported.rentcache.cache.Tier;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;

/**
 * Sums usage records and writes the sums once a second: by minute, hour and day; single records, and hit counts of
 * entries. Where more than some hundred keys or answers are in use they are written in parts, at a {@link Pacing}.
 *
 * <p>What could not be written is kept and added to what comes next. All of it is bounded: what is over the bound is
 * dropped and counted, where it is a single record its weight goes on with the next one. A crash loses what came in the
 * last second, or in as long as it takes to write all parts; {@link UsageWriters} has it told.
 *
 * <p>One instance for a process; confined to its event loop.
 */
public final class AnalyticsVerticle extends VerticleBase {
    private static final long WRITE_MILLIS = 1_000;
    private static final Duration BEAT = Duration.ofSeconds(3);
    /** Some beats, so that one that comes late is not taken for the last. */
    private static final Duration STANDS_STILL = Duration.ofSeconds(10);
    private static final Duration PURGE_EVERY = Duration.ofHours(1);
    /** An event loop hands over its records within half a second. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(1);
    private static final int HIT_COUNTS_IN_A_PART = 500;
    /** In the order of their rows: those that share a page of the database are written together. */
    private static final Comparator<Map.Entry<CacheKey, Integer>> BY_ROW = Map.Entry.comparingByKey(
            Comparator.comparing(CacheKey::first, Long::compareUnsigned));

    private final Parts parts;
    private final Terms terms;
    private final InstantSource clock;
    private final Metrics metrics;
    private final PartHealth health;
    private final UsageStore store;
    private final UsageDays days;
    private final UsageWriters writers;
    private final RollupCalendar calendar;
    private final UsageGathering gathering;
    private final UnwrittenSums unwritten;
    private Pacing usagePacing;
    private Pacing hitsPacing;
    private Instant writtenUpTo;
    private Future<Void> writingUsage = Future.succeededFuture();
    private Future<Void> writingHits = Future.succeededFuture();
    private Future<Void> beating = Future.succeededFuture();

    /**
     * What usage is written to.
     *
     * @param database has the sums and the records
     * @param tier     is told of hits
     */
    public record Parts(Database database, Tier tier) {
    }

    /**
     * What is kept for how long.
     *
     * @param enabled   whether usage is recorded
     * @param retention how long single records are kept
     * @param minutes   how long sums by minute are kept
     * @param zone      whose days are summed
     */
    public record Terms(boolean enabled, Duration retention, Duration minutes, ZoneId zone) {
    }

    /**
     * The verticle over the stores.
     *
     * @param health is told whether they can be written
     */
    public AnalyticsVerticle(Parts parts, Terms terms, InstantSource clock, Metrics metrics, PartHealth health) {
        this.parts = parts;
        this.terms = terms;
        this.clock = clock;
        this.metrics = metrics;
        this.health = health;
        this.store = new UsageStore(parts.database);
        this.days = new UsageDays(parts.database);
        this.writers = new UsageWriters(parts.database, STANDS_STILL, System::nanoTime);
        this.calendar = new RollupCalendar(terms.zone);
        this.unwritten = new UnwrittenSums(calendar);
        this.gathering = new UsageGathering(metrics);
    }

    @Override
    public Future<?> start() {
        usagePacing = new Pacing(vertx, () -> gathering.isCrowded() || unwritten.isCrowded(), System::nanoTime);
        hitsPacing = new Pacing(vertx, gathering::isCrowdedWithHits, System::nanoTime);
        writtenUpTo = clock.instant();
        vertx.setPeriodic(WRITE_MILLIS, timer -> write());
        vertx.setPeriodic(PURGE_EVERY.toMillis(), timer -> keep());
        if (terms.enabled) {
            vertx.setPeriodic(BEAT.toMillis(), timer -> beat());
        }
        keep();
        return beat().transform(tried -> Future.all(
                vertx.eventBus().<UsageBatch>localConsumer(Addresses.ANALYTICS_USAGE)
                        .handler(message -> gather(message.body())).completion(),
                vertx.eventBus().<GatheredUsage>localConsumer(Addresses.ANALYTICS_GATHERED)
                        .handler(this::takeOver).completion()));
    }

    private void keep() {
        Instant now = clock.instant();
        store.keep(now, now.minus(terms.retention), now.minus(terms.minutes))
                .compose(kept -> days.align(terms.zone))
                .onFailure(failure -> health.failed("usage", failure));
    }

    /** Where the database does not answer, the mark stays as it is: the next beat renews it. */
    private Future<Void> beat() {
        if (terms.enabled && beating.isComplete()) {
            beating = writers.beat(writtenUpTo).otherwiseEmpty();
        }
        return beating;
    }

    /** Writes what is left; a store that does not answer is not waited for by the caller beyond its own patience. */
    @Override
    public Future<?> stop() {
        usagePacing.hurry();
        hitsPacing.hurry();
        return Future.join(writingUsage, writingHits, beating).eventually(this::write).compose(written ->
                unwritten.isEmpty() && gathering.isEmpty() ? writers.done() : Future.succeededFuture());
    }

    private void gather(UsageBatch batch) {
        if (!gathering.hasRoomFor(batch)) {
            setAside();
        }
        gathering.add(batch);
    }

    /** Has what was gathered wait with what could not be written, where there is as much room again. */
    private void setAside() {
        gathering.takeSums().forEach(sum -> unwritten.add(sum, gathering::lost));
    }

    /** Takes over what another node gathered. */
    private void takeOver(Message<GatheredUsage> message) {
        GatheredUsage theirs = message.body();
        theirs.sums().forEach(sum -> unwritten.add(sum, gathering::lost));
        gathering.putBack(theirs.records());
        theirs.hits().forEach(gathering::addHits);
        message.reply(null);
    }

    private Future<Void> write() {
        if (writingUsage.isComplete()) {
            Instant gathered = clock.instant().minus(ON_THE_WAY);
            writingUsage = told("usage", writeUsage().onSuccess(written -> writtenUpTo = gathered));
        }
        if (writingHits.isComplete()) {
            writingHits = told("hit counts", writeHits());
        }
        return Future.join(writingUsage, writingHits).mapEmpty();
    }

    private Future<Void> told(String use, Future<Void> written) {
        return written.onSuccess(done -> health.worked(use))
                .onFailure(failure -> health.failed(use, failure))
                .otherwiseEmpty();
    }

    private Future<Void> writeUsage() {
        Set<Long> parts = gathering.parts();
        parts.addAll(unwritten.parts());
        if (parts.isEmpty()) {
            return gathering.isEmpty() ? Future.succeededFuture() : write(new UnwrittenSums(calendar));
        }
        return usagePacing.write(parts, this::writePart).onFailure(failure -> setAside());
    }

    private Future<Void> writePart(long part) {
        UnwrittenSums sums = unwritten.take(part);
        gathering.takeSums(part).forEach(sum -> sums.add(sum, gathering::lost));
        return write(sums);
    }

    private Future<Void> write(UnwrittenSums sums) {
        List<UsageRecord> rows = gathering.takeRecords();
        return store.write(sums, rows).onFailure(failure -> {
            unwritten.addAgain(sums, gathering::lost);
            gathering.putBack(rows);
        });
    }

    private Future<Void> writeHits() {
        Map<CacheKey, Integer> counts = gathering.takeHits();
        if (counts.isEmpty()) {
            return Future.succeededFuture();
        }
        Instant now = clock.instant();
        return vertx.executeBlocking(() -> inParts(counts), false)
                .compose(some -> hitsPacing.write(some, part -> parts.tier.touch(part, now)
                        .onSuccess(written -> counts.keySet().removeAll(part.keySet()))))
                .onFailure(failure -> counts.forEach(gathering::addHits));
    }

    private static List<Map<CacheKey, Integer>> inParts(Map<CacheKey, Integer> counts) {
        List<Map<CacheKey, Integer>> parts = new ArrayList<>();
        Map<CacheKey, Integer> part = null;
        for (Map.Entry<CacheKey, Integer> count : counts.entrySet().stream().sorted(BY_ROW).toList()) {
            if (part == null || part.size() == HIT_COUNTS_IN_A_PART) {
                part = new LinkedHashMap<>();
                parts.add(part);
            }
            part.put(count.getKey(), count.getValue());
        }
        return parts;
    }
}

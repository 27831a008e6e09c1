package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.UsageRecord;
import systems.supported.rentcache.analytics.UsageRing;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.Tier;
import systems.supported.rentcache.cache.UnawaitedReply;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.ops.Metrics;

/**
 * The background's work on entries: refreshes those that were given though stale (RFC 5861 §3), and deletes those that
 * nobody can be given any more. A refresh is a look-up like any other, which shares the call of whoever else asks, but it
 * gives way to them. Confined to one event loop.
 */
public final class RefreshVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshVerticle.class);
    private static final Duration EVERY = Duration.ofMinutes(10);
    /** Invalidations can be undone for so long, and stale entries revalidated. */
    private static final Duration KEPT_FOR = Duration.ofHours(48);
    private static final int MOST_AT_ONCE = 1_000;
    private static final int GET_OK = 200;

    private final Tier tier;
    private final Duration lookupTimeout;
    private final Duration keptFor;
    private final boolean recordsUsage;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Set<CacheKey> underWay = new HashSet<>();
    private UsageRing usage;

    /**
     * The verticle over a tier.
     *
     * @param lookupTimeout how long a look-up may take
     * @param longestStale  how long after their freshness lifetime entries may be given
     * @param recordsUsage  whether it is recorded what refreshes cost
     */
    public RefreshVerticle(
            Tier tier,
            Duration lookupTimeout,
            Duration longestStale,
            boolean recordsUsage,
            Metrics metrics,
            InstantSource clock) {
        this.tier = tier;
        this.lookupTimeout = lookupTimeout;
        this.keptFor = longestStale.compareTo(KEPT_FOR) > 0 ? longestStale : KEPT_FOR;
        this.recordsUsage = recordsUsage;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        usage = new UsageRing(vertx, recordsUsage, 0);
        vertx.setPeriodic(EVERY.toMillis(), timer -> purge());
        return Future.all(
                vertx.eventBus().<LookupRequest>localConsumer(Addresses.CACHE_REFRESH)
                        .handler(message -> refresh(message.body())).completion(),
                vertx.eventBus().<UnawaitedReply>localConsumer(Addresses.CACHE_UNAWAITED)
                        .handler(message -> record(message.body().question(), message.body().reply())).completion());
    }

    @Override
    public Future<?> stop() {
        usage.flush();
        return Future.succeededFuture();
    }

    private void refresh(LookupRequest question) {
        CacheKey key = question.request().key();
        if (underWay.size() >= MOST_AT_ONCE) {
            // The next request for the stale answer asks again.
            metrics.dropped("refresh").increment();
            return;
        }
        if (!underWay.add(key)) {
            return;
        }
        vertx.eventBus().<LookupReply>request(
                        Addresses.CACHE_LOOKUP, question, LocalMessages.within(lookupTimeout))
                .map(Message::body)
                .onSuccess(reply -> {
                    metrics.refreshes(outcome(reply)).increment();
                    record(question, reply);
                })
                .onFailure(failure -> LOG.warn("A stale answer of {} could not be refreshed",
                        question.request().endpoint().name(), failure))
                .onComplete(done -> underWay.remove(key));
    }

    /** Takes note of what a call cost; nobody reads the body of one that is still coming. */
    private void record(LookupRequest question, LookupReply reply) {
        long cost = 0;
        int status = GET_OK;
        boolean billed = false;
        if (reply instanceof LookupReply.Fetched fetched) {
            cost = fetched.costMicros();
            status = fetched.entry().answer().entry().status();
            billed = !fetched.collapsed() && !fetched.revalidated() && status == GET_OK
                    && fetched.entry().answer().body().length() > 0;
        } else if (reply instanceof LookupReply.Streaming streaming) {
            streaming.body().abandon();
            cost = streaming.costMicros();
            billed = streaming.status() == GET_OK;
        } else if (reply instanceof LookupReply.Failed failed && !failed.collapsed()) {
            cost = failed.failure().costMicros();
            status = failed.failure().status();
        }
        if (billed || cost > 0) {
            usage.add(new UsageRecord(
                    clock.millis(), question.keyId(), question.request().endpoint().name(), "GET", status, 0,
                    CacheResult.REFRESHED, null, null, cost, 0, 1, 0, question.request().key(), null));
        }
    }

    private static String outcome(LookupReply reply) {
        if (reply instanceof LookupReply.Fetched fetched) {
            return fetched.revalidated() ? "revalidated" : "fetched";
        }
        return reply instanceof LookupReply.Failed ? "failed" : "superseded";
    }

    private void purge() {
        tier.purge(clock.instant(), keptFor).onSuccess(deleted -> {
            if (deleted > 0) {
                LOG.info("Deleted {} entries that were stale or invalid for {} h.", deleted, keptFor.toHours());
            }
        });
    }
}

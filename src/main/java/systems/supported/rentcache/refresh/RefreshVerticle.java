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

    private final Tier tier;
    private final Duration lookupTimeout;
    private final Duration keptFor;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Set<CacheKey> underWay = new HashSet<>();

    /**
     * The verticle over a tier.
     *
     * @param lookupTimeout how long a look-up may take
     * @param longestStale  how long after their freshness lifetime entries may be given
     */
    public RefreshVerticle(
            Tier tier,
            Duration lookupTimeout,
            Duration longestStale,
            Metrics metrics,
            InstantSource clock) {
        this.tier = tier;
        this.lookupTimeout = lookupTimeout;
        this.keptFor = longestStale.compareTo(KEPT_FOR) > 0 ? longestStale : KEPT_FOR;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(EVERY.toMillis(), timer -> purge());
        return vertx.eventBus().<LookupRequest>localConsumer(Addresses.CACHE_REFRESH)
                .handler(message -> refresh(message.body())).completion();
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
                    vertx.eventBus().send(
                            Addresses.CACHE_UNAWAITED, new UnawaitedReply(question, reply), LocalMessages.LOCAL);
                })
                .onFailure(failure -> LOG.warn("A stale answer of {} could not be refreshed",
                        question.request().endpoint().name(), failure))
                .onComplete(done -> underWay.remove(key));
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

package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.coordination.Flights;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.events.LocalMessages;

/** Answers {@link LookupRequest}s on the event bus. One instance for a process: it holds the flights. */
public final class CacheLookupVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(CacheLookupVerticle.class);

    private final String address;
    private final NearCache near;
    private final Tiers tiers;
    private final RecentInvalidations invalidations;
    private final CachePolicy policy;
    private final Flights flights;
    private final Duration upstreamTimeout;
    private final Duration patience;
    private final InstantSource clock;
    private final EventPublisher events;
    private Lookup lookup;

    /**
     * The verticle over a near cache and a tier.
     *
     * @param address         where it is asked
     * @param invalidations   what must not be kept though it arrives now
     * @param flights         let one node make a call for all
     * @param upstreamTimeout how long the upstream verticle may take for a call, with its waiting and its retries
     * @param patience        how long a call is waited for where a stale answer may be given in its place
     * @param events          publishes misses, and what is kept
     */
    public CacheLookupVerticle(
            String address,
            NearCache near,
            Tiers tiers,
            RecentInvalidations invalidations,
            CachePolicy policy,
            Flights flights,
            Duration upstreamTimeout,
            Duration patience,
            InstantSource clock,
            EventPublisher events) {
        this.address = address;
        this.near = near;
        this.tiers = tiers;
        this.invalidations = invalidations;
        this.policy = policy;
        this.flights = flights;
        this.upstreamTimeout = upstreamTimeout;
        this.patience = patience;
        this.clock = clock;
        this.events = events;
    }

    @Override
    public Future<?> start() {
        lookup = new Lookup(
                vertx, near, tiers, invalidations, policy, flights, this::fetch, patience, this::unawaited, clock,
                events);
        return vertx.eventBus()
                .<LookupRequest>localConsumer(address)
                .handler(this::answer)
                .completion();
    }

    private void answer(Message<LookupRequest> message) {
        lookup.answer(message.body())
                .onSuccess(message::reply)
                .onFailure(failure -> {
                    message.body().trace().in(LOG.atError()).setCause(failure).log(
                            "A look-up of {} failed", message.body().request().endpoint().name());
                    message.fail(500, failure.toString());
                });
    }

    private Future<UpstreamReply> fetch(UpstreamRequest request) {
        return vertx.eventBus()
                .<UpstreamReply>request(Addresses.UPSTREAM_FETCH, request, LocalMessages.within(upstreamTimeout))
                .map(Message::body)
                .recover(silent -> Future.succeededFuture(new UpstreamReply.Failed(
                        new UpstreamFailure(UpstreamFailure.Kind.TIMED_OUT, 0, null, 0))));
    }

    private void unawaited(LookupRequest question, LookupReply reply) {
        vertx.eventBus().send(Addresses.CACHE_UNAWAITED, new UnawaitedReply(question, reply), LocalMessages.LOCAL);
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.InstantSource;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;

/** Answers {@link LookupRequest}s on the event bus. One instance for a process: it holds the flights. */
public final class CacheLookupVerticle extends VerticleBase {
    private final NearCache near;
    private final Tier tier;
    private final CachePolicy policy;
    private final Duration upstreamTimeout;
    private final InstantSource clock;
    private Lookup lookup;

    /**
     * The verticle over a near cache and a tier.
     *
     * @param upstreamTimeout how long the upstream verticle may take for a call, with its waiting and its retries
     */
    public CacheLookupVerticle(
            NearCache near, Tier tier, CachePolicy policy, Duration upstreamTimeout, InstantSource clock) {
        this.near = near;
        this.tier = tier;
        this.policy = policy;
        this.upstreamTimeout = upstreamTimeout;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        lookup = new Lookup(near, tier, policy, this::fetch, new Compression(vertx), clock);
        return vertx.eventBus()
                .<LookupRequest>localConsumer(Addresses.CACHE_LOOKUP)
                .handler(this::answer)
                .completion();
    }

    private void answer(Message<LookupRequest> message) {
        lookup.answer(message.body())
                .onSuccess(message::reply)
                .onFailure(failure -> message.fail(500, failure.toString()));
    }

    private Future<UpstreamReply> fetch(UpstreamRequest request) {
        return vertx.eventBus()
                .<UpstreamReply>request(Addresses.UPSTREAM_FETCH, request, LocalMessages.within(upstreamTimeout))
                .map(Message::body)
                .recover(silent -> Future.succeededFuture(new UpstreamReply.Failed(
                        new UpstreamFailure(UpstreamFailure.Kind.TIMED_OUT, 0, null, 0))));
    }
}

package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.events.Addresses;

/**
 * Has other nodes refresh stale answers, in a node that does not. A refresh that nobody takes on is dropped: the next
 * request for the stale answer asks again. Confined to one event loop.
 */
public final class RefreshRouteVerticle extends VerticleBase {
    private final Links links;

    /** The verticle of a node. */
    public RefreshRouteVerticle(Links links) {
        this.links = links;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus().<LookupRequest>localConsumer(Addresses.CACHE_REFRESH)
                .handler(message -> send(message.body(), links.nodes().candidates(
                        Role.REFRESH, message.body().request().key(), System.nanoTime())))
                .completion();
    }

    private void send(LookupRequest question, List<Presence> candidates) {
        if (candidates.isEmpty() || question.consumerKey() != null) {
            links.metrics().dropped("refresh").increment();
            return;
        }
        Presence node = candidates.get(0);
        int version = node.wire().agreedWith(links.nodes().self().wire()).orElseThrow();
        links.calls()
                .ask(node.id(), NodeAddress.refresh(node.id()), links.questions().write(question, version),
                        NodeCalls.TAKEN_WITHIN)
                .onSuccess(taken -> links.metrics().clusterCalls(Role.REFRESH.word(), "answered").increment())
                .onFailure(failure -> {
                    links.metrics().clusterCalls(Role.REFRESH.word(), "not-taken").increment();
                    send(question, candidates.subList(1, candidates.size()));
                });
    }
}

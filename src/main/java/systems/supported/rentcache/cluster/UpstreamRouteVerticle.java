package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.ReplyWire;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamOutlook;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.events.Addresses;

/**
 * Has other nodes call the upstream, in a node that does not. A node is asked after another only where the other has not
 * taken the call on, so that it is not paid twice; or where the other is gone, which may cost one call more. Confined to
 * one event loop.
 */
public final class UpstreamRouteVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamRouteVerticle.class);
    private static final Duration OUTLOOK_WITHIN = Duration.ofSeconds(1);

    private final Links links;

    /** The verticle of a node. */
    public UpstreamRouteVerticle(Links links) {
        this.links = links;
    }

    @Override
    public Future<?> start() {
        vertx.eventBus().<UpstreamRequest>localConsumer(Addresses.UPSTREAM_OUTLOOK).handler(message ->
                outlook(message.body(), candidates(message.body()))
                        .onSuccess(message::reply)
                        .onFailure(failure -> message.fail(NodeAnswer.BROKEN, failure.toString())));
        return vertx.eventBus().<UpstreamRequest>localConsumer(Addresses.UPSTREAM_FETCH).handler(message ->
                        call(message.body(), candidates(message.body()), true).onSuccess(message::reply))
                .completion();
    }

    private List<Presence> candidates(UpstreamRequest call) {
        return links.nodes().candidates(Role.UPSTREAM, call.request().key(), System.nanoTime());
    }

    private Future<UpstreamReply> call(UpstreamRequest call, List<Presence> candidates, boolean mayLoseOne) {
        if (candidates.isEmpty()) {
            links.metrics().upstreamNotAsked("no_upstream_node").increment();
            return failed(Kind.NO_UPSTREAM_NODE);
        }
        Presence node = candidates.get(0);
        List<Presence> others = candidates.subList(1, candidates.size());
        return links.calls()
                .ask(node.id(), NodeAddress.upstream(node.id()), links.questions().write(call, version(node)),
                        links.upstreamTimeout())
                .compose(bytes -> read(bytes, node))
                .onSuccess(reply -> outcome("answered"))
                .recover(failure -> {
                    call.trace().in(LOG.atDebug()).log("The node '{}' made no call for {}: {}",
                            node.name(), call.request().endpoint().name(), failure.getMessage());
                    if (failure instanceof NodeCalls.NotTakenException) {
                        outcome("not-taken");
                        return call(call, others, mayLoseOne);
                    }
                    outcome("lost");
                    return failure instanceof NodeCalls.GoneException && mayLoseOne
                            ? call(call, others, false) : failed(Kind.TIMED_OUT);
                });
    }

    private Future<UpstreamReply> read(Buffer bytes, Presence node) {
        ReplyWire.Bodies bodies = name -> FetchedBody.of(vertx, context, node.id(), name);
        return Future.future(read -> {
            try {
                read.complete(links.replies().readCall(bytes, bodies));
            } catch (Exception unreadable) {
                read.fail(unreadable);
            }
        });
    }

    private Future<UpstreamOutlook> outlook(UpstreamRequest call, List<Presence> candidates) {
        if (candidates.isEmpty()) {
            return Future.succeededFuture(new UpstreamOutlook(
                    "closed", new UpstreamFailure(Kind.NO_UPSTREAM_NODE, 0, null, 0), 0));
        }
        Presence node = candidates.get(0);
        return links.calls()
                .ask(node.id(), NodeAddress.outlook(node.id()), links.questions().write(call, version(node)),
                        OUTLOOK_WITHIN)
                .compose(bytes -> Future.<UpstreamOutlook>future(read -> {
                    try {
                        read.complete(links.replies().readOutlook(bytes));
                    } catch (Exception unreadable) {
                        read.fail(unreadable);
                    }
                }))
                .recover(failure -> outlook(call, candidates.subList(1, candidates.size())));
    }

    private int version(Presence node) {
        return node.wire().agreedWith(links.nodes().self().wire()).orElseThrow();
    }

    private void outcome(String outcome) {
        links.metrics().clusterCalls(Role.UPSTREAM.word(), outcome).increment();
    }

    private static Future<UpstreamReply> failed(Kind kind) {
        return Future.succeededFuture(new UpstreamReply.Failed(new UpstreamFailure(kind, 0, null, 0)));
    }
}

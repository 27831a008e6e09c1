package systems.supported.rentcache.cluster;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.ForwardReason;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.RecentInvalidations.Since;
import systems.supported.rentcache.cache.ReplyWire;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;

/**
 * Finds the node that looks a question up: the one that the question's key prefers, so that the tiers behind and the
 * upstream see each key from one place. Where that node does not take it on, this one does, or else the next. Nothing is
 * asked twice that way which costs money: calls upstream are shared through the tiers that all nodes have.
 *
 * <p>What another node answers is kept in the near tier here. Confined to one event loop.
 */
public final class LookupRouteVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(LookupRouteVerticle.class);

    private final Links links;
    private final NearCache near;
    private final RecentInvalidations invalidations;

    /**
     * The verticle of a node.
     *
     * @param near          keeps what others answer
     * @param invalidations what must not be kept though it arrives now
     */
    public LookupRouteVerticle(Links links, NearCache near, RecentInvalidations invalidations) {
        this.links = links;
        this.near = near;
        this.invalidations = invalidations;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus().<LookupRequest>localConsumer(Addresses.CACHE_LOOKUP)
                .handler(this::route)
                .completion();
    }

    private void route(Message<LookupRequest> message) {
        LookupRequest question = message.body();
        find(question).onSuccess(message::reply).onFailure(failure -> {
            question.trace().in(LOG.atError()).setCause(failure)
                    .log("A look-up of {} failed", question.request().endpoint().name());
            message.fail(NodeAnswer.BROKEN, failure.toString());
        });
    }

    private Future<LookupReply> find(LookupRequest question) {
        boolean able = links.nodes().self().roles().contains(Role.LOOKUP);
        // A consumer's own upstream key never leaves the process. What is shared with nobody needs no place of its own.
        boolean own = question.consumerKey() != null
                || able && (!question.request().endpoint().cacheable() || question.directives().noStore());
        return own ? here(question) : ask(question, links.nodes().candidates(
                Role.LOOKUP, question.request().key(), System.nanoTime()));
    }

    private Future<LookupReply> ask(LookupRequest question, List<Presence> candidates) {
        if (candidates.isEmpty()) {
            links.metrics().upstreamNotAsked("no_lookup_node").increment();
            return Future.succeededFuture(new LookupReply.Failed(
                    new UpstreamFailure(Kind.NO_LOOKUP_NODE, 0, null, 0), ForwardReason.URI_MISS, false));
        }
        Presence self = links.nodes().self();
        Presence first = candidates.get(0);
        if (first.id().equals(self.id())) {
            return here(question);
        }
        return there(question, first).recover(failure -> {
            outcome(failure instanceof NodeCalls.NotTakenException ? "not-taken" : "lost").increment();
            question.trace().in(LOG.atDebug()).log("The node '{}' did not look up a question of {}: {}",
                    first.name(), question.request().endpoint().name(), failure.getMessage());
            boolean able = self.roles().contains(Role.LOOKUP);
            return able ? here(question) : ask(question, candidates.subList(1, candidates.size()));
        });
    }

    private Future<LookupReply> here(LookupRequest question) {
        return vertx.eventBus().<LookupReply>request(
                Addresses.CACHE_LOOKUP_HERE, question, LocalMessages.within(links.lookupTimeout())).map(Message::body);
    }

    private Future<LookupReply> there(LookupRequest question, Presence node) {
        int version = node.wire().agreedWith(links.nodes().self().wire()).orElseThrow();
        Since begun = invalidations.since(links.clock().instant());
        return links.calls()
                .ask(node.id(), NodeAddress.lookup(node.id()), links.questions().write(question, version),
                        links.lookupTimeout())
                .compose(bytes -> read(bytes, question, node))
                .onSuccess(reply -> outcome("answered").increment())
                .map(reply -> kept(reply, begun));
    }

    private Future<LookupReply> read(Buffer bytes, LookupRequest question, Presence node) {
        ReplyWire.Bodies bodies = address -> FetchedBody.of(vertx, context, node.id(), address);
        return ReplyWire.isLarge(bytes)
                ? vertx.executeBlocking(() -> links.replies().readLookup(bytes, question.request(), bodies), false)
                : Future.future(read -> {
                    try {
                        read.complete(links.replies().readLookup(bytes, question.request(), bodies));
                    } catch (Exception unreadable) {
                        read.fail(unreadable);
                    }
                });
    }

    /** The reply with what it brings in the near tier, unless that was invalidated since it was asked for. */
    private LookupReply kept(LookupReply reply, Since begun) {
        if (reply instanceof LookupReply.Found found
                && !invalidations.cover(found.entry().answer().entry(), begun)) {
            return new LookupReply.Found(near.put(found.entry().answer()), found.tier(), found.decision());
        }
        if (reply instanceof LookupReply.Fetched fetched && fetched.stored()
                && !invalidations.cover(fetched.entry().answer().entry(), begun)) {
            return new LookupReply.Fetched(
                    near.put(fetched.entry().answer()), fetched.reason(), fetched.revalidated(), true,
                    fetched.collapsed(), fetched.costMicros());
        }
        return reply;
    }

    private Counter outcome(String outcome) {
        return links.metrics().clusterCalls(Role.LOOKUP.word(), outcome);
    }
}

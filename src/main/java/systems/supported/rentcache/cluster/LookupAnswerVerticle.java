package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.UnreadableMessageException;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;

/** Looks questions up for other nodes. Before it stops, it answers what it has taken on. Confined to one event loop. */
public final class LookupAnswerVerticle extends VerticleBase {
    private final Links links;
    private final OfferedBodies bodies;
    private final UnderWay underWay = new UnderWay();
    private MessageConsumer<Buffer> questions;

    /**
     * The verticle of a node.
     *
     * @param bodies offers bodies that are still coming
     */
    public LookupAnswerVerticle(Links links, OfferedBodies bodies) {
        this.links = links;
        this.bodies = bodies;
    }

    @Override
    public Future<?> start() {
        questions = vertx.eventBus().consumer(NodeAddress.lookup(links.nodes().self().id()));
        return questions.handler(this::answer).completion();
    }

    @Override
    public Future<?> stop() {
        return questions.unregister().eventually(underWay::ended);
    }

    private void answer(Message<Buffer> message) {
        LookupRequest question;
        try {
            question = links.questions().readLookup(message.body());
        } catch (UnreadableMessageException unreadable) {
            message.fail(NodeAnswer.UNREADABLE, unreadable.getMessage());
            return;
        }
        int version = message.body().getUnsignedByte(0);
        NodeAnswer.give(vertx, message, underWay.add(vertx.eventBus().<LookupReply>request(
                        Addresses.CACHE_LOOKUP_HERE, question, LocalMessages.within(links.lookupTimeout()))
                .map(reply -> write(reply.body(), question, version))));
    }

    private Buffer write(LookupReply reply, LookupRequest question, int version) {
        String body = reply instanceof LookupReply.Streaming streaming ? bodies.offer(context, streaming.body()) : null;
        return links.replies().write(reply, question.request(), body, version);
    }
}

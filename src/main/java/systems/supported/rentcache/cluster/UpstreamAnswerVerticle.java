package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.function.Consumer;
import systems.supported.rentcache.cache.UnreadableMessageException;
import systems.supported.rentcache.cache.UpstreamOutlook;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;

/**
 * Calls the upstream for other nodes: a call begins once the other node knows that this one makes it. Before it stops,
 * it answers what it has taken on. Confined to one event loop.
 */
public final class UpstreamAnswerVerticle extends VerticleBase {
    private static final Duration OUTLOOK_WITHIN = Duration.ofSeconds(1);

    private final Links links;
    private final OfferedBodies bodies;
    private final UnderWay underWay = new UnderWay();
    private MessageConsumer<Buffer> calls;

    /**
     * The verticle of a node.
     *
     * @param bodies offers bodies that are still coming
     */
    public UpstreamAnswerVerticle(Links links, OfferedBodies bodies) {
        this.links = links;
        this.bodies = bodies;
    }

    @Override
    public Future<?> start() {
        String node = links.nodes().self().id();
        calls = vertx.eventBus().consumer(NodeAddress.upstream(node));
        return Future.all(
                calls.handler(this::call).completion(),
                vertx.eventBus().<Buffer>consumer(NodeAddress.outlook(node)).handler(this::outlook).completion());
    }

    @Override
    public Future<?> stop() {
        return calls.unregister().eventually(underWay::ended);
    }

    private void call(Message<Buffer> message) {
        read(message, request -> NodeAnswer.whenHeard(message, () -> underWay.add(vertx.eventBus()
                .<UpstreamReply>request(
                        Addresses.UPSTREAM_FETCH, request, LocalMessages.within(links.upstreamTimeout()))
                .map(reply -> write(reply.body(), message.body().getUnsignedByte(0))))));
    }

    private Buffer write(UpstreamReply reply, int version) {
        String body = reply instanceof UpstreamReply.Streaming streaming
                ? bodies.offer(context, streaming.body()) : null;
        return links.replies().write(reply, body, version);
    }

    private void outlook(Message<Buffer> message) {
        read(message, request -> NodeAnswer.give(vertx, message, vertx.eventBus()
                .<UpstreamOutlook>request(Addresses.UPSTREAM_OUTLOOK, request, LocalMessages.within(OUTLOOK_WITHIN))
                .map(reply -> links.replies().write(reply.body(), message.body().getUnsignedByte(0)))));
    }

    private void read(Message<Buffer> message, Consumer<UpstreamRequest> then) {
        UpstreamRequest request;
        try {
            request = links.questions().readCall(message.body());
        } catch (UnreadableMessageException unreadable) {
            message.fail(NodeAnswer.UNREADABLE, unreadable.getMessage());
            return;
        }
        then.accept(request);
    }
}

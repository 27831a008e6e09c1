package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import systems.supported.rentcache.cache.UnreadableMessageException;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;

/** Takes on for other nodes what is to be refreshed. Confined to one event loop. */
public final class RefreshAnswerVerticle extends VerticleBase {
    private final Links links;

    /** The verticle of a node. */
    public RefreshAnswerVerticle(Links links) {
        this.links = links;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus().<Buffer>consumer(NodeAddress.refresh(links.nodes().self().id()))
                .handler(this::take).completion();
    }

    private void take(Message<Buffer> message) {
        try {
            vertx.eventBus().send(
                    Addresses.CACHE_REFRESH, links.questions().readLookup(message.body()), LocalMessages.LOCAL);
            message.reply(Buffer.buffer());
        } catch (UnreadableMessageException unreadable) {
            message.fail(NodeAnswer.UNREADABLE, unreadable.getMessage());
        }
    }
}

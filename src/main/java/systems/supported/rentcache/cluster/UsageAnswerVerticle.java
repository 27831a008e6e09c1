package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import systems.supported.rentcache.analytics.GatheredUsage;
import systems.supported.rentcache.analytics.UsageWire;
import systems.supported.rentcache.cache.UnreadableMessageException;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;

/** Has the usage of other nodes written here, once they know that it is taken on. Confined to one event loop. */
public final class UsageAnswerVerticle extends VerticleBase {
    private final Links links;

    /** The verticle of a node. */
    public UsageAnswerVerticle(Links links) {
        this.links = links;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus().<Buffer>consumer(NodeAddress.usage(links.nodes().self().id()))
                .handler(this::take).completion();
    }

    private void take(Message<Buffer> message) {
        GatheredUsage usage;
        try {
            usage = UsageWire.read(message.body());
        } catch (UnreadableMessageException unreadable) {
            message.fail(NodeAnswer.UNREADABLE, unreadable.getMessage());
            return;
        }
        NodeAnswer.whenHeard(message, () -> vertx.eventBus()
                .request(Addresses.ANALYTICS_GATHERED, usage, LocalMessages.within(NodeCalls.TAKEN_WITHIN))
                .map(written -> Buffer.buffer()));
    }
}

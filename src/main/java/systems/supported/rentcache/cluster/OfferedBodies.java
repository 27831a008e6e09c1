package systems.supported.rentcache.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import systems.supported.rentcache.cache.BodyRelay;

/**
 * Bodies that are still coming, for other nodes to fetch part by part: the next part is sent when it is asked for, so
 * nobody is sent more than it takes, and the upstream is paused meanwhile. One that nobody asks for is broken off.
 * Thread-safe.
 */
public final class OfferedBodies {
    /** A header of a question: which body. */
    static final String BODY = "body";
    /** A header of a question: the body is not wanted any more. */
    static final String ABANDON = "abandon";
    /** A header of a reply: the body is whole with this part. */
    static final String LAST = "last";
    /** Nobody who wants a body waits so long before asking for its next part. */
    private static final Duration WANTED_WITHIN = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final String node;
    private final Map<String, OfferedBody> offered = new ConcurrentHashMap<>();

    /**
     * The bodies of a node.
     *
     * @param node the node's id
     */
    public OfferedBodies(Vertx vertx, String node) {
        this.vertx = vertx;
        this.node = node;
    }

    /** Begins to be asked for parts. */
    public Future<Void> listen() {
        return vertx.eventBus().<Buffer>consumer(NodeAddress.body(node)).handler(this::asked).completion();
    }

    /**
     * Offers a body.
     *
     * @param context the context on which the parts are held
     * @return by what name it is fetched
     */
    String offer(Context context, BodyRelay body) {
        String name = UUID.randomUUID().toString();
        OfferedBody one = new OfferedBody(vertx, WANTED_WITHIN, () -> offered.remove(name), context);
        offered.put(name, one);
        context.runOnContext(begun -> body.sendTo(context, one));
        return name;
    }

    private void asked(Message<Buffer> message) {
        OfferedBody body = offered.get(String.valueOf(message.headers().get(BODY)));
        if (body == null) {
            message.fail(NodeAnswer.UNREADABLE, "There is no such body.");
        } else if (message.headers().contains(ABANDON)) {
            body.abandon();
        } else {
            body.next(message);
        }
    }

    /** Options of a question about a body. */
    static DeliveryOptions about(String body) {
        return new DeliveryOptions().addHeader(BODY, body).setSendTimeout(WANTED_WITHIN.toMillis());
    }
}

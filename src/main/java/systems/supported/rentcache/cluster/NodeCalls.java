package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks other nodes, in two steps: a node says soon that it has taken a question on, or answers it at once; only then it
 * is given the time that the answer takes. So one that is dead or stands still costs a fraction of a second, and what it
 * has not taken on it never does: it begins what costs money when it is told that its word was heard. Thread-safe.
 */
public final class NodeCalls {
    /** How soon a node has to say that it takes a question on. */
    static final Duration TAKEN_WITHIN = Duration.ofMillis(400);
    /** A header of the first reply: the answer comes when it is asked for. */
    static final String COMING = "coming";

    private final Vertx vertx;
    private final Map<String, Map<Promise<Buffer>, String>> waiting = new ConcurrentHashMap<>();

    /** Asks over an event bus. */
    public NodeCalls(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The node did not take the question on: it has done nothing, and never will. */
    static final class NotTakenException extends Exception {
        private static final long serialVersionUID = 1;

        NotTakenException(Throwable cause) {
            super(cause.getMessage(), cause, false, false);
        }
    }

    /** The node took the question on and is gone since: it may have done anything. */
    static final class GoneException extends Exception {
        private static final long serialVersionUID = 1;

        GoneException(String node) {
            super("the node " + node + " is gone", null, false, false);
        }
    }

    /**
     * Asks a node.
     *
     * @param within how long the answer may take once the node has taken the question on
     * @return the answer; fails with a {@link NotTakenException}, with a {@link GoneException}, or else where no answer
     *     came in time
     */
    Future<Buffer> ask(String node, String address, Buffer question, Duration within) {
        return vertx.eventBus().<Buffer>request(address, question, within(TAKEN_WITHIN))
                .recover(failure -> Future.failedFuture(new NotTakenException(failure)))
                .compose(first -> first.headers().contains(COMING)
                        ? await(node, address, first, within) : Future.succeededFuture(first.body()));
    }

    private Future<Buffer> await(String node, String address, Message<Buffer> taken, Duration within) {
        Promise<Buffer> answer = Promise.promise();
        Map<Promise<Buffer>, String> others = waiting.computeIfAbsent(node, first -> new ConcurrentHashMap<>());
        others.put(answer, address);
        taken.<Buffer>replyAndRequest(Buffer.buffer(), within(within)).onComplete(done -> {
            others.remove(answer);
            if (done.succeeded()) {
                answer.tryComplete(done.result().body());
            } else {
                answer.tryFail(done.cause());
            }
        });
        return answer.future();
    }

    /** A node is gone: nobody waits for it any longer. */
    public void gone(String node) {
        Map<Promise<Buffer>, String> lost = waiting.remove(node);
        if (lost != null) {
            lost.keySet().forEach(answer -> answer.tryFail(new GoneException(node)));
        }
    }

    /** A node may be gone: what costs nothing to ask elsewhere is waited for no longer. */
    public void doubted(String node) {
        waiting.getOrDefault(node, Map.of()).forEach((answer, address) -> {
            if (address.equals(NodeAddress.lookup(node))) {
                answer.tryFail(new GoneException(node));
            }
        });
    }

    private static DeliveryOptions within(Duration time) {
        return new DeliveryOptions().setSendTimeout(time.toMillis());
    }
}

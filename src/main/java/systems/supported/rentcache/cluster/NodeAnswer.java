package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.util.function.Supplier;

/** Answers what {@link NodeCalls} asks. */
final class NodeAnswer {
    /** What takes no longer is answered at once. */
    private static final long AT_ONCE_MILLIS = 20;
    /** The code of a failure: this node cannot read the message, or has no such endpoint. */
    static final int UNREADABLE = 400;
    /** The code of a failure: the program is wrong. */
    static final int BROKEN = 500;

    private NodeAnswer() {
    }

    /** Gives an answer that is under way: at once where it comes soon, else when it is asked for. */
    static void give(Vertx vertx, Message<Buffer> question, Future<Buffer> answer) {
        boolean[] settled = new boolean[1];
        long timer = vertx.setTimer(AT_ONCE_MILLIS, late -> {
            settled[0] = true;
            whenHeard(question, () -> answer);
        });
        answer.onComplete(done -> {
            if (!settled[0]) {
                vertx.cancelTimer(timer);
                reply(question, answer);
            }
        });
    }

    /** Takes a question on, and begins once it is known that this was heard. */
    static void whenHeard(Message<Buffer> question, Supplier<Future<Buffer>> begin) {
        DeliveryOptions coming = new DeliveryOptions().addHeader(NodeCalls.COMING, "")
                .setSendTimeout(2 * NodeCalls.TAKEN_WITHIN.toMillis());
        question.<Buffer>replyAndRequest(Buffer.buffer(), coming).onSuccess(heard -> {
            Future<Buffer> answer = begin.get();
            answer.onComplete(done -> reply(heard, answer));
        });
    }

    private static void reply(Message<Buffer> to, Future<Buffer> answer) {
        if (answer.succeeded()) {
            to.reply(answer.result());
        } else {
            to.fail(BROKEN, answer.cause().toString());
        }
    }
}

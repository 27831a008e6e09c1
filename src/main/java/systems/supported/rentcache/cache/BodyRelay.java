package systems.supported.rentcache.cache;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes a body on from the event loop that receives it to the one that sends it, as it arrives.
 *
 * <p>When the consumer reads slower than the upstream sends, the upstream is paused; only what was under way between
 * the two loops is held. Whichever side breaks off, the other is reset. To be used once.
 */
public final class BodyRelay {
    private final Context source;
    private final HttpClientResponse from;
    private final Buffer received;
    private final AtomicBoolean settled = new AtomicBoolean();

    /**
     * A body whose rest is still to come.
     *
     * @param source   the context on which {@code from} is used
     * @param from     the upstream's answer, paused
     * @param received what was received before
     */
    public BodyRelay(Context source, HttpClientResponse from, Buffer received) {
        this.source = source;
        this.from = from;
        this.received = received;
    }

    /**
     * Sends the body as a response's, and ends it.
     *
     * @param target the context of the response, on which this is called
     * @param to     the response, its head not sent yet
     */
    public void sendTo(Context target, HttpServerResponse to) {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        to.exceptionHandler(gone -> reset());
        to.closeHandler(gone -> reset());
        to.drainHandler(drained -> source.runOnContext(again -> from.resume()));
        if (received.length() > 0) {
            to.write(received);
        }
        source.runOnContext(ready -> {
            from.handler(chunk -> target.runOnContext(next -> write(to, chunk)));
            from.endHandler(ended -> target.runOnContext(next -> to.end()));
            from.exceptionHandler(broken -> target.runOnContext(next -> to.reset()));
            from.resume();
        });
    }

    private void write(HttpServerResponse to, Buffer chunk) {
        if (to.closed()) {
            return;
        }
        to.write(chunk);
        if (to.writeQueueFull()) {
            source.runOnContext(full -> from.pause());
        }
    }

    /** Nobody wants the body any more. */
    public void abandon() {
        if (settled.compareAndSet(false, true)) {
            reset();
        }
    }

    private void reset() {
        source.runOnContext(unwanted -> from.request().reset());
    }
}

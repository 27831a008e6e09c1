package systems.supported.rentcache.cache;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes a body on from the event loop that receives it to the one that sends it, as it arrives.
 *
 * <p>When the consumer reads slower than the upstream sends, the upstream is paused; only what was under way between
 * the two loops is held. Whichever side breaks off, the other is reset. To be used once.
 */
public final class BodyRelay {
    private final Context source;
    private final ReadStream<Buffer> from;
    private final Runnable reset;
    private final Buffer received;
    private final AtomicBoolean settled = new AtomicBoolean();
    /** Whether the source broke off before anybody took the body; of the source's context only. */
    private boolean broken;

    /**
     * A body whose rest is still to come.
     *
     * @param source   the context on which {@code from} is used
     * @param from     the upstream's answer, paused
     * @param received what was received before
     */
    public BodyRelay(Context source, HttpClientResponse from, Buffer received) {
        this(source, from, () -> from.request().reset(), received);
    }

    /**
     * A body whose rest is still to come.
     *
     * @param source   the context on which {@code from} is used
     * @param from     what brings the rest, paused
     * @param reset    breaks it off; is run on the source's context
     * @param received what was received before
     */
    public BodyRelay(Context source, ReadStream<Buffer> from, Runnable reset, Buffer received) {
        this.source = source;
        this.from = from;
        this.reset = reset;
        this.received = received;
        from.exceptionHandler(failure -> broken = true);
    }

    /**
     * Sends the body, and ends what it is sent to.
     *
     * @param target the context of the sink, on which this is called
     * @param to     where to
     * @return completes, on the target's context, when the whole body was sent
     */
    public Future<Void> sendTo(Context target, BodySink to) {
        Promise<Void> sent = Promise.promise();
        if (!settled.compareAndSet(false, true)) {
            return sent.future();
        }
        to.onGone(this::reset);
        if (received.length() > 0) {
            to.write(received);
        }
        source.runOnContext(ready -> {
            if (broken) {
                target.runOnContext(next -> to.reset());
                return;
            }
            from.handler(chunk -> target.runOnContext(next -> write(to, chunk)));
            from.endHandler(ended -> target.runOnContext(next -> to.end().onComplete(sent)));
            from.exceptionHandler(failure -> target.runOnContext(next -> to.reset()));
            from.resume();
        });
        // Not before: what drains before the source has its handlers would resume it into nothing.
        to.onDrained(() -> source.runOnContext(again -> from.resume()));
        return sent.future();
    }

    private void write(BodySink to, Buffer chunk) {
        if (to.isGone()) {
            return;
        }
        to.write(chunk);
        if (to.isFull()) {
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
        source.runOnContext(unwanted -> reset.run());
    }
}

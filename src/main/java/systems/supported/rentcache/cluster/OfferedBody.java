package systems.supported.rentcache.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import systems.supported.rentcache.cache.BodySink;

/** One body that another node fetches. Confined to its context, but for {@link #next} and {@link #abandon}. */
final class OfferedBody implements BodySink {
    private static final int HELD = 256 << 10;

    private final Vertx vertx;
    private final Duration wantedWithin;
    private final Runnable forget;
    private final Context context;
    private final Promise<Void> sent = Promise.promise();
    private Buffer held = Buffer.buffer();
    private Message<Buffer> asking;
    private Runnable drained = () -> { };
    private Runnable gone = () -> { };
    private boolean ended;
    private boolean broken;
    private long timer;

    OfferedBody(Vertx vertx, Duration wantedWithin, Runnable forget, Context context) {
        this.vertx = vertx;
        this.wantedWithin = wantedWithin;
        this.forget = forget;
        this.context = context;
        wait(vertx);
    }

    private void wait(Vertx on) {
        timer = on.setTimer(wantedWithin.toMillis(), unwanted -> abandon());
    }

    /** Somebody wants the next part. */
    void next(Message<Buffer> message) {
        context.runOnContext(now -> {
            vertx.cancelTimer(timer);
            asking = message;
            give();
        });
    }

    /** Nobody wants the rest. */
    void abandon() {
        context.runOnContext(now -> {
            if (!broken && !(ended && held.length() == 0)) {
                broken = true;
                close();
                gone.run();
            }
        });
    }

    @Override
    public void write(Buffer part) {
        held.appendBuffer(part);
        give();
    }

    private void give() {
        if (asking == null || held.length() == 0 && !ended && !broken) {
            return;
        }
        Message<Buffer> to = asking;
        asking = null;
        if (broken) {
            to.fail(NodeAnswer.BROKEN, "The body is cut off.");
            close();
            return;
        }
        Buffer part = held;
        held = Buffer.buffer();
        DeliveryOptions options = new DeliveryOptions();
        if (ended) {
            options.addHeader(OfferedBodies.LAST, "");
        }
        to.reply(part, options);
        if (ended) {
            close();
            sent.tryComplete();
        } else {
            wait(vertx);
            drained.run();
        }
    }

    private void close() {
        vertx.cancelTimer(timer);
        forget.run();
    }

    @Override
    public boolean isFull() {
        return held.length() >= HELD;
    }

    @Override
    public void onDrained(Runnable then) {
        drained = then;
    }

    @Override
    public void onGone(Runnable then) {
        gone = then;
    }

    @Override
    public boolean isGone() {
        return broken;
    }

    @Override
    public Future<Void> end() {
        ended = true;
        give();
        return sent.future();
    }

    @Override
    public void reset() {
        broken = true;
        give();
    }
}

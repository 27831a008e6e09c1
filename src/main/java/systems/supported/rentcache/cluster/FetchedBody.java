package systems.supported.rentcache.cluster;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.streams.ReadStream;
import systems.supported.rentcache.cache.BodyRelay;

/** A body that another node offers, as it comes. It begins paused. Confined to its context. */
final class FetchedBody implements ReadStream<Buffer> {
    private static final Buffer NOTHING = Buffer.buffer();

    private final Vertx vertx;
    private final String address;
    private final String name;
    private Handler<Buffer> handler = part -> { };
    private Handler<Void> endHandler = end -> { };
    private Handler<Throwable> exceptionHandler = failure -> { };
    private boolean paused = true;
    private boolean asking;
    private boolean over;

    private FetchedBody(Vertx vertx, String node, String name) {
        this.vertx = vertx;
        this.address = NodeAddress.body(node);
        this.name = name;
    }

    /**
     * The body that a node offers by a name.
     *
     * @param context on which it is used
     */
    static BodyRelay of(Vertx vertx, Context context, String node, String name) {
        FetchedBody body = new FetchedBody(vertx, node, name);
        return new BodyRelay(context, body, body::abandon, NOTHING);
    }

    private void ask() {
        if (paused || asking || over) {
            return;
        }
        asking = true;
        vertx.eventBus().<Buffer>request(address, NOTHING, OfferedBodies.about(name))
                .onSuccess(this::arrived)
                .onFailure(failure -> {
                    over = true;
                    exceptionHandler.handle(failure);
                });
    }

    private void arrived(Message<Buffer> part) {
        asking = false;
        if (over) {
            return;
        }
        if (part.body().length() > 0) {
            handler.handle(part.body());
        }
        if (part.headers().contains(OfferedBodies.LAST)) {
            over = true;
            endHandler.handle(null);
        } else {
            ask();
        }
    }

    private void abandon() {
        if (!over) {
            over = true;
            vertx.eventBus().send(address, NOTHING, OfferedBodies.about(name).addHeader(OfferedBodies.ABANDON, ""));
        }
    }

    @Override
    public ReadStream<Buffer> handler(Handler<Buffer> then) {
        handler = then == null ? part -> { } : then;
        return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(Handler<Void> then) {
        endHandler = then == null ? end -> { } : then;
        return this;
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(Handler<Throwable> then) {
        exceptionHandler = then == null ? failure -> { } : then;
        return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
        paused = true;
        return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
        paused = false;
        ask();
        return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
        return resume();
    }
}

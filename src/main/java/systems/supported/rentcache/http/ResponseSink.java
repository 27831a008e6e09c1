package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import systems.supported.rentcache.cache.BodySink;

/**
 * A response's body.
 *
 * @param response the response, its head not sent yet
 */
record ResponseSink(HttpServerResponse response) implements BodySink {
    @Override
    public void write(Buffer part) {
        response.write(part);
    }

    @Override
    public boolean isFull() {
        return response.writeQueueFull();
    }

    @Override
    public void onDrained(Runnable then) {
        response.drainHandler(drained -> then.run());
    }

    @Override
    public void onGone(Runnable then) {
        response.exceptionHandler(gone -> then.run());
        response.closeHandler(gone -> then.run());
    }

    @Override
    public boolean isGone() {
        return response.closed();
    }

    @Override
    public Future<Void> end() {
        return response.end();
    }

    @Override
    public void reset() {
        response.reset();
    }
}

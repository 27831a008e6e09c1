package systems.supported.rentcache.app;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server that remembers what headers and bodies came, and answers each request in the same way. */
final class StubUpstream implements AutoCloseable {
    final Queue<MultiMap> headers = new ConcurrentLinkedQueue<>();
    final Queue<Buffer> bodies = new ConcurrentLinkedQueue<>();
    volatile int status = 200;
    /** Where its answers send on to; empty for nowhere. */
    volatile String location = "";
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    StubUpstream() {
        server = Node.await(vertx.createHttpServer().requestHandler(request -> {
            MultiMap came = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
            request.bodyHandler(body -> {
                bodies.add(body);
                headers.add(came);
                if (!location.isEmpty()) {
                    request.response().putHeader("Location", location);
                }
                request.response().setStatusCode(status).putHeader("Content-Type", "application/json").end("[{}]");
            });
        }).listen(0, "127.0.0.1"));
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    @Override
    public void close() {
        Node.await(vertx.close());
    }
}

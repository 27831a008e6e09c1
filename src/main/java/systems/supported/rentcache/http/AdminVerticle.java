package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import systems.supported.rentcache.config.Settings;

/**
 * Serves administration, metrics and dashboard on a port of their own, on one event loop. The names of
 * {@code ALLOWED_HOSTS} are those of the public port and not asked for here.
 */
public final class AdminVerticle extends VerticleBase {
    private final ServingParts parts;
    private Connections connections;
    private OperatorRoutes operator;
    private HttpServer server;

    /** Serves with these parts; the settings name the port. */
    public AdminVerticle(ServingParts parts) {
        this.parts = parts;
    }

    @Override
    public Future<?> start() {
        Settings.Server options = parts.settings().server();
        Settings.Inbound inbound = parts.settings().inbound();
        connections = new Connections(
                vertx, options.idleTimeout(), inbound.proxies(), new OpenConnections("admin", inbound, parts.metrics()));
        operator = new OperatorRoutes(vertx, parts, new Documentation(parts), connections, true);
        server = HttpVerticle.server(
                vertx, parts, options.adminHost(), options.adminPort().orElseThrow(), connections);
        server.requestHandler(this::route);
        return server.listen();
    }

    /** Ends the streams, and lets the calls under way finish within the grace. */
    @Override
    public Future<?> stop() {
        operator.close();
        return connections.drain(Duration.ZERO).compose(drained -> server.shutdown(
                parts.settings().server().shutdownGrace().toMillis(), TimeUnit.MILLISECONDS));
    }

    /** The port that is listened on; after start. */
    public int actualPort() {
        return server.actualPort();
    }

    private void route(HttpServerRequest request) {
        connections.of(request);
        if (HttpVerticle.delimited(vertx, parts.metrics(), request)) {
            operator.handle(request);
        }
    }
}

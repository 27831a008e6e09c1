package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.analytics.UsageRing;

/**
 * Serves HTTP on one event loop. All instances listen on one port. API paths go straight to the {@link ProxyHandler};
 * only what is left sees the router.
 */
public final class HttpVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

    private final ServingParts parts;
    private final boolean analytics;
    private final int detailedRecords;
    private final Map<HttpConnection, ConnectionState> connections = new IdentityHashMap<>();
    private HttpServer server;
    private UsageRing usage;
    private ProxyHandler proxy;
    private Origins origins;
    private Router router;

    /**
     * The verticle over the shared parts.
     *
     * @param analytics       whether usage is recorded
     * @param detailedRecords how many usage records a second this instance keeps one by one
     */
    HttpVerticle(ServingParts parts, boolean analytics, int detailedRecords) {
        this.parts = parts;
        this.analytics = analytics;
        this.detailedRecords = detailedRecords;
    }

    @Override
    public Future<?> start() {
        ServingOptions options = parts.options();
        usage = new UsageRing(vertx, analytics, detailedRecords);
        origins = new Origins(options.corsOrigins());
        proxy = new ProxyHandler(vertx, context, parts, origins, usage);
        router = new OperatorRoutes(vertx, parts).router();
        server = vertx.createHttpServer(new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setMaxInitialLineLength(options.maxRequestLineBytes())
                .setMaxHeaderSize(options.maxHeaderBytes())
                .setIdleTimeout((int) Math.max(1, options.idleTimeout().toSeconds()))
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setTcpFastOpen(true)
                .setStrictThreadMode(true));
        server.connectionHandler(this::connected);
        server.invalidRequestHandler(request -> Rejections.invalid(request, options));
        server.requestHandler(this::route);
        server.exceptionHandler(failure -> LOG.debug("A connection failed: {}", failure.toString()));
        return server.listen();
    }

    /** Takes no new requests, lets those in flight finish within the grace, and hands over the usage records. */
    @Override
    public Future<?> stop() {
        return server.shutdown(parts.options().shutdownGrace().toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(stopped -> usage.flush());
    }

    /** The port that is listened on; after start. */
    public int actualPort() {
        return server.actualPort();
    }

    private void connected(HttpConnection connection) {
        connections.put(connection, new ConnectionState());
        connection.closeHandler(closed -> connections.remove(connection));
    }

    private void route(HttpServerRequest request) {
        String target = request.uri();
        if (!target.startsWith("/")) {
            target = originForm(target);
        }
        if (!isHostAllowed(request)) {
            Rejections.send(request.response(), Problem.hostNotAllowed());
        } else if (ProxyHandler.isApi(target)) {
            ConnectionState connection = connections.get(request.connection());
            proxy.handle(request, target, connection == null ? new ConnectionState() : connection);
        } else if (request.method().name().equals("OPTIONS")) {
            origins.preflight(request, "GET, OPTIONS");
        } else {
            router.handle(request);
        }
    }

    /** Path and query of an absolute-form target (RFC 9112 §3.2.2); anything else as it is. */
    private static String originForm(String target) {
        int authority = target.indexOf("://");
        int path = authority < 0 ? -1 : target.indexOf('/', authority + "://".length());
        return path < 0 ? target : target.substring(path);
    }

    private boolean isHostAllowed(HttpServerRequest request) {
        if (parts.options().allowedHosts().contains("*")) {
            return true;
        }
        return request.authority() != null
                && parts.options().allowedHosts().contains(request.authority().host().toLowerCase(Locale.ROOT));
    }
}

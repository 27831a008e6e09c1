package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.tracing.TracingPolicy;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.analytics.UsageRing;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.ops.EventLoopDelay;
import systems.supported.rentcache.ops.Metrics;

/**
 * Serves HTTP on one event loop. All instances listen on one port. API paths go straight to the {@link ProxyHandler};
 * only what is left sees the router.
 */
public final class HttpVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

    /** To Vert.x, servers with one negative port share one free port; with 0 each would take its own. */
    private static final int ANY_SHARED_PORT = -1;

    private final ServingParts parts;
    private final Interpreter interpreter;
    private final Documentation documentation;
    private final OpenConnections open;
    private final int detailedRecords;
    private Connections connections;
    private HttpServer server;
    private UsageRing usage;
    private EventLoopDelay delay;
    private ProxyHandler proxy;
    private Hosts hosts;
    private Origins origins;
    private OperatorRoutes operator;

    private HttpVerticle(
            ServingParts parts, Interpreter interpreter, Documentation documentation, OpenConnections open,
            int detailedRecords) {
        this.parts = parts;
        this.documentation = documentation;
        this.interpreter = interpreter;
        this.open = open;
        this.detailedRecords = detailedRecords;
    }

    /** Makes the instances that serve together, one for each event loop. */
    public static Supplier<HttpVerticle> instances(ServingParts parts) {
        Interpreter interpreter = new Interpreter(
                parts.catalog(), parts.settings().caching().unknownParameters(), parts.origin(),
                parts.settings().caching().aliasBytes(), parts.metrics());
        Problem.REFUSALS.forEach(parts.metrics()::refused);
        int loops = parts.settings().server().eventLoops();
        int detailedRecords = (parts.settings().analytics().rawRowsPerSecond() + loops - 1) / loops;
        Documentation documentation = new Documentation(parts);
        OpenConnections open = new OpenConnections("public", parts.settings().inbound(), parts.metrics());
        return () -> new HttpVerticle(parts, interpreter, documentation, open, detailedRecords);
    }

    @Override
    public Future<?> start() {
        Settings.Server options = parts.settings().server();
        usage = new UsageRing(vertx, parts.settings().analytics().enabled(), detailedRecords);
        delay = parts.answers() == null ? null : parts.metrics().watchEventLoop(vertx);
        connections = new Connections(vertx, options.idleTimeout(), parts.settings().inbound().proxies(), open);
        hosts = new Hosts(options.allowedHosts());
        origins = new Origins(options.corsOrigins());
        proxy = new ProxyHandler(
                vertx, context, parts, interpreter, origins, usage,
                parts.answers() == null ? null : parts.answers().forEventLoop());
        operator = new OperatorRoutes(vertx, parts, documentation, connections, options.adminPort().isEmpty());
        server = server(
                vertx, parts, options.host(), options.port() == 0 ? ANY_SHARED_PORT : options.port(), connections);
        server.requestHandler(this::route);
        return server.listen();
    }

    /** A server that is to listen there, and has no handler of requests yet. */
    static HttpServer server(Vertx vertx, ServingParts parts, String host, int port, Connections connections) {
        Settings settings = parts.settings();
        Settings.Server options = settings.server();
        HttpServer server = vertx.createHttpServer(Security.of(parts)
                .setHost(host)
                .setPort(port)
                .setMaxInitialLineLength(options.maxInitialLineBytes())
                .setMaxHeaderSize(options.maxHeaderBytes())
                .setHandle100ContinueAutomatically(true)
                .setTcpUserTimeout((int) options.idleTimeout().toMillis())
                .setTcpFastOpen(true)
                .setTracingPolicy(settings.tracing().isOn() ? TracingPolicy.ALWAYS : TracingPolicy.IGNORE)
                .setStrictThreadMode(true));
        server.connectionHandler(connections::opened);
        server.invalidRequestHandler(request -> Rejections.invalid(vertx, parts.metrics(), request, options));
        server.exceptionHandler(failure -> LOG.debug("A connection failed: {}", failure.toString()));
        return server;
    }

    /**
     * Has those who ask go to another node, lets requests in flight finish within the grace, and hands over the usage
     * records.
     */
    @Override
    public Future<?> stop() {
        Settings.Server options = parts.settings().server();
        operator.close();
        return connections.drain(options.shutdownDrain())
                .compose(drained -> server.shutdown(options.shutdownGrace().toMillis(), TimeUnit.MILLISECONDS))
                .onComplete(stopped -> {
                    usage.flush();
                    if (delay != null) {
                        delay.stop();
                    }
                });
    }

    /** The port that is listened on; after start. */
    public int actualPort() {
        return server.actualPort();
    }

    private void route(HttpServerRequest request) {
        ConnectionState connection = connections.of(request);
        if (!delimited(vertx, parts.metrics(), request)) {
            return;
        }
        String target = request.uri();
        if (!target.startsWith("/")) {
            target = originForm(target);
        }
        if (request.headers().get(Headers.HOST) == null && request.version() == HttpVersion.HTTP_1_1) {
            Rejections.refuse(
                    parts.metrics(), request.response(), Problem.malformed("A request of HTTP/1.1 names its Host."));
        } else if (!hosts.isAllowed(request) && !target.startsWith("/health")) {
            // A probe may: it calls by address, for whoever watches the server does not know its names.
            Rejections.refuse(parts.metrics(), request.response(), Problem.hostNotAllowed());
        } else if (ProxyHandler.isApi(target)) {
            proxy.handle(request, target, connection);
        } else if (request.method().name().equals("OPTIONS")) {
            origins.preflight(request, "GET, OPTIONS");
        } else {
            operator.handle(request);
        }
    }

    /** Whether both sides agree where the request's body ends; where not, it is answered. */
    static boolean delimited(Vertx vertx, Metrics metrics, HttpServerRequest request) {
        String encoding = request.headers().get(Headers.TRANSFER_ENCODING);
        if (encoding != null) {
            // What follows such a body is a request only if both sides agree where it ends (RFC 9112 §6.1).
            Rejections.closeAfterwards(vertx, request);
            if (!encoding.equalsIgnoreCase("chunked")) {
                Rejections.refuse(
                        metrics, request.response(), Problem.malformed("The Transfer-Encoding can only be chunked."));
                return false;
            }
        }
        return true;
    }

    /** Path and query of an absolute-form target (RFC 9112 §3.2.2); anything else as it is. */
    private static String originForm(String target) {
        int authority = target.indexOf("://");
        int path = authority < 0 ? -1 : target.indexOf('/', authority + "://".length());
        return path < 0 ? target : target.substring(path);
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The API's documentation: {@code /openapi.json}, and at {@code /docs/} a viewer of it, Swagger UI from its package. All
 * of it comes from the jar; each file is made when it is first asked for, off the event loop, and kept.
 *
 * <p>Thread-safe; shared by all event loops.
 */
final class Documentation {
    private static final String DOCUMENT = "/openapi.json";
    private static final String VIEWER = "/docs/";
    private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/";
    private static final String WEBJAR_VERSION = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    /** The viewer's files and their media types; the ones of the package by their names in it. */
    private static final Map<String, String> OWN = Map.of(
            "index.html", "text/html; charset=utf-8", "viewer.js", "text/javascript; charset=utf-8",
            "viewer.css", "text/css; charset=utf-8");
    private static final Map<String, String> PACKAGED = Map.of(
            "swagger-ui.css", "text/css; charset=utf-8", "swagger-ui-bundle.js", "text/javascript; charset=utf-8",
            "favicon-32x32.png", "image/png");

    private final ServingParts parts;
    private final Map<String, Future<Served>> made = new ConcurrentHashMap<>();

    Documentation(ServingParts parts) {
        this.parts = parts;
    }

    /**
     * Adds its paths to a router.
     *
     * @param whole whether the document has the admin API too, or the consumers' part alone
     */
    void mount(Vertx vertx, Router router, boolean whole) {
        router.get(DOCUMENT).method(HttpMethod.HEAD).handler(request -> serve(
                vertx, request, made(vertx, DOCUMENT + whole, () -> document(whole))));
        router.getWithRegex("/docs").method(HttpMethod.HEAD).handler(request -> request.response().setStatusCode(308)
                .putHeader(HttpHeaders.LOCATION, VIEWER).end());
        router.get(VIEWER + "*").method(HttpMethod.HEAD).handler(request -> file(vertx, request));
    }

    private void file(Vertx vertx, RoutingContext request) {
        String name = request.normalizedPath().equals(VIEWER) ? "index.html"
                : request.normalizedPath().substring(VIEWER.length());
        String mediaType = OWN.getOrDefault(name, PACKAGED.get(name));
        if (mediaType == null) {
            request.fail(404);
            return;
        }
        request.response().putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer");
        serve(vertx, request, made(vertx, name, () -> Served.of(
                mediaType, read(OWN.containsKey(name) ? VIEWER + name : WEBJAR + webjarVersion() + '/' + name))));
    }

    private Served document(boolean whole) throws IOException {
        OpenApiDocument document = new OpenApiDocument(
                parts.catalog(), parts.settings().caching().unknownParameters());
        return Served.of(
                "application/json", (whole ? document.whole() : document.consumer()).toBuffer().getBytes());
    }

    private Future<Served> made(Vertx vertx, String name, Callable<Served> making) {
        return made.computeIfAbsent(name, first -> vertx.executeBlocking(making, false)
                .onFailure(failure -> made.remove(name)));
    }

    private static void serve(Vertx vertx, RoutingContext request, Future<Served> made) {
        // Another event loop may have begun to make it.
        Context here = vertx.getOrCreateContext();
        made.onComplete(done -> here.runOnContext(now -> {
            if (done.succeeded()) {
                serve(request, done.result());
            } else {
                request.fail(done.cause());
            }
        }));
    }

    private static void serve(RoutingContext request, Served served) {
        HttpServerResponse response = request.response()
                .putHeader(HttpHeaders.ETAG, served.etag())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaders.VARY, Headers.VARY_BY_ENCODING);
        String known = request.request().getHeader(HttpHeaders.IF_NONE_MATCH);
        if (known != null && known.contains(served.etag())) {
            response.setStatusCode(304).end();
            return;
        }
        boolean gzip = Negotiation.acceptsGzip(request.request().getHeader(HttpHeaders.ACCEPT_ENCODING));
        response.putHeader(HttpHeaders.CONTENT_TYPE, served.mediaType());
        if (gzip) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, Headers.GZIP);
        }
        int length = gzip ? served.gzip().length() : served.body().length();
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(length));
        if (request.request().method() == HttpMethod.HEAD) {
            response.end();
        } else {
            response.end(gzip ? served.gzip() : served.body());
        }
    }

    private static String webjarVersion() throws IOException {
        try (InputStream file = Documentation.class.getResourceAsStream(WEBJAR_VERSION)) {
            Properties properties = new Properties();
            properties.load(file);
            return properties.getProperty("version");
        }
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream file = Documentation.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new FileNotFoundException(resource);
            }
            return file.readAllBytes();
        }
    }
}

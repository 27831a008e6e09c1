package systems.supported.rentcache.http;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Authentication;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.Awaited;

/** The paths that are no API of Rentcast's: health, metrics, and the answer to paths that are not there. */
final class OperatorRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorRoutes.class);
    private static final String ADMINISTRATION = "/admin/";
    private static final String ADMIN = "/admin/v1";
    private static final String CALLER = "rentcache.caller";

    private final Vertx vertx;
    private final ServingParts parts;
    private final Documentation documentation;
    private final OpenStreams streams;
    private final Connections connections;
    private final Router router;
    /** Completes when the admin API's paths are there. */
    private final Promise<Void> administered = Promise.promise();

    /**
     * The paths of a port; made on the event loop that serves it.
     *
     * @param administers whether it serves more than health and the consumers' documents
     */
    OperatorRoutes(Vertx vertx, ServingParts parts, Documentation documentation, Connections connections,
            boolean administers) {
        this.connections = connections;
        this.vertx = vertx;
        this.parts = parts;
        this.documentation = documentation;
        this.streams = new OpenStreams(vertx, parts.authenticator());
        this.router = router(administers);
    }

    /** Answers a request. Until the contract of the admin API is read, all wait but those for the node's health. */
    void handle(HttpServerRequest request) {
        if (administered.future().isComplete() || request.uri().startsWith("/health")) {
            router.handle(request);
            return;
        }
        request.pause();
        Awaited.here(vertx, administered.future()).onComplete(done -> {
            request.resume();
            router.handle(request);
        });
    }

    /** Ends what would go on as long as its reader likes. */
    void close() {
        streams.close();
    }

    private Router router(boolean administers) {
        Router router = Router.router(vertx);
        readable(router, "/health/live").handler(request -> json(request, 200, new JsonObject().put("status", "up")));
        readable(router, "/health/ready").handler(this::ready);
        readable(router, "/health").handler(this::health);
        documentation.mount(vertx, router, administers);
        if (administers) {
            administration(router);
        } else {
            administered.complete();
        }
        router.errorHandler(404, request -> problem(request, Problem.pathUnknown(request.request().path())));
        router.errorHandler(405, request -> problem(
                request, Problem.methodNotAllowed(request.request().method().name(), methods(request.request().path()))));
        router.errorHandler(413, request -> problem(
                request, Problem.tooLarge(413, "body", parts.settings().server().maxBodyBytes())));
        router.errorHandler(400, request -> problem(request, Problem.malformed("The request's path is malformed.")));
        router.errorHandler(500, request -> problem(request, Problem.internal()));
        return router;
    }

    private void administration(Router router) {
        if (parts.settings().metrics().enabled()) {
            Route metrics = readable(router, "/metrics");
            if (!parts.settings().metrics().open()) {
                metrics.handler(this::admin);
            }
            metrics.handler(new MetricsRoute(vertx, parts.metrics(), parts.answers()));
        }
        new DashboardRoutes(vertx).mount(router);
        router.route(ADMINISTRATION + "*").handler(this::admin);
        Awaited.here(vertx, parts.admin())
                .<Void>map(api -> {
                    administration(router, api);
                    return null;
                })
                .onFailure(failure -> {
                    LOG.error("The admin API is not served", failure);
                    router.route(ADMINISTRATION + "*").handler(request -> problem(request, Problem.internal()));
                })
                .onComplete(mounted -> administered.complete());
    }

    private void administration(Router router, AdminApi api) {
        router.route(ADMIN + "/*").subRouter(
                new AdminRoutes(
                        vertx, api, parts.settings().server().maxBodyBytes(),
                        new LiveRoute(vertx, parts, streams, connections),
                        new EventsRoute(vertx, parts, streams, connections)).router());
        new OriginalAdminPaths(api, parts.settings().server().maxBodyBytes()).mount(router);
    }

    private String methods(String path) {
        if (path.startsWith(ADMIN + "/") && parts.admin().succeeded()) {
            return parts.admin().result().methods(path.substring(ADMIN.length()));
        }
        return path.startsWith("/admin/") ? OriginalAdminPaths.methods(path) : "GET, HEAD";
    }

    private static Route readable(Router router, String path) {
        return router.get(path).method(HttpMethod.HEAD);
    }

    private void ready(RoutingContext request) {
        boolean ready = parts.health().isReady();
        json(request, ready ? 200 : 503, new JsonObject().put("status", ready ? "up" : "down"));
    }

    private void health(RoutingContext request) {
        vertx.executeBlocking(() -> parts.health().toJson(), false)
                .onSuccess(report -> json(request, 200, report))
                .onFailure(request::fail);
    }

    /** Lets a request on whose key may administer; its body waits for that. */
    private void admin(RoutingContext request) {
        String value = ProxyHandler.presented(request.request());
        if (value == null) {
            problem(request, Problem.keyMissing());
            return;
        }
        request.request().pause();
        parts.authenticator().verify(value, connections.consumer(request.request())).onSuccess(authentication -> {
            request.request().resume();
            if (!(authentication instanceof Authentication.Accepted accepted)) {
                problem(request, Problem.notAccepted(authentication));
            } else if (!accepted.caller().key().may(Permission.ADMIN)) {
                problem(request, Problem.permissionMissing(Permission.ADMIN.text(), "This path"));
            } else {
                request.put(CALLER, accepted.caller().key());
                request.next();
            }
        });
    }

    /** Whose key a request was let on with. */
    static ApiKey caller(RoutingContext request) {
        return request.get(CALLER);
    }

    private static void json(RoutingContext request, int status, JsonObject body) {
        request.response().setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body.toBuffer());
    }

    private static void problem(RoutingContext request, Problem problem) {
        if (!request.response().ended()) {
            Rejections.send(request.response(), problem);
        }
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.authorization.PermissionBasedAuthorization;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import systems.supported.rentcache.auth.Permission;

/** The paths that are no API of Rentcast's: health, metrics, and the answer to paths that are not there. */
final class OperatorRoutes {
    private final Vertx vertx;
    private final ServingParts parts;

    OperatorRoutes(Vertx vertx, ServingParts parts) {
        this.vertx = vertx;
        this.parts = parts;
    }

    Router router() {
        Router router = Router.router(vertx);
        router.get("/health/live").handler(request -> json(request, 200, new JsonObject().put("status", "up")));
        router.get("/health/ready").handler(this::ready);
        router.get("/health").handler(this::health);
        router.get("/metrics").handler(this::admin).handler(this::metrics);
        router.route().handler(request -> problem(request, Problem.pathUnknown(request.normalizedPath())));
        router.errorHandler(404, request -> problem(request, Problem.pathUnknown(request.request().path())));
        router.errorHandler(405, request -> problem(
                request, Problem.methodNotAllowed(request.request().method().name(), "GET")));
        router.errorHandler(400, request -> problem(request, Problem.malformed("The request's path is malformed.")));
        router.errorHandler(500, request -> problem(request, Problem.internal()));
        return router;
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

    private void metrics(RoutingContext request) {
        vertx.executeBlocking(() -> parts.metrics().scrape(), false)
                .onSuccess(text -> request.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                        .end(text))
                .onFailure(request::fail);
    }

    /** Lets a request on whose key may administer. */
    private void admin(RoutingContext request) {
        String value = ProxyHandler.presented(request.request());
        if (value == null) {
            problem(request, Problem.keyMissing());
            return;
        }
        Future<User> user = parts.authenticator().authenticate(new TokenCredentials(value));
        user.onFailure(unknown -> problem(request, Problem.keyUnknown())).onSuccess(known -> {
            if (PermissionBasedAuthorization.create(Permission.ADMIN.text()).match(known)) {
                request.next();
            } else {
                problem(request, Problem.permissionMissing(Permission.ADMIN.text(), "This path"));
            }
        });
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

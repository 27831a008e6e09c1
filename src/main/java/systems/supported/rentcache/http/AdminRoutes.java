package systems.supported.rentcache.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import io.vertx.openapi.validation.ValidatorException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.admin.Call;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.Operation;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.auth.ApiKey;

/**
 * The admin API's paths, as its contract names them: a call is checked against the contract before its operation sees
 * it. Who may call was decided before.
 */
final class AdminRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);

    private final Vertx vertx;
    private final AdminApi api;
    private final long maxBodyBytes;
    private final LiveRoute live;

    AdminRoutes(Vertx vertx, AdminApi api, long maxBodyBytes, LiveRoute live) {
        this.vertx = vertx;
        this.api = api;
        this.maxBodyBytes = maxBodyBytes;
        this.live = live;
    }

    Router router() {
        RouterBuilder builder = RouterBuilder.create(vertx, api.contract(), RequestExtractor.withBodyHandler());
        builder.rootHandler(BodyHandler.create(false).setBodyLimit(maxBodyBytes));
        builder.getRoutes().forEach(route -> {
            Operation operation = api.operations().get(route.getOperation().getOperationId());
            if (route.getOperation().getOperationId().equals(LiveRoute.OPERATION)) {
                route.addHandler(live::handle);
            } else if (operation == null) {
                route.setDoValidation(false);
                route.addHandler(request -> problem(request, Problem.pathUnknown(request.request().path())));
            } else {
                route.addHandler(request -> run(request, operation));
            }
            route.addFailureHandler(this::failed);
        });
        return builder.createRouter();
    }

    private void run(RoutingContext request, Operation operation) {
        ValidatedRequest valid = request.get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST);
        JsonObject parameters = new JsonObject();
        put(parameters, valid.getPathParameters());
        put(parameters, valid.getQuery());
        JsonObject body = valid.getBody() == null || valid.getBody().isEmpty()
                ? new JsonObject() : valid.getBody().getJsonObject();
        ApiKey caller = OperatorRoutes.caller(request);
        operation.run(new Call(parameters, body, caller))
                .onSuccess(document -> answer(request, document))
                .onFailure(request::fail);
    }

    private static void put(JsonObject parameters, Map<String, RequestParameter> given) {
        given.forEach((name, value) -> {
            if (value != null && !value.isNull()) {
                parameters.put(name, value.get());
            }
        });
    }

    private static void answer(RoutingContext request, Document document) {
        request.response().setStatusCode(document.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, document.mediaType())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(document.body());
    }

    private void failed(RoutingContext request) {
        Throwable failure = request.failure();
        if (failure instanceof RefusedCall refused) {
            problem(request, Problem.refused(refused));
        } else if (failure instanceof ValidatorException invalid) {
            problem(request, Problem.malformed(invalid.getMessage()));
        } else {
            LOG.error("The administrator's call {} {} failed", request.request().method(), request.request().path(),
                    failure);
            problem(request, Problem.internal());
        }
    }

    private static void problem(RoutingContext request, Problem problem) {
        if (!request.response().ended()) {
            Rejections.send(request.response(), problem);
        }
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import io.vertx.openapi.validation.ValidatorException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
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
    private static final int TOO_LARGE = 413;

    private final Vertx vertx;
    private final AdminApi api;
    private final long maxBodyBytes;
    private final CallFaults faults;
    private final LiveRoute live;
    private final EventsRoute events;

    AdminRoutes(Vertx vertx, AdminApi api, long maxBodyBytes, LiveRoute live, EventsRoute events) {
        this.vertx = vertx;
        this.api = api;
        this.maxBodyBytes = maxBodyBytes;
        this.faults = new CallFaults(api.document());
        this.live = live;
        this.events = events;
    }

    Router router() {
        RouterBuilder builder = RouterBuilder.create(vertx, api.contract(), RequestExtractor.withBodyHandler());
        builder.rootHandler(BodyHandler.create(false).setBodyLimit(maxBodyBytes));
        builder.rootHandler(AdminRoutes::encodeParameters);
        builder.getRoutes().forEach(route -> {
            Operation operation = api.operations().get(route.getOperation().getOperationId());
            if (route.getOperation().getOperationId().equals(LiveRoute.OPERATION)) {
                route.addHandler(live::handle);
            } else if (operation == null) {
                route.setDoValidation(false);
                route.addHandler(request -> problem(request, Problem.pathUnknown(request.request().path())));
            } else if (route.getOperation().getOperationId().equals(EventsRoute.OPERATION)) {
                route.addHandler(request -> streamOrRun(request, route.getOperation(), operation));
            } else {
                route.addHandler(request -> run(request, route.getOperation(), operation));
            }
            route.addFailureHandler(request -> failed(request, route.getOperation()));
        });
        return builder.createRouter();
    }

    /** The validator decodes once more what is decoded already; what is asked for may have % and + in it. */
    private static void encodeParameters(RoutingContext request) {
        MultiMap encoded = MultiMap.caseInsensitiveMultiMap();
        request.queryParams().forEach(parameter ->
                encoded.add(parameter.getKey(), URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8)));
        request.request().params().setAll(encoded);
        request.next();
    }

    private void streamOrRun(
            RoutingContext request, io.vertx.openapi.contract.Operation described, Operation operation) {
        if (!EventsRoute.wantsStream(request)) {
            run(request, described, operation);
        } else if (isKnown(request, described)) {
            events.handle(request);
        }
    }

    /** Whether all parameters are of the contract; says so where one is not. */
    private boolean isKnown(RoutingContext request, io.vertx.openapi.contract.Operation described) {
        Optional<RefusedCall> unknown = faults.ofUnknown(
                described.getOpenAPIPath(), described.getHttpMethod().name(), request.queryParams().names());
        unknown.ifPresent(refused -> problem(request, Problem.refused(refused)));
        return unknown.isEmpty();
    }

    private void run(
            RoutingContext request, io.vertx.openapi.contract.Operation described, Operation operation) {
        if (!isKnown(request, described)) {
            return;
        }
        ValidatedRequest valid = request.get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST);
        JsonObject parameters = new JsonObject();
        put(parameters, valid.getPathParameters());
        put(parameters, valid.getQuery());
        texts(parameters, request);
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

    /** Texts of the query as they were sent: vertx-openapi decodes them once more than they were encoded. */
    private static void texts(JsonObject parameters, RoutingContext request) {
        request.queryParams().names().forEach(name -> {
            if (parameters.getValue(name) instanceof String) {
                parameters.put(name, request.queryParams().get(name));
            }
        });
    }

    private static void answer(RoutingContext request, Document document) {
        request.response().setStatusCode(document.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, document.mediaType())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(document.body());
    }

    private void failed(RoutingContext request, io.vertx.openapi.contract.Operation described) {
        Throwable failure = request.failure() instanceof HttpException wrapping && wrapping.getCause() != null
                ? wrapping.getCause() : request.failure();
        if (failure instanceof RefusedCall refused) {
            problem(request, Problem.refused(refused));
        } else if (failure instanceof ValidatorException invalid) {
            problem(request, invalid(request, described, invalid));
        } else if (failure instanceof HttpException early) {
            problem(request, early.getStatusCode() == TOO_LARGE
                    ? Problem.tooLarge(TOO_LARGE, "body", maxBodyBytes) : Problem.malformed("The request is malformed."));
        } else if (failure == null) {
            request.next();
        } else {
            LOG.error("The administrator's call {} {} failed", request.request().method(), request.request().path(),
                    failure);
            problem(request, Problem.internal());
        }
    }

    private Problem invalid(
            RoutingContext request, io.vertx.openapi.contract.Operation described, ValidatorException invalid) {
        String path = described.getOpenAPIPath();
        String method = described.getHttpMethod().name();
        Optional<RefusedCall> fault = faults.ofParameter(path, method, invalid.getMessage(), name ->
                request.pathParams().containsKey(name)
                        ? request.pathParam(name) : request.queryParams().get(name));
        if (fault.isEmpty() && faults.takesBody(path, method)) {
            String mediaType = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
            boolean empty = request.body().length() < 1;
            if (!empty && (mediaType == null || !mediaType.startsWith(Document.JSON))) {
                return Problem.mediaTypeUnsupported(mediaType, Document.JSON);
            }
            fault = faults.ofBody(path, method, empty ? null : request.body().buffer());
        }
        return fault.map(Problem::refused).orElseGet(() -> Problem.malformed(invalid.getMessage()));
    }

    private static void problem(RoutingContext request, Problem problem) {
        if (!request.response().ended()) {
            Rejections.send(request.response(), problem);
        }
    }
}

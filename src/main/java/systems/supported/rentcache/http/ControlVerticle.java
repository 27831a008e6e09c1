package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Authentication;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.Awaited;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.ops.Metrics;

/**
 * Does operations of the admin API for programs on the event bus, by request and reply. Each message carries an
 * administrator's key in the header {@value #KEY}; the reply is the operation's document or a problem, and its header
 * {@value #STATUS} has the status that HTTP would have. Messages that nobody waits for do nothing. Confined to its
 * event loop.
 */
public final class ControlVerticle extends VerticleBase {
    /** The operations by the addresses at which they are asked for. */
    public static final Map<String, String> OPERATIONS = Map.of(
            Addresses.CONTROL_INVALIDATE, "invalidate",
            Addresses.CONTROL_EXPLAIN, "explain",
            Addresses.CONTROL_WARM, "warm");
    /** What may come of a call. */
    public static final List<String> OUTCOMES = List.of("done", "refused", "failed");

    static final String KEY = "X-Api-Key";
    static final String STATUS = "status";

    private static final Logger LOG = LoggerFactory.getLogger(ControlVerticle.class);
    private static final int MOST_UNDER_WAY = 64;
    /** Who guesses keys learns of each that it is wrong this late. */
    private static final long WRONG_KEY_MILLIS = 1_000;

    private final Future<AdminApi> api;
    private final Future<MessageCalls> calls;
    private final Authenticator authenticator;
    private final Metrics metrics;
    private int underWay;

    /**
     * Calls over the event bus.
     *
     * @param api           calls wait until its contract is read
     * @param authenticator tells whose keys the messages have
     */
    public ControlVerticle(Future<AdminApi> api, Authenticator authenticator, Metrics metrics) {
        this.api = api;
        this.calls = api.map(MessageCalls::new);
        this.authenticator = authenticator;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        return Future.all(OPERATIONS.entrySet().stream()
                .map(address -> vertx.eventBus().consumer(address.getKey())
                        .handler(message -> hear(message, address.getValue())).completion())
                .toList());
    }

    private void hear(Message<Object> message, String operation) {
        if (message.replyAddress() == null) {
            metrics.controlCalls(operation, "refused").increment();
        } else if (underWay >= MOST_UNDER_WAY) {
            refuse(message, operation, Problem.refused(RefusedCall.unavailable(
                    "As many calls as are done at a time are under way. Try again.")));
        } else {
            underWay++;
            call(message, operation).onComplete(ended -> underWay--);
        }
    }

    private Future<?> call(Message<Object> message, String operation) {
        String value = message.headers().get(KEY);
        if (value == null) {
            refuse(message, operation, Problem.keyMissing());
            return Future.succeededFuture();
        }
        return authenticator.verify(value).compose(authentication -> {
            if (!(authentication instanceof Authentication.Accepted accepted)) {
                refuseKey(message, operation, authentication);
                return Future.succeededFuture();
            }
            ApiKey caller = accepted.caller().key();
            if (!caller.may(Permission.ADMIN)) {
                refuse(message, operation, Problem.permissionMissing(Permission.ADMIN.text(), "This address"));
                return Future.succeededFuture();
            }
            return run(message, operation, caller);
        });
    }

    private void refuseKey(Message<Object> message, String operation, Authentication authentication) {
        Problem problem = Problem.notAccepted(authentication);
        if (authentication instanceof Authentication.Unavailable) {
            refuse(message, operation, problem);
        } else {
            vertx.setTimer(WRONG_KEY_MILLIS, late -> refuse(message, operation, problem));
        }
    }

    private Future<?> run(Message<Object> message, String operation, ApiKey caller) {
        return Awaited.here(vertx, calls)
                .compose(known -> attempt(() -> api.result().operations().get(operation)
                        .run(known.of(operation, body(message), caller))))
                .onSuccess(document -> answer(message, operation, document))
                .onFailure(failure -> fail(message, operation, failure));
    }

    private static JsonObject body(Message<Object> message) {
        Object body = message.body();
        if (body != null && !(body instanceof JsonObject)) {
            throw RefusedCall.malformed("The message's body is no JSON object.");
        }
        return body == null ? new JsonObject() : (JsonObject) body;
    }

    private static Future<Document> attempt(Supplier<Future<Document>> call) {
        try {
            return call.get();
        } catch (RefusedCall refused) {
            return Future.failedFuture(refused);
        }
    }

    private void answer(Message<Object> message, String operation, Document document) {
        metrics.controlCalls(operation, "done").increment();
        reply(message, document.status(), document.body().toJsonObject());
    }

    private void fail(Message<Object> message, String operation, Throwable failure) {
        if (failure instanceof RefusedCall refused) {
            refuse(message, operation, Problem.refused(refused));
        } else {
            LOG.error("The call of {} over the event bus failed", operation, failure);
            metrics.controlCalls(operation, "failed").increment();
            Problem problem = Problem.internal();
            reply(message, problem.status(), problem.toJson(null));
        }
    }

    private void refuse(Message<Object> message, String operation, Problem problem) {
        metrics.controlCalls(operation, "refused").increment();
        reply(message, problem.status(), problem.toJson(null));
    }

    private static void reply(Message<Object> message, int status, JsonObject body) {
        message.reply(body, new DeliveryOptions().addHeader(STATUS, Integer.toString(status)));
    }
}

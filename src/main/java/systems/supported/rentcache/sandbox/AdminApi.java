package systems.supported.rentcache.sandbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.time.Duration;
import java.util.List;

/**
 * The paths under {@code /_sandbox}: the bill, the faults, the clock. They need no key, since they are reached from
 * this machine only; what a web page could make a browser send here is refused.
 */
final class AdminApi {
    private static final long MOST_SECONDS = Duration.ofDays(36_525).toSeconds();
    private static final List<String> OWN_NAMES = List.of("localhost", "127.0.0.1");

    private final SandboxServer sandbox;

    AdminApi(SandboxServer sandbox) {
        this.sandbox = sandbox;
    }

    void handle(HttpServerRequest request) {
        HostAndPort host = request.authority();
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (request.headers().contains(HttpHeaders.ORIGIN) || host == null || !OWN_NAMES.contains(host.host())) {
            refuse(request, new RentcastError(403, "sandbox/forbidden", "Web pages may not use this."));
        } else if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || length != null && !length.matches("\\d{1,5}")) {
            refuse(request, RentcastError.badRequest("A body must have a Content-Length below 100000."));
        } else {
            request.body()
                    .map(body -> answer(request, body))
                    .onSuccess(json -> request.response()
                            .putHeader(HttpHeaders.CONTENT_TYPE, FaultyResponse.JSON)
                            .end(json.toBuffer()))
                    .onFailure(failure -> refuse(request, failure instanceof RentcastError refusal
                            ? refusal
                            : RentcastError.badRequest(String.valueOf(failure.getMessage()))));
        }
    }

    private JsonObject answer(HttpServerRequest request, Buffer body) {
        HttpMethod method = request.method();
        return switch (method + " " + request.path()) {
            case "GET /_sandbox/bill" -> sandbox.bill().toJson();
            case "GET /_sandbox/faults" -> sandbox.faults().toJson();
            case "POST /_sandbox/faults" -> {
                sandbox.faults(Faults.parse(json(body)));
                yield sandbox.faults().toJson();
            }
            case "GET /_sandbox/clock" -> time();
            case "POST /_sandbox/clock" -> {
                sandbox.advance(Duration.ofSeconds(seconds(json(body))));
                yield time();
            }
            case "POST /_sandbox/reset" -> {
                sandbox.reset();
                yield sandbox.bill().toJson();
            }
            default -> throw RentcastError.notFound("There is no " + method + " of this path.");
        };
    }

    private JsonObject time() {
        return JsonObject.of("now", sandbox.now().toString());
    }

    private static JsonObject json(Buffer body) {
        try {
            return new JsonObject(body);
        } catch (DecodeException | ClassCastException notAnObject) {
            throw RentcastError.badRequest("The body must be a JSON object.");
        }
    }

    private static long seconds(JsonObject json) {
        for (String name : json.fieldNames()) {
            if (!name.equals("advanceSeconds")) {
                throw RentcastError.badRequest("There is no member '" + name + "'.");
            }
        }
        Object value = json.getValue("advanceSeconds");
        boolean whole = value instanceof Integer || value instanceof Long;
        long seconds = whole ? ((Number) value).longValue() : -1;
        if (seconds < 0 || seconds > MOST_SECONDS) {
            throw RentcastError.badRequest(
                    "Wrong value of 'advanceSeconds'. Allowed: a whole number from 0 to " + MOST_SECONDS + ".");
        }
        return seconds;
    }

    private static void refuse(HttpServerRequest request, RentcastError refusal) {
        if (!request.response().closed()) {
            request.response()
                    .setStatusCode(refusal.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, FaultyResponse.JSON)
                    .end(refusal.toJson().toBuffer());
        }
    }
}

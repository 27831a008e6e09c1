package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.catalog.QueryParameter;

/**
 * The original's bulk estimates: one estimate for each address of the body, each through limits, cache and upstream
 * like a request of its own, answered together in the body's order. One that fails does not fail the others.
 *
 * <p>Confined to one event loop.
 */
final class BulkEstimates {
    private static final int MOST_REQUESTS = 100;
    private static final int AT_ONCE = 10;
    /** The bulk paths and Rentcast's path for one estimate of each. */
    private static final Map<String, String> PATHS = Map.of(
            "/api/v1/estimates/value/bulk", "/avm/value",
            "/api/v1/estimates/rent/bulk", "/avm/rent/long-term");
    private static final String BODY_ALLOWED =
            "The body has to be {\"addresses\": [\"…\"]} or {\"requests\": [{…parameters…}]}, with 1 to "
                    + MOST_REQUESTS + " of them.";

    private final ProxyHandler proxy;
    private final Interpreter interpreter;

    BulkEstimates(ProxyHandler proxy, Interpreter interpreter) {
        this.proxy = proxy;
        this.interpreter = interpreter;
    }

    /** Whether a target is a bulk path. */
    static boolean isBulk(String target) {
        int mark = target.indexOf('?');
        return PATHS.containsKey(mark < 0 ? target : target.substring(0, mark));
    }

    /**
     * What was answered to one part.
     *
     * @param status  its status
     * @param cache   the value that {@code X-Cache} would have, or null where the cache had no part in it
     * @param data    its body, JSON
     * @param paid    whether it was paid for
     */
    private record Part(int status, String cache, Buffer data, boolean paid) {
    }

    /** Answers an authenticated request whose body is still to come. */
    void handle(Exchange exchange, String target, int maxBodyBytes) {
        read(exchange.request, maxBodyBytes).onSuccess(body -> {
            if (body == null) {
                proxy.writer().problem(exchange, Problem.tooLarge(413, "body", maxBodyBytes));
                return;
            }
            List<JsonObject> requests = requests(body);
            if (requests == null) {
                proxy.writer().problem(exchange, Problem.malformed(BODY_ALLOWED));
                return;
            }
            int mark = target.indexOf('?');
            String path = PATHS.get(mark < 0 ? target : target.substring(0, mark));
            all(exchange, path, requests)
                    .onSuccess(parts -> proxy.writer().json(exchange, 200, together(requests, parts)))
                    .onFailure(failure -> proxy.failed(exchange, failure));
        });
    }

    /** The request's body; null where it is too large. Fails where the consumer went away. */
    private static Future<Buffer> read(HttpServerRequest request, int maxBodyBytes) {
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() + chunk.length() > maxBodyBytes) {
                whole.tryComplete(null);
            } else {
                body.appendBuffer(chunk);
            }
        });
        request.exceptionHandler(whole::tryFail);
        request.endHandler(ended -> whole.tryComplete(body));
        request.resume();
        return whole.future();
    }

    private static List<JsonObject> requests(Buffer body) {
        try {
            if (!(Json.decodeValue(body) instanceof JsonObject json)) {
                return null;
            }
            Object addresses = json.getValue("addresses");
            Object given = addresses == null ? json.getValue("requests") : addresses;
            if (!(given instanceof JsonArray array) || array.isEmpty() || array.size() > MOST_REQUESTS) {
                return null;
            }
            List<JsonObject> requests = new ArrayList<>();
            for (Object one : array) {
                if (addresses != null && one instanceof String address) {
                    requests.add(new JsonObject().put("address", address));
                } else if (addresses == null && one instanceof JsonObject parameters) {
                    requests.add(parameters);
                } else {
                    return null;
                }
            }
            return requests;
        } catch (DecodeException notJson) {
            return null;
        }
    }

    /** Answers the parts, some at once, and puts them in order. */
    private Future<Part[]> all(Exchange exchange, String path, List<JsonObject> requests) {
        Part[] parts = new Part[requests.size()];
        AtomicInteger next = new AtomicInteger();
        List<Future<Void>> lanes = new ArrayList<>();
        for (int lane = 0; lane < Math.min(AT_ONCE, parts.length); lane++) {
            lanes.add(lane(exchange, path, requests, parts, next));
        }
        return Future.all(lanes).map(parts);
    }

    private Future<Void> lane(
            Exchange exchange, String path, List<JsonObject> requests, Part[] parts, AtomicInteger next) {
        int index = next.getAndIncrement();
        if (index >= parts.length) {
            return Future.succeededFuture();
        }
        return one(exchange, path, requests.get(index)).compose(part -> {
            parts[index] = part;
            return lane(exchange, path, requests, parts, next);
        });
    }

    private Future<Part> one(Exchange whole, String path, JsonObject request) {
        Interpretation interpretation = interpreter.interpret(path, parameters(request));
        if (interpretation instanceof Interpretation.Fails fails) {
            return Future.succeededFuture(problem(fails.problem()));
        }
        Exchange part = new Exchange(whole.request, whole.context, whole.connection, System.nanoTime(), whole.millis);
        part.caller = whole.caller;
        part.presented = whole.presented;
        Problem refused = proxy.admit(part, ((Interpretation.Asks) interpretation).question());
        whole.question = part.question;
        if (refused != null) {
            return Future.succeededFuture(problem(refused));
        }
        NearEntry hit = proxy.nearHit(part);
        if (hit != null) {
            LookupReply.Found found = new LookupReply.Found(hit, "near");
            proxy.recordPart(part, found);
            return Future.succeededFuture(answered(hit, "HIT", false));
        }
        Promise<Part> answer = Promise.promise();
        proxy.lookUp(part, reply -> {
            proxy.recordPart(part, reply);
            answer.complete(part(part, reply));
        });
        return answer.future();
    }

    private static List<QueryParameter> parameters(JsonObject request) {
        List<QueryParameter> parameters = new ArrayList<>();
        request.forEach(member -> parameters.add(new QueryParameter(
                member.getKey(), member.getValue() == null ? "" : member.getValue().toString())));
        return parameters;
    }

    private Part part(Exchange part, LookupReply reply) {
        if (reply instanceof LookupReply.Found found) {
            return answered(found.entry(), proxy.provenance(found).cache().toString(), false);
        }
        if (reply instanceof LookupReply.Fetched fetched) {
            return answered(
                    fetched.entry(), proxy.provenance(fetched).cache().toString(), fetched.costMicros() > 0);
        }
        proxy.giveBack(part);
        if (reply instanceof LookupReply.Streaming streaming) {
            streaming.body().abandon();
            return problem(Problem.internal());
        }
        return problem(Problem.upstream(((LookupReply.Failed) reply).failure()));
    }

    private static Part answered(NearEntry entry, String cache, boolean paid) {
        return new Part(entry.answer().entry().status(), cache, entry.answer().body(), paid);
    }

    private static Part problem(Problem problem) {
        return new Part(problem.status(), null, problem.toJson(null).toBuffer(), false);
    }

    private static Buffer together(List<JsonObject> requests, Part[] parts) {
        Buffer body = Buffer.buffer("{\"results\":[");
        int hits = 0;
        int paid = 0;
        for (int i = 0; i < parts.length; i++) {
            Part part = parts[i];
            hits += "HIT".equals(part.cache) ? 1 : 0;
            paid += part.paid ? 1 : 0;
            body.appendString(i == 0 ? "{\"request\":" : ",{\"request\":")
                    .appendBuffer(requests.get(i).toBuffer())
                    .appendString(",\"status\":" + part.status + ",\"cache\":"
                            + (part.cache == null ? "null" : '"' + part.cache + '"') + ",\"data\":")
                    .appendBuffer(part.data.length() == 0 ? Buffer.buffer("null") : part.data)
                    .appendString("}");
        }
        return body.appendString("],\"summary\":{\"hits\":" + hits + ",\"paid\":" + paid + "}}");
    }
}

package systems.supported.rentcache.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private static final Logger LOG = LoggerFactory.getLogger(BulkEstimates.class);
    private static final int MOST_REQUESTS = 100;
    private static final int AT_ONCE = 10;
    /** The bulk paths and Rentcast's path for one estimate of each. */
    private static final Map<String, String> PATHS = Map.of(
            "/api/v1/estimates/value/bulk", "/avm/value",
            "/api/v1/estimates/rent/bulk", "/avm/rent/long-term");
    private static final String BODY_ALLOWED =
            "The body has to be {\"addresses\": [\"…\"]} or {\"requests\": [{…parameters…}]}, with 1 to "
                    + MOST_REQUESTS + " of them.";

    private static final JsonFactory JSON = new JsonFactory();

    private final Vertx vertx;
    private final ProxyHandler proxy;
    private final Interpreter interpreter;
    private final InstantSource clock;

    BulkEstimates(Vertx vertx, ProxyHandler proxy, Interpreter interpreter, InstantSource clock) {
        this.vertx = vertx;
        this.proxy = proxy;
        this.interpreter = interpreter;
        this.clock = clock;
    }

    /** Whether a target is a bulk path. */
    static boolean isBulk(String target) {
        return PATHS.containsKey(path(target));
    }

    private static String path(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
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

    /**
     * Answers an authenticated request whose body is still to come.
     *
     * @param maxBodyBytes the most that its body may take
     * @param patience     how long it may take
     */
    void handle(Exchange exchange, String target, int maxBodyBytes, Duration patience) {
        List<QueryParameter> common = interpreter.parameters(target);
        if (common == null) {
            proxy.refuse(exchange, Problem.malformed("The query cannot be decoded."));
            return;
        }
        Promise<Buffer> whole = Promise.promise();
        long timer = vertx.setTimer(patience.toMillis(), late -> {
            if (whole.tryFail("too slow")) {
                refuseAndClose(exchange, Problem.bodyTooSlow());
            }
        });
        read(exchange.request, maxBodyBytes, whole);
        whole.future().onComplete(read -> vertx.cancelTimer(timer)).onSuccess(body -> {
            if (body == null) {
                refuseAndClose(exchange, Problem.tooLarge(413, "body", maxBodyBytes));
                return;
            }
            List<JsonObject> requests = requests(body);
            if (requests == null) {
                proxy.refuse(exchange, Problem.malformed(BODY_ALLOWED));
                return;
            }
            all(exchange, PATHS.get(path(target)), requests, common)
                    .onSuccess(parts -> proxy.writer().json(exchange, 200, together(requests, parts)))
                    .onFailure(failure -> proxy.failed(exchange, failure));
        });
    }

    /** Refuses a request whose body is not read to its end; what is left of it would be taken for a request. */
    private void refuseAndClose(Exchange exchange, Problem problem) {
        Rejections.closeAfterwards(vertx, exchange.request);
        proxy.refuse(exchange, problem);
    }

    /** Reads the request's body; null where it is too large. Fails where the consumer went away. */
    private static void read(HttpServerRequest request, int maxBodyBytes, Promise<Buffer> whole) {
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
    private Future<Part[]> all(
            Exchange exchange, String path, List<JsonObject> requests, List<QueryParameter> common) {
        Part[] parts = new Part[requests.size()];
        PrimitiveIterator.OfInt indexes = IntStream.range(0, parts.length).iterator();
        IntFunction<Future<Void>> answer = index -> one(exchange, path, requests.get(index), common)
                .onSuccess(part -> parts[index] = part)
                .mapEmpty();
        List<Future<Void>> lanes = new ArrayList<>();
        for (int lane = 0; lane < AT_ONCE; lane++) {
            lanes.add(lane(indexes, answer));
        }
        return Future.all(lanes).map(parts);
    }

    /** Answers one part after another until none is left. */
    private static Future<Void> lane(PrimitiveIterator.OfInt indexes, IntFunction<Future<Void>> answer) {
        return indexes.hasNext()
                ? answer.apply(indexes.nextInt()).compose(answered -> lane(indexes, answer))
                : Future.succeededFuture();
    }

    private Future<Part> one(Exchange whole, String path, JsonObject request, List<QueryParameter> common) {
        Exchange part =
                new Exchange(whole.request, whole.context, whole.connection, System.nanoTime(), clock.millis());
        part.caller = whole.caller;
        part.presented = whole.presented;
        Interpretation interpretation = interpreter.interpret(path, parameters(request, common));
        if (interpretation instanceof Interpretation.Fails fails) {
            return Future.succeededFuture(refused(part, fails.problem()));
        }
        Problem refused = proxy.admit(part, ((Interpretation.Asks) interpretation).question());
        whole.question = part.question;
        if (refused == null && part.admission == null) {
            return proxy.awaitAdmission(part).compose(late -> answer(whole, part, late));
        }
        return answer(whole, part, refused);
    }

    /** The answer to a part that was admitted, or refused. */
    private Future<Part> answer(Exchange whole, Exchange part, Problem refused) {
        if (refused != null) {
            return Future.succeededFuture(refused(part, refused));
        }
        NearEntry hit = proxy.nearHit(part);
        if (hit != null) {
            return Future.succeededFuture(recorded(part, new LookupReply.Found(hit, "near", part.decision)));
        }
        Promise<Part> answer = Promise.promise();
        proxy.lookUp(part, reply -> answer.complete(recorded(part, reply)), failure -> {
            LOG.error("A part of the bulk request {} failed", proxy.writer().idOf(whole), failure);
            Problem problem = Problem.internal();
            proxy.record(part, problem.status(), Outcome.failed());
            answer.complete(problem(problem));
        });
        return answer.future();
    }

    private Part refused(Exchange part, Problem problem) {
        proxy.recordRefusedPart(part, problem);
        return problem(problem);
    }

    private Part recorded(Exchange exchange, LookupReply reply) {
        Part part = part(exchange, reply);
        proxy.recordPart(exchange, part.status, reply);
        return part;
    }

    private static List<QueryParameter> parameters(JsonObject request, List<QueryParameter> common) {
        List<QueryParameter> parameters = new ArrayList<>(common);
        request.forEach(member -> parameters.add(new QueryParameter(
                member.getKey(), member.getValue() == null ? "" : member.getValue().toString())));
        return parameters;
    }

    private Part part(Exchange part, LookupReply reply) {
        if (reply instanceof LookupReply.Found found) {
            proxy.refresh(part, found.entry(), found.decision());
            return answered(found.entry(), Provenance.of(found, clock.instant()).cache().toString(), false);
        }
        if (reply instanceof LookupReply.StaleOnError stale) {
            Provenance provenance = Provenance.of(stale, clock.instant());
            return answered(stale.entry(), provenance.cache().toString(), provenance.costMicros() > 0);
        }
        if (reply instanceof LookupReply.Fetched fetched) {
            return answered(
                    fetched.entry(), Provenance.of(fetched, clock.instant()).cache().toString(),
                    fetched.costMicros() > 0);
        }
        proxy.giveBack(part);
        if (reply instanceof LookupReply.Streaming streaming) {
            streaming.body().abandon();
            return new Part(502, null, Problem.upstreamTooLarge().toJson(null).toBuffer(), streaming.costMicros() > 0);
        }
        if (reply instanceof LookupReply.OnlyIfCachedMiss) {
            return problem(Problem.notCached());
        }
        return problem(Problem.upstream(((LookupReply.Failed) reply).failure()));
    }

    private static Part answered(NearEntry entry, String cache, boolean paid) {
        Buffer body = entry.answer().body();
        return isJson(body)
                ? new Part(entry.answer().entry().status(), cache, body, paid)
                : new Part(502, cache, Problem.upstreamBroken().toJson(null).toBuffer(), paid);
    }

    /** Whether a body can stand in the answer as it is. */
    private static boolean isJson(Buffer body) {
        try (JsonParser parser = JSON.createParser(body.getBytes())) {
            parser.nextToken();
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (IOException malformed) {
            return false;
        }
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
            hits += "HIT".equals(part.cache) || "STALE".equals(part.cache) ? 1 : 0;
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

package systems.supported.rentcache.cache;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.catalog.Catalog;

/**
 * Questions as messages between nodes, and back. A consumer's own upstream key is never in them: such questions stay in
 * the node that they were asked of. Pure functions of the catalog; thread-safe.
 */
public final class QuestionWire {
    private static final Buffer NO_BODY = Buffer.buffer();

    private final Catalog catalog;
    private final WireVersions readable;

    /** Of a node with endpoints. */
    public QuestionWire(Catalog catalog) {
        this(catalog, WireVersions.OWN);
    }

    QuestionWire(Catalog catalog, WireVersions readable) {
        this.catalog = catalog;
        this.readable = readable;
    }

    /** A question for a look-up. */
    public Buffer write(LookupRequest question, int version) {
        refuseKey(question.consumerKey());
        JsonObject head = head(question.request(), question.keyId(), question.background(), question.trace());
        if (!question.directives().equals(RequestDirectives.NONE)) {
            head.put("directives", directives(question.directives()));
        }
        return new WireMessage(head, NO_BODY).write(version);
    }

    /** A call to make upstream. */
    public Buffer write(UpstreamRequest call, int version) {
        refuseKey(call.consumerKey());
        JsonObject head = head(call.request(), call.keyId(), call.background(), call.trace());
        put(head, "etag", call.validators().etag());
        put(head, "lastModified", call.validators().lastModified());
        return new WireMessage(head, NO_BODY).write(version);
    }

    private static void refuseKey(ConsumerKey key) {
        if (key != null) {
            throw new IllegalArgumentException("a consumer's key never leaves the process");
        }
    }

    private static JsonObject head(CanonicalRequest request, long keyId, boolean background, RequestTrace trace) {
        JsonObject head = new JsonObject()
                .put("endpoint", request.endpoint().name())
                .put("question", request.canonicalJson())
                .put("target", request.upstreamTarget())
                .put("totalCount", request.totalCountAsked())
                .put("keyId", keyId)
                .put("background", background);
        put(head, "requestId", trace.requestId());
        put(head, "traceId", trace.traceId());
        put(head, "traceparent", trace.traceparent());
        put(head, "tracestate", trace.tracestate());
        return head;
    }

    private static JsonObject directives(RequestDirectives asked) {
        JsonObject json = new JsonObject()
                .put("forceRefresh", asked.forceRefresh())
                .put("noCache", asked.noCache())
                .put("noStore", asked.noStore())
                .put("onlyIfCached", asked.onlyIfCached());
        put(json, "maxAge", asked.maxAge());
        put(json, "minFresh", asked.minFresh());
        put(json, "maxStale", asked.maxStale());
        put(json, "ttl", asked.ttlOverride());
        return json;
    }

    private static void put(JsonObject json, String name, Object value) {
        if (value != null) {
            json.put(name, value instanceof Duration time ? (Object) time.toMillis() : value);
        }
    }

    /**
     * Reads a question for a look-up.
     *
     * @throws UnreadableMessageException also where this node does not know the endpoint
     */
    public LookupRequest readLookup(Buffer bytes) throws UnreadableMessageException {
        JsonObject head = WireMessage.read(bytes, readable).head();
        try {
            JsonObject asked = head.getJsonObject("directives");
            return new LookupRequest(
                    request(head), asked == null ? RequestDirectives.NONE : readDirectives(asked), null,
                    head.getLong("keyId", 0L), head.getBoolean("background", false), trace(head));
        } catch (ClassCastException | IllegalArgumentException wrong) {
            throw new UnreadableMessageException("a member is of the wrong kind");
        }
    }

    /**
     * Reads a call to make upstream.
     *
     * @throws UnreadableMessageException also where this node does not know the endpoint
     */
    public UpstreamRequest readCall(Buffer bytes) throws UnreadableMessageException {
        JsonObject head = WireMessage.read(bytes, readable).head();
        try {
            return new UpstreamRequest(
                    request(head), new Validators(head.getString("etag"), head.getString("lastModified")), null,
                    head.getLong("keyId", 0L), head.getBoolean("background", false), trace(head));
        } catch (ClassCastException | IllegalArgumentException wrong) {
            throw new UnreadableMessageException("a member is of the wrong kind");
        }
    }

    private CanonicalRequest request(JsonObject head) throws UnreadableMessageException {
        String name = String.valueOf(head.getString("endpoint"));
        String question = head.getString("question");
        String target = head.getString("target");
        if (question == null || target == null) {
            throw new UnreadableMessageException("it holds no question");
        }
        return new CanonicalRequest(
                catalog.endpoint(name).orElseThrow(() -> new UnreadableMessageException(
                        "there is no endpoint '" + name + "' here")),
                CacheKey.of(question), question, target, head.getBoolean("totalCount", false));
    }

    private static RequestTrace trace(JsonObject head) {
        String id = head.getString("requestId");
        String traceId = head.getString("traceId");
        return id == null && traceId == null ? RequestTrace.NONE : new RequestTrace(
                id, traceId, head.getString("traceparent"), head.getString("tracestate"));
    }

    private static RequestDirectives readDirectives(JsonObject json) {
        return new RequestDirectives(
                json.getBoolean("forceRefresh", false), json.getBoolean("noCache", false),
                json.getBoolean("noStore", false), json.getBoolean("onlyIfCached", false),
                time(json, "maxAge"), time(json, "minFresh"), time(json, "maxStale"), time(json, "ttl"));
    }

    private static Duration time(JsonObject json, String name) {
        Long millis = json.getLong(name);
        return millis == null ? null : Duration.ofMillis(millis);
    }
}

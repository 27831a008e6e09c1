package systems.supported.rentcache.cache;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import systems.supported.rentcache.cache.UpstreamReply.Answered;
import systems.supported.rentcache.cache.UpstreamReply.NotModified;
import systems.supported.rentcache.catalog.CanonicalRequest;

/**
 * Replies as messages between nodes, and back. A body that is still coming is named by the address at which it is
 * fetched. Pure functions.
 */
public final class ReplyWire {
    private static final Buffer NO_BODY = Buffer.buffer();

    private final WireVersions readable;

    /** Of this program. */
    public ReplyWire() {
        this(WireVersions.OWN);
    }

    ReplyWire(WireVersions readable) {
        this.readable = readable;
    }

    /** Makes a body of the address at which it is fetched. */
    public interface Bodies {
        /** The body that is offered at an address. */
        BodyRelay at(String address);
    }

    /**
     * A look-up's reply.
     *
     * @param asked the question, whose text the near tier does not keep
     * @param body  where the body is offered; only for one that is still coming
     */
    public Buffer write(LookupReply reply, CanonicalRequest asked, String body, int version) {
        return message(reply, asked, body).write(version);
    }

    private static WireMessage message(LookupReply reply, CanonicalRequest asked, String body) {
        if (reply instanceof LookupReply.Found found) {
            JsonObject head = kind("found").put("tier", found.tier());
            if (found.decision() instanceof CacheDecision.HitStale stale) {
                head.put("stale", true).put("refresh", stale.refresh());
            }
            return new WireMessage(head, bytes(found.entry(), asked));
        }
        if (reply instanceof LookupReply.Fetched fetched) {
            return new WireMessage(
                    kind("fetched").put("reason", fetched.reason().name()).put("revalidated", fetched.revalidated())
                            .put("stored", fetched.stored()).put("collapsed", fetched.collapsed())
                            .put("costMicros", fetched.costMicros()),
                    bytes(fetched.entry(), asked));
        }
        if (reply instanceof LookupReply.StaleOnError stale) {
            return new WireMessage(
                    failure("stale-on-error", stale.failure()).put("reason", stale.reason().name())
                            .put("collapsed", stale.collapsed()),
                    bytes(stale.entry(), asked));
        }
        if (reply instanceof LookupReply.Failed failed) {
            return new WireMessage(failure("failed", failed.failure()).put("reason", failed.reason().name())
                    .put("collapsed", failed.collapsed()), NO_BODY);
        }
        if (reply instanceof LookupReply.Streaming streaming) {
            return new WireMessage(
                    streaming(streaming.status(), streaming.headers(), streaming.length(), streaming.costMicros(), body)
                            .put("reason", streaming.reason().name()),
                    NO_BODY);
        }
        return new WireMessage(kind("only-if-cached-miss"), NO_BODY);
    }

    /**
     * The reply to a call upstream.
     *
     * @param body where the body is offered; only for one that is still coming
     */
    public Buffer write(UpstreamReply reply, String body, int version) {
        return message(reply, body).write(version);
    }

    private static WireMessage message(UpstreamReply reply, String body) {
        if (reply instanceof Answered answered) {
            JsonObject head = kind("answered")
                    .put("status", answered.status())
                    .put("headers", headers(answered.headers()))
                    .put("ageMillis", answered.initialAge().toMillis())
                    .put("receivedAt", answered.receivedAt().toEpochMilli())
                    .put("intact", answered.intact())
                    .put("costMicros", answered.costMicros());
            put(head, "etag", answered.validators().etag());
            put(head, "lastModified", answered.validators().lastModified());
            return new WireMessage(head, answered.body());
        }
        if (reply instanceof NotModified same) {
            return new WireMessage(
                    kind("not-modified").put("receivedAt", same.receivedAt().toEpochMilli()), NO_BODY);
        }
        if (reply instanceof UpstreamReply.Streaming streaming) {
            return new WireMessage(streaming(
                    streaming.status(), streaming.headers(), streaming.length(), streaming.costMicros(), body), NO_BODY);
        }
        return new WireMessage(failure("failed", ((UpstreamReply.Failed) reply).failure()), NO_BODY);
    }

    /** What would be said to a call upstream. */
    public Buffer write(UpstreamOutlook outlook, int version) {
        JsonObject head = outlook.refusal() == null ? kind("outlook") : failure("outlook", outlook.refusal());
        return new WireMessage(
                head.put("circuit", outlook.circuit()).put("waiting", outlook.waiting()), NO_BODY).write(version);
    }

    private static JsonObject kind(String kind) {
        return new JsonObject().put("kind", kind);
    }

    private static JsonObject failure(String kind, UpstreamFailure failure) {
        return kind(kind).put("failure", FlightFailure.write(failure)).put("costMicros", failure.costMicros());
    }

    private static JsonObject streaming(int status, List<Header> headers, long length, long cost, String body) {
        return kind("streaming").put("status", status).put("headers", headers(headers)).put("length", length)
                .put("costMicros", cost).put("body", body);
    }

    private static JsonArray headers(List<Header> headers) {
        JsonArray all = new JsonArray();
        headers.forEach(header -> all.add(header.name()).add(header.value()));
        return all;
    }

    private static void put(JsonObject json, String name, String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static Buffer bytes(NearEntry near, CanonicalRequest asked) {
        StoredAnswer answer = near.answer();
        return EntryCodec.encode(new StoredAnswer(answer.entry().asked(asked), answer.body(), answer.gzip()));
    }

    /** Whether reading takes so long that it should not be done on an event loop. */
    public static boolean isLarge(Buffer bytes) {
        return bytes.length() > EntryCodec.LARGE;
    }

    /**
     * Reads a look-up's reply.
     *
     * @throws UnreadableMessageException also where it is the answer to another question
     */
    public LookupReply readLookup(Buffer bytes, CanonicalRequest asked, Bodies bodies)
            throws UnreadableMessageException {
        WireMessage message = WireMessage.read(bytes, readable);
        JsonObject head = message.head();
        try {
            return switch (String.valueOf(head.getString("kind"))) {
                case "found" -> new LookupReply.Found(entry(message, asked), head.getString("tier", ""), decision(head));
                case "fetched" -> new LookupReply.Fetched(
                        entry(message, asked), reason(head), head.getBoolean("revalidated", false),
                        head.getBoolean("stored", false), head.getBoolean("collapsed", false), cost(head));
                case "stale-on-error" -> new LookupReply.StaleOnError(
                        entry(message, asked), failure(head), reason(head), head.getBoolean("collapsed", false));
                case "failed" -> new LookupReply.Failed(failure(head), reason(head), head.getBoolean("collapsed", false));
                case "streaming" -> new LookupReply.Streaming(
                        head.getInteger("status"), readHeaders(head), head.getLong("length", -1L),
                        bodies.at(head.getString("body")), reason(head), cost(head));
                case "only-if-cached-miss" -> new LookupReply.OnlyIfCachedMiss();
                default -> throw unknownKind(head);
            };
        } catch (ClassCastException | IllegalArgumentException | DateTimeException | NullPointerException wrong) {
            throw new UnreadableMessageException("a member is of the wrong kind");
        }
    }

    /** Reads the reply to a call upstream. */
    public UpstreamReply readCall(Buffer bytes, Bodies bodies) throws UnreadableMessageException {
        WireMessage message = WireMessage.read(bytes, readable);
        JsonObject head = message.head();
        try {
            return switch (String.valueOf(head.getString("kind"))) {
                case "answered" -> new Answered(
                        head.getInteger("status"), readHeaders(head), message.body(),
                        new Validators(head.getString("etag"), head.getString("lastModified")),
                        Duration.ofMillis(head.getLong("ageMillis", 0L)), receivedAt(head),
                        head.getBoolean("intact", false), cost(head));
                case "not-modified" -> new NotModified(receivedAt(head));
                case "failed" -> new UpstreamReply.Failed(failure(head));
                case "streaming" -> new UpstreamReply.Streaming(
                        head.getInteger("status"), readHeaders(head), head.getLong("length", -1L),
                        bodies.at(head.getString("body")), cost(head));
                default -> throw unknownKind(head);
            };
        } catch (ClassCastException | IllegalArgumentException | DateTimeException | NullPointerException wrong) {
            throw new UnreadableMessageException("a member is of the wrong kind");
        }
    }

    /** Reads what would be said to a call upstream. */
    public UpstreamOutlook readOutlook(Buffer bytes) throws UnreadableMessageException {
        JsonObject head = WireMessage.read(bytes, readable).head();
        try {
            return new UpstreamOutlook(
                    head.getString("circuit"), head.containsKey("failure") ? failure(head) : null,
                    head.getInteger("waiting", 0));
        } catch (ClassCastException wrong) {
            throw new UnreadableMessageException("a member is of the wrong kind");
        }
    }

    private static UnreadableMessageException unknownKind(JsonObject head) {
        return new UnreadableMessageException("replies of the kind '" + head.getString("kind") + "' are not known here");
    }

    private static NearEntry entry(WireMessage message, CanonicalRequest asked) throws UnreadableMessageException {
        EntryCodec.Outcome outcome = EntryCodec.decode(message.body().getBytes(), asked.key());
        if (outcome instanceof EntryCodec.Decoded decoded) {
            return new NearEntry(decoded.answer());
        }
        throw new UnreadableMessageException("its answer is " + (outcome instanceof EntryCodec.UnknownVersion other
                ? "of version " + other.version() : "broken, or another question's"));
    }

    private static CacheDecision decision(JsonObject head) {
        return head.getBoolean("stale", false)
                ? new CacheDecision.HitStale(head.getBoolean("refresh", false)) : CacheDecision.Hit.INSTANCE;
    }

    private static ForwardReason reason(JsonObject head) {
        return ForwardReason.valueOf(head.getString("reason"));
    }

    private static UpstreamFailure failure(JsonObject head) {
        UpstreamFailure read = FlightFailure.read(head.getString("failure"));
        return new UpstreamFailure(read.kind(), read.status(), read.retryAfter(), cost(head), read.spent());
    }

    private static long cost(JsonObject head) {
        return head.getLong("costMicros", 0L);
    }

    private static Instant receivedAt(JsonObject head) {
        return Instant.ofEpochMilli(head.getLong("receivedAt"));
    }

    private static List<Header> readHeaders(JsonObject head) {
        JsonArray all = head.getJsonArray("headers");
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i + 1 < all.size(); i += 2) {
            headers.add(new Header(all.getString(i), all.getString(i + 1)));
        }
        return List.copyOf(headers);
    }
}

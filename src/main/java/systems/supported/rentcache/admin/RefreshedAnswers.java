package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.UnawaitedReply;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.refresh.QuestionReader;

/** Has single answers fetched anew, under budget and pace, whatever is kept. Thread-safe. */
public final class RefreshedAnswers {
    private static final RequestDirectives ANEW =
            new RequestDirectives(true, false, false, false, null, null, null, null);

    private final Vertx vertx;
    private final SqlTier tier;
    private final QuestionReader reader;
    private final Duration lookupTimeout;

    /** Over a tier, and the look-up of this node. */
    public RefreshedAnswers(Vertx vertx, SqlTier tier, QuestionReader reader, Duration lookupTimeout) {
        this.vertx = vertx;
        this.tier = tier;
        this.reader = reader;
        this.lookupTimeout = lookupTimeout;
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of("refreshEntry", this::refresh);
    }

    private Future<Document> refresh(Call call) {
        String key = call.text("key");
        return tier.inspect(CacheKey.parse(key)).compose(kept -> {
            String target = kept.orElseThrow(() -> RefusedCall.notFound("There is no answer " + key + "."))
                    .answer().entry().target();
            CanonicalRequest question = reader.of(target, CacheKey.parse(key)).orElseThrow(() -> RefusedCall.conflict(
                    "Answer " + key + " cannot be fetched anew: it is of another upstream or account, or its request "
                            + "asks something else by now."));
            return ask(question, call.caller());
        }).map(Document::of);
    }

    private Future<JsonObject> ask(CanonicalRequest question, ApiKey caller) {
        LookupRequest request = new LookupRequest(question, ANEW, null, caller.id(), false);
        return vertx.eventBus().<LookupReply>request(
                        Addresses.CACHE_LOOKUP, request, LocalMessages.within(lookupTimeout))
                .map(Message::body)
                .map(reply -> {
                    // The call is in the reports as all are for which no consumer waits.
                    vertx.eventBus().send(
                            Addresses.CACHE_UNAWAITED, new UnawaitedReply(request, reply), LocalMessages.LOCAL);
                    return document(question.key(), reply);
                });
    }

    private static JsonObject document(CacheKey key, LookupReply reply) {
        if (reply instanceof LookupReply.Fetched fetched) {
            Entry entry = fetched.entry().answer().entry();
            return new JsonObject()
                    .put("key", key.hex())
                    .put("result", fetched.revalidated() ? "confirmed" : "fetched")
                    .put("costMicros", fetched.costMicros())
                    .put("status", entry.status())
                    .put("fetchedAt", entry.fetchedAt().toString())
                    .put("expiresAt", entry.expiresAt().toString());
        }
        if (reply instanceof LookupReply.Streaming) {
            throw RefusedCall.conflict("Rentcast's answer is too large to be kept.");
        }
        throw RefusedCall.unavailable("Rentcast gave no answer: " + fault(reply) + " What was kept is as it was.");
    }

    private static String fault(LookupReply reply) {
        if (reply instanceof LookupReply.Failed failed) {
            return failed.failure().kind().toString().toLowerCase(Locale.ROOT).replace('_', ' ') + ".";
        }
        if (reply instanceof LookupReply.StaleOnError stale) {
            return stale.failure().kind().toString().toLowerCase(Locale.ROOT).replace('_', ' ') + ".";
        }
        return "it was not asked.";
    }
}

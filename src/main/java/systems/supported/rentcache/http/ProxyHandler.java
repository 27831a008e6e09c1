package systems.supported.rentcache.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Locale;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.UsageRecord;
import systems.supported.rentcache.analytics.UsageRing;
import systems.supported.rentcache.auth.Authentication;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.Caller;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.CacheStatus;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.cache.Freshness;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.http.AnswerWriter.Provenance;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.ops.Metrics;

/**
 * The way of a request for an API path: authenticate, interpret, admit, near tier, look-up, answer.
 *
 * <p>Where the key is known to the connection, the target was seen before and the answer is near and fresh, all of it
 * happens in this one call on the connection's event loop: no message, no other thread, no copy of the body. What has
 * to wait goes on as a future of this event loop.
 *
 * <p>Confined to one event loop.
 */
final class ProxyHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyHandler.class);
    private static final String BEARER = "Bearer ";
    /** The key id of requests whose key was not accepted. */
    private static final long NOBODY = -1;
    private static final String GET_AND_HEAD = "GET, HEAD, OPTIONS";
    private static final String POST = "POST, OPTIONS";

    private final Vertx vertx;
    private final Context context;
    private final ServingParts parts;
    private final Authenticator authenticator;
    private final Interpreter interpreter;
    private final NearCache near;
    private final InstantSource clock;
    private final ZoneId zone;
    private final Origins origins;
    private final AnswerWriter writer;
    private final UsageRing usage;
    private final Metrics metrics;
    private final DeliveryOptions lookupOptions;
    private final BulkEstimates bulk;
    private Quota.Period period;

    ProxyHandler(Vertx vertx, Context context, ServingParts parts, Origins origins, UsageRing usage) {
        this.vertx = vertx;
        this.context = context;
        this.parts = parts;
        this.authenticator = parts.authenticator();
        this.interpreter = parts.interpreter();
        this.near = parts.near();
        this.clock = parts.clock();
        this.zone = parts.options().zone();
        this.origins = origins;
        this.writer = new AnswerWriter(origins);
        this.usage = usage;
        this.metrics = parts.metrics();
        this.lookupOptions = LocalMessages.within(parts.options().lookupTimeout());
        this.bulk = new BulkEstimates(this, interpreter);
        this.period = Quota.Period.at(clock.instant(), zone);
    }

    /** Whether a target is for this handler. */
    static boolean isApi(String target) {
        return target.startsWith(Interpreter.RENTCAST_PREFIX) || target.startsWith(Interpreter.ORIGINAL_PREFIX);
    }

    /**
     * Answers a request.
     *
     * @param target the request target in origin form
     */
    void handle(HttpServerRequest request, String target, ConnectionState connection) {
        Exchange exchange = new Exchange(request, context, connection, System.nanoTime(), clock.millis());
        HttpMethod method = request.method();
        if (method == HttpMethod.GET || method == HttpMethod.HEAD) {
            if (hasBody(request)) {
                refuse(exchange, Problem.malformed("A GET request has no body here."));
                return;
            }
            authenticate(exchange, () -> ask(exchange, target));
        } else if (method == HttpMethod.OPTIONS) {
            origins.preflight(request, BulkEstimates.isBulk(target) ? POST : GET_AND_HEAD);
        } else if (method == HttpMethod.POST && BulkEstimates.isBulk(target)) {
            request.pause();
            authenticate(exchange, () -> bulk.handle(exchange, target, parts.options().maxBodyBytes()));
        } else {
            refuse(exchange, Problem.methodNotAllowed(
                    method.name(), BulkEstimates.isBulk(target) ? POST : GET_AND_HEAD));
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.headers().get(Headers.CONTENT_LENGTH);
        return length != null && !length.equals("0") || request.headers().contains(Headers.TRANSFER_ENCODING);
    }

    private void authenticate(Exchange exchange, Runnable next) {
        String value = presented(exchange.request);
        if (value == null) {
            refuse(exchange, Problem.keyMissing());
            return;
        }
        exchange.presented = value;
        long epoch = authenticator.epoch();
        Caller known = exchange.connection.callerOf(value, epoch);
        if (known != null && authenticator.isAccepted(known)) {
            proceed(exchange, known, next);
            return;
        }
        authenticator.verify(value).onSuccess(authentication -> {
            if (authentication instanceof Authentication.Accepted accepted) {
                exchange.connection.remember(value, accepted.caller(), epoch);
                guarded(exchange, () -> proceed(exchange, accepted.caller(), next));
            } else {
                refuse(exchange, authentication instanceof Authentication.Unavailable
                        ? Problem.keyStoreAway() : Problem.keyUnknown());
            }
        });
    }

    private void proceed(Exchange exchange, Caller caller, Runnable next) {
        exchange.caller = caller;
        if (caller.key().may(Permission.READ)) {
            next.run();
        } else {
            refuse(exchange, Problem.permissionMissing(Permission.READ.text(), "Asking questions"));
        }
    }

    private static String presented(HttpServerRequest request) {
        String value = request.headers().get(Headers.X_API_KEY);
        if (value != null) {
            return value.isEmpty() ? null : value;
        }
        String authorization = request.headers().get(Headers.AUTHORIZATION);
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return null;
        }
        String token = authorization.substring(BEARER.length()).strip();
        return token.isEmpty() ? null : token;
    }

    private void ask(Exchange exchange, String target) {
        Question question = interpreter.remembered(target);
        if (question == null) {
            Interpretation interpretation = interpreter.interpret(target);
            if (interpretation instanceof Interpretation.Fails fails) {
                refuse(exchange, fails.problem());
                return;
            }
            question = ((Interpretation.Asks) interpretation).question();
        }
        Problem problem = admit(exchange, question);
        if (problem != null) {
            refuse(exchange, problem);
            return;
        }
        NearEntry hit = nearHit(exchange);
        if (hit != null) {
            answerNear(exchange, hit);
        } else {
            lookUp(exchange, reply -> answer(exchange, reply));
        }
    }

    /** Sets an exchange's question and counts it; says why not where it is refused. */
    Problem admit(Exchange exchange, Question question) {
        exchange.question = parts.options().consumerPays() && !parts.options().shareAcrossAccounts()
                ? Interpreter.forAccount(question, Long.toString(exchange.caller.key().id()))
                : question;
        boolean costly = question.flags().forceRefresh() || question.flags().ttlOverride() != null;
        if (costly && !exchange.caller.key().may(Permission.REFRESH)) {
            return Problem.permissionMissing(Permission.REFRESH.text(), "force_refresh or ttl_override");
        }
        Caller caller = exchange.caller;
        Admission admission = caller.limits().admit(
                caller.policy(), question.endpoint().ordinal(), periodAt(exchange.millis), exchange.millis);
        exchange.admission = admission;
        return admission.admitted() ? null : Problem.limited(admission, question.endpoint().name());
    }

    private Quota.Period periodAt(long millis) {
        if (millis >= period.dayEndsAt()) {
            period = Quota.Period.at(Instant.ofEpochMilli(millis), zone);
        }
        return period;
    }

    /** The fresh answer of the near tier; null where there is none. */
    NearEntry nearHit(Exchange exchange) {
        Question question = exchange.question;
        NearEntry entry = near.get(question.request().key());
        if (entry == null) {
            return null;
        }
        CacheDecision decision = CacheDecision.decide(
                entry.answer().entry(), question.request().endpoint().cacheable(), question.flags().forceRefresh(),
                Instant.ofEpochMilli(exchange.millis));
        return decision instanceof CacheDecision.Hit ? entry : null;
    }

    private void answerNear(Exchange exchange, NearEntry entry) {
        NearEntry.Moment moment = entry.at(exchange.millis);
        int status = writer.answer(
                exchange, entry, new Provenance(Headers.HIT, moment.cacheStatus(), moment.age(), 0));
        record(exchange, status, CacheResult.HIT_NEAR, 0, worth(entry));
    }

    /** Asks behind the near tier; the reply comes on this event loop, and only if somebody still waits for it. */
    void lookUp(Exchange exchange, Consumer<LookupReply> next) {
        Question question = exchange.question;
        ConsumerKey consumerKey = parts.options().consumerPays() ? new ConsumerKey(exchange.presented) : null;
        LookupRequest request = new LookupRequest(
                question.request(), question.flags().forceRefresh(), question.flags().ttlOverride(), consumerKey);
        Future<Message<LookupReply>> reply =
                vertx.eventBus().request(Addresses.CACHE_LOOKUP, request, lookupOptions);
        reply.onComplete(done -> {
            if (done.failed()) {
                failed(exchange, done.cause());
            } else if (exchange.isOpen()) {
                guarded(exchange, () -> next.accept(done.result().body()));
            } else if (done.result().body() instanceof LookupReply.Streaming streaming) {
                streaming.body().abandon();
            }
        });
    }

    private void answer(Exchange exchange, LookupReply reply) {
        if (reply instanceof LookupReply.Found found) {
            Outcome outcome = outcome(found);
            int status = writer.answer(exchange, found.entry(), provenance(found));
            record(exchange, status, outcome.result(), 0, outcome.savedMicros());
        } else if (reply instanceof LookupReply.Fetched fetched) {
            Outcome outcome = outcome(fetched);
            int status = writer.answer(exchange, fetched.entry(), provenance(fetched));
            record(exchange, status, outcome.result(), fetched.costMicros(), outcome.savedMicros());
        } else if (reply instanceof LookupReply.Streaming streaming) {
            String cacheStatus =
                    CacheStatus.forwarded(streaming.reason(), streaming.status(), false, false, "too-large");
            writer.stream(exchange, streaming,
                    new Provenance(Headers.MISS, cacheStatus, "0", streaming.costMicros()));
            record(exchange, streaming.status(), CacheResult.BYPASS, streaming.costMicros(), 0);
        } else if (reply instanceof LookupReply.Failed failed) {
            fail(exchange, failed);
        }
    }

    /**
     * What is recorded of an answer.
     *
     * @param result      how the cache took part
     * @param savedMicros what the answer would have cost without the cache, less what it cost
     */
    record Outcome(CacheResult result, long savedMicros) {
    }

    private Outcome outcome(LookupReply.Found found) {
        return new Outcome(found.tier().equals("near") ? CacheResult.HIT_NEAR : CacheResult.HIT_SQL,
                worth(found.entry()));
    }

    private Outcome outcome(LookupReply.Fetched fetched) {
        if (fetched.collapsed()) {
            return new Outcome(CacheResult.COALESCED, worth(fetched.entry()));
        }
        if (fetched.revalidated()) {
            return new Outcome(CacheResult.REVALIDATED, worth(fetched.entry()));
        }
        return new Outcome(fetched.stored() ? CacheResult.MISS : CacheResult.BYPASS, 0);
    }

    Provenance provenance(LookupReply.Found found) {
        Instant now = clock.instant();
        return new Provenance(
                Headers.HIT,
                CacheStatus.hit(Freshness.freshFor(found.entry().answer().entry(), now), found.tier()),
                age(found.entry(), now), 0);
    }

    Provenance provenance(LookupReply.Fetched fetched) {
        String status = CacheStatus.forwarded(
                fetched.reason(),
                fetched.revalidated() ? 304 : fetched.entry().answer().entry().status(),
                fetched.stored(), fetched.collapsed(), null);
        return new Provenance(
                fetched.revalidated() ? Headers.REVALIDATED : Headers.MISS, status,
                age(fetched.entry(), clock.instant()), fetched.costMicros());
    }

    private static String age(NearEntry entry, Instant now) {
        return Long.toString(Freshness.currentAge(entry.answer().entry(), now).toSeconds());
    }

    /** What a call for an answer would have cost: Rentcast bills a 200 with a body and nothing else. */
    private long worth(NearEntry entry) {
        boolean billed = entry.answer().entry().status() == 200 && entry.answer().body().length() > 0;
        return billed ? parts.options().priceMicros() : 0;
    }

    private void fail(Exchange exchange, LookupReply.Failed failed) {
        giveBack(exchange);
        Problem problem = Problem.upstream(failed.failure());
        String detail = failed.failure().kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        writer.problem(exchange, problem, CacheStatus.forwarded(
                failed.reason(), failed.failure().status(), false, failed.collapsed(), detail));
        record(exchange, problem.status(), CacheResult.FAILED,
                failed.collapsed() ? 0 : failed.failure().costMicros(), 0);
    }

    /** A request that got no answer counts against nothing. */
    void giveBack(Exchange exchange) {
        exchange.caller.limits().giveBack(exchange.caller.policy(), exchange.question.endpoint().ordinal());
    }

    private void refuse(Exchange exchange, Problem problem) {
        if (!exchange.isOpen()) {
            return;
        }
        exchange.request.resume();
        metrics.refused(problem.reason()).increment();
        writer.problem(exchange, problem);
        record(exchange, problem.status(), CacheResult.REFUSED, 0, 0);
    }

    /** Answers with a problem of our own making. */
    void failed(Exchange exchange, Throwable failure) {
        LOG.error("A request to {} failed", exchange.question == null ? "the API"
                : exchange.question.endpoint().name(), failure);
        if (exchange.isOpen() && !exchange.response.headWritten()) {
            writer.problem(exchange, Problem.internal());
            record(exchange, 500, CacheResult.FAILED, 0, 0);
        } else {
            exchange.response.reset();
        }
    }

    private void guarded(Exchange exchange, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException failure) {
            failed(exchange, failure);
        }
    }

    AnswerWriter writer() {
        return writer;
    }

    /** Leaves a usage record of an answer. */
    void record(Exchange exchange, int status, CacheResult result, long costMicros, long savedMicros) {
        Question question = exchange.question;
        UsageRecord.Client client = usage.takesDetail(exchange.millis)
                ? new UsageRecord.Client(
                        exchange.request.headers().get("User-Agent"),
                        parts.options().anonymizeAddresses()
                                ? Addressing.anonymous(exchange.connection.address(exchange.request))
                                : exchange.connection.address(exchange.request))
                : null;
        usage.add(new UsageRecord(
                exchange.millis,
                exchange.caller == null ? NOBODY : exchange.caller.key().id(),
                question == null ? "none" : question.endpoint().name(),
                exchange.request.method().name(),
                status,
                exchange.elapsedMicros(),
                result,
                costMicros,
                savedMicros,
                question == null ? null : question.request().key(),
                client));
    }

    /** The reply of a bulk request's part, recorded as an answer of its own. */
    void recordPart(Exchange part, LookupReply reply) {
        if (reply instanceof LookupReply.Found found) {
            Outcome outcome = outcome(found);
            record(part, found.entry().answer().entry().status(), outcome.result(), 0, outcome.savedMicros());
        } else if (reply instanceof LookupReply.Fetched fetched) {
            Outcome outcome = outcome(fetched);
            record(part, fetched.entry().answer().entry().status(), outcome.result(), fetched.costMicros(),
                    outcome.savedMicros());
        }
    }
}

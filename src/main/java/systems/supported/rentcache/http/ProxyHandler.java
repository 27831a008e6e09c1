package systems.supported.rentcache.http;

import io.micrometer.core.instrument.Counter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.analytics.AnswerTally;
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
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.RequestTrace;
import systems.supported.rentcache.coordination.LimitRequest;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.peer.PeerAddress;

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
    /** The status of the record of an answer that nobody waited for; nginx's word for it. */
    private static final int CLIENT_GONE = 499;
    private static final int NOT_MODIFIED = 304;
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
    /** Counts answers; null where nothing is measured. */
    private final AnswerTally tally;
    private final Metrics metrics;
    private final DeliveryOptions lookupOptions;
    private final long priceMicros;
    private final Outcome nearBilled;
    private final Outcome nearFree;
    private final Outcome staleBilled;
    private final Outcome staleFree;
    private final Counter directivesIgnored;
    private final BulkEstimates bulk;
    private final StaleServings staleServings;
    private Quota.Period period;

    ProxyHandler(
            Vertx vertx, Context context, ServingParts parts, Interpreter interpreter, Origins origins,
            UsageRing usage, AnswerTally tally) {
        this.vertx = vertx;
        this.context = context;
        this.parts = parts;
        this.authenticator = parts.authenticator();
        this.interpreter = interpreter;
        this.near = parts.near();
        this.clock = parts.clock();
        this.zone = parts.settings().limiting().zone();
        this.origins = origins;
        this.writer = new AnswerWriter(origins);
        this.usage = usage;
        this.tally = tally;
        this.metrics = parts.metrics();
        this.lookupOptions = LocalMessages.within(parts.lookupTimeout());
        this.directivesIgnored = metrics.directivesIgnored();
        this.priceMicros = parts.settings().upstream().pricePerCallMicros();
        this.nearBilled = Outcome.near(CacheResult.HIT_NEAR, priceMicros, true);
        this.nearFree = Outcome.near(CacheResult.HIT_NEAR, priceMicros, false);
        this.staleBilled = Outcome.near(CacheResult.STALE, priceMicros, true);
        this.staleFree = Outcome.near(CacheResult.STALE, priceMicros, false);
        this.bulk = new BulkEstimates(vertx, this, interpreter, clock);
        this.staleServings = new StaleServings(vertx, parts.events(), metrics);
        this.period = Quota.Period.at(clock.instant(), zone);
    }

    /** Whether a target is for this handler. */
    static boolean isApi(String target) {
        return TargetReader.isApi(target);
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
            authenticate(exchange, () -> bulk.handle(
                    exchange, target, parts.settings().server().maxBodyBytes(),
                    parts.settings().server().idleTimeout()));
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
        // A node that stood still, or could not ask, does not know yet whose key was revoked meanwhile.
        boolean trusted = near.isTrusted();
        Caller known = trusted ? exchange.connection.callerOf(value, epoch) : null;
        if (known != null && authenticator.isAccepted(known)) {
            guarded(exchange, () -> proceed(exchange, known, next));
            return;
        }
        PeerAddress from = exchange.connection.consumer(exchange.request);
        (trusted ? authenticator.verify(value, from) : authenticator.confirm(value, from)).onSuccess(authentication -> {
            if (authentication instanceof Authentication.Accepted accepted) {
                exchange.connection.remember(value, accepted.caller(), epoch);
                guarded(exchange, () -> proceed(exchange, accepted.caller(), next));
            } else {
                refuse(exchange, Problem.notAccepted(authentication));
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

    /** The key that a request presents; null where it presents none. */
    static String presented(HttpServerRequest request) {
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
        if (exchange.caller.key().may(Permission.ADMIN)
                && Explanations.WANTED.equals(exchange.request.headers().get(Headers.X_RENTCACHE_EXPLAIN))) {
            explain(exchange, target);
        } else {
            answer(exchange, target);
        }
    }

    /** Tells in the answer's headers what was to be expected, before anything about it is done. */
    private void explain(Exchange exchange, String target) {
        parts.explanations().look(target, exchange.request.headers().get(Headers.CACHE_CONTROL), exchange.caller)
                .onComplete(told -> context.runOnContext(here -> {
                    if (told.failed()) {
                        LOG.warn("A request could not be explained", told.cause());
                    } else if (exchange.isOpen()) {
                        exchange.response.headers().add(Headers.X_RENTCACHE_EXPLAIN, told.result().header());
                    }
                    guarded(exchange, () -> answer(exchange, target));
                }));
    }

    private void answer(Exchange exchange, String target) {
        Question question = interpreter.remembered(target);
        if (question == null) {
            Interpretation interpretation = interpreter.interpret(target);
            if (interpretation instanceof Interpretation.Fails fails) {
                refuse(exchange, BulkEstimates.isBulk(target)
                        ? Problem.methodNotAllowed(exchange.request.method().name(), POST) : fails.problem());
                return;
            }
            question = ((Interpretation.Asks) interpretation).question();
        }
        Problem problem = admit(exchange, question);
        if (problem == null && exchange.admission == null) {
            awaitAdmission(exchange).onSuccess(late -> {
                if (exchange.isOpen()) {
                    guarded(exchange, () -> serve(exchange, late));
                }
            });
            return;
        }
        serve(exchange, problem);
    }

    private void serve(Exchange exchange, Problem problem) {
        if (problem != null) {
            refuse(exchange, problem);
            return;
        }
        NearEntry hit = nearHit(exchange);
        if (hit != null) {
            answerNear(exchange, hit);
        } else {
            lookUp(exchange, reply -> answer(exchange, reply), failure -> failed(exchange, failure));
        }
    }

    /**
     * Sets an exchange's question and counts it; says why not where it is refused. Where that takes a call to the store
     * of the limits, the exchange has no admission then, and it is {@linkplain #awaitAdmission waited} for.
     */
    Problem admit(Exchange exchange, Question question) {
        exchange.question = parts.keepsAccountsApart()
                ? Interpreter.forAccount(question, Long.toString(exchange.caller.key().id()))
                : question;
        RequestDirectives asked =
                RequestDirectives.of(exchange.request.headers().get(Headers.CACHE_CONTROL), question.flags());
        Problem forbidden = DirectiveRights.refusal(asked, question.flags(), exchange.caller.key());
        exchange.directives = DirectiveRights.allowed(asked, exchange.caller.key());
        if (forbidden != null) {
            return forbidden;
        }
        if (exchange.directives != asked) {
            directivesIgnored.increment();
        }
        Caller caller = exchange.caller;
        exchange.period = periodAt(exchange.millis);
        Admission admission = caller.limits().leased() == null
                ? caller.limits().admit(
                        caller.policy(), question.endpoint().ordinal(), exchange.period, exchange.millis)
                : parts.sharedLimits().admit(limitRequest(exchange));
        return admission == null ? null : admitted(exchange, admission);
    }

    /** Counts an exchange once the limits' store has answered; what refuses it, or null. Comes on this event loop. */
    Future<Problem> awaitAdmission(Exchange exchange) {
        Promise<Problem> answer = Promise.promise();
        parts.sharedLimits().await(limitRequest(exchange)).onComplete(done -> context.runOnContext(
                here -> answer.complete(admitted(exchange, done.result()))));
        return answer.future();
    }

    private static Problem admitted(Exchange exchange, Admission admission) {
        exchange.admission = admission;
        return admission.admitted() ? null : Problem.limited(admission, exchange.question.endpoint().name());
    }

    private static LimitRequest limitRequest(Exchange exchange) {
        Caller caller = exchange.caller;
        return new LimitRequest(
                caller.key().id(), caller.limits(), caller.policy(), exchange.question.endpoint().ordinal(),
                exchange.period, exchange.millis);
    }

    private Quota.Period periodAt(long millis) {
        if (millis >= period.dayEndsAt()) {
            period = Quota.Period.at(Instant.ofEpochMilli(millis), zone);
        }
        return period;
    }

    /** The answer of the near tier that can be given as it is, by the exchange's decision; null where there is none. */
    NearEntry nearHit(Exchange exchange) {
        Question question = exchange.question;
        NearEntry entry = near.get(question.request().key());
        if (entry == null || !near.isTrusted()) {
            return null;
        }
        exchange.decision = CacheDecision.decide(
                entry.answer().entry(), exchange.directives, question.request().endpoint(),
                Instant.ofEpochMilli(exchange.millis));
        return exchange.decision instanceof CacheDecision.Hit || exchange.decision instanceof CacheDecision.HitStale
                ? entry : null;
    }

    private void answerNear(Exchange exchange, NearEntry entry) {
        NearEntry.Moment moment = entry.at(exchange.millis);
        boolean fresh = exchange.decision instanceof CacheDecision.Hit;
        int status = writer.answer(exchange, entry, new Provenance(
                fresh ? Headers.HIT : Headers.STALE, moment.cacheStatus(), moment.age(), 0));
        boolean billed = Outcome.isBilled(entry) && !isConfirmed(status, entry);
        record(exchange, status, fresh ? billed ? nearBilled : nearFree : billed ? staleBilled : staleFree);
        if (!fresh) {
            staleServings.add(exchange, entry, StaleServings.WHILE_REVALIDATED);
            refresh(exchange, entry, exchange.decision);
        }
    }

    /** Has a stale answer that was given fetched anew in the background, where that is due. */
    void refresh(Exchange exchange, NearEntry entry, CacheDecision decision) {
        if (decision instanceof CacheDecision.HitStale stale && stale.refresh() && entry.isRefreshDue(
                exchange.question.request().endpoint().stale().demand(), exchange.millis)) {
            vertx.eventBus().send(
                    Addresses.CACHE_REFRESH, lookupRequest(exchange, RequestDirectives.NONE, true),
                    LocalMessages.LOCAL);
        }
    }

    private LookupRequest lookupRequest(Exchange exchange, RequestDirectives directives, boolean background) {
        return new LookupRequest(
                exchange.question.request(), directives,
                parts.consumerPays() ? new ConsumerKey(exchange.presented) : null, exchange.caller.key().id(),
                background, background ? RequestTrace.NONE : trace(exchange));
    }

    /** By what a request is known outside; never asked for on a hit. */
    private RequestTrace trace(Exchange exchange) {
        if (parts.settings().tracing().isOn()) {
            // The tracer passes its own context on.
            SpanContext span = Span.current().getSpanContext();
            return new RequestTrace(writer.idOf(exchange), span.isValid() ? span.getTraceId() : null, null, null);
        }
        MultiMap headers = exchange.request.headers();
        return RequestTrace.of(
                writer.idOf(exchange), headers.get(Headers.TRACEPARENT), headers.get(Headers.TRACESTATE));
    }

    /**
     * Asks behind the near tier. What comes of it comes on this event loop, and only if somebody still waits for it;
     * what was paid is recorded either way.
     */
    void lookUp(Exchange exchange, Consumer<LookupReply> next, Consumer<Throwable> otherwise) {
        metrics.waiting().increment();
        Future<Message<LookupReply>> reply = vertx.eventBus().request(
                Addresses.CACHE_LOOKUP, lookupRequest(exchange, exchange.directives, false), lookupOptions);
        reply.onComplete(done -> {
            metrics.waiting().decrement();
            if (done.failed()) {
                giveBack(exchange);
                otherwise.accept(done.cause());
            } else if (exchange.isOpen()) {
                guarded(exchange, () -> next.accept(done.result().body()));
            } else {
                nobodyWaits(exchange, done.result().body());
            }
        });
    }

    private void nobodyWaits(Exchange exchange, LookupReply reply) {
        if (reply instanceof LookupReply.Streaming streaming) {
            streaming.body().abandon();
        } else if (reply instanceof LookupReply.Failed || reply instanceof LookupReply.OnlyIfCachedMiss) {
            giveBack(exchange);
        }
        record(exchange, CLIENT_GONE, outcome(reply).unawaited());
    }

    private void answer(Exchange exchange, LookupReply reply) {
        Instant now = clock.instant();
        staleServings.add(exchange, reply);
        if (reply instanceof LookupReply.Found found) {
            recordKept(exchange, writer.answer(exchange, found.entry(), Provenance.of(found, now)), found.entry(), reply);
            refresh(exchange, found.entry(), found.decision());
        } else if (reply instanceof LookupReply.StaleOnError stale) {
            recordKept(exchange, writer.answer(exchange, stale.entry(), Provenance.of(stale, now)), stale.entry(), reply);
        } else if (reply instanceof LookupReply.OnlyIfCachedMiss) {
            giveBack(exchange);
            Problem problem = Problem.notCached();
            writer.problem(exchange, problem, CacheStatus.onlyIfCachedMiss());
            record(exchange, problem.status(), outcome(reply));
        } else if (reply instanceof LookupReply.Fetched fetched) {
            recordKept(
                    exchange, writer.answer(exchange, fetched.entry(), Provenance.of(fetched, now)), fetched.entry(), reply);
        } else if (reply instanceof LookupReply.Streaming streaming) {
            String cacheStatus =
                    CacheStatus.forwarded(streaming.reason(), streaming.status(), false, false, "too-large");
            if (exchange.question.view() == Question.View.COMPARABLES) {
                streaming.body().abandon();
                Problem problem = Problem.upstreamTooLarge();
                writer.problem(exchange, problem, cacheStatus);
                record(exchange, problem.status(), outcome(reply));
                return;
            }
            writer.stream(exchange, streaming,
                    new Provenance(Headers.MISS, cacheStatus, "0", streaming.costMicros()));
            record(exchange, streaming.status(), outcome(reply));
        } else if (reply instanceof LookupReply.Failed failed) {
            fail(exchange, failed);
        }
    }

    private void recordKept(Exchange exchange, int status, NearEntry entry, LookupReply reply) {
        Outcome outcome = outcome(reply);
        record(exchange, status, isConfirmed(status, entry) ? outcome.freeUncached() : outcome);
    }

    /** Whether Rentcast itself would have said that what the consumer has is still right, which it does not bill. */
    private static boolean isConfirmed(int status, NearEntry entry) {
        return status == NOT_MODIFIED && entry.answer().entry().validators().isPresent();
    }

    private Outcome outcome(LookupReply reply) {
        return Outcome.of(reply, priceMicros);
    }

    private void fail(Exchange exchange, LookupReply.Failed failed) {
        giveBack(exchange);
        Problem problem = Problem.upstream(failed.failure());
        writer.problem(exchange, problem, CacheStatus.forwarded(
                failed.reason(), failed.failure().status(), false, failed.collapsed(),
                Provenance.detail(failed.failure())));
        record(exchange, problem.status(), outcome(failed));
    }

    /** A request that got no answer counts against nothing. */
    void giveBack(Exchange exchange) {
        if (exchange.caller.limits().leased() != null) {
            parts.sharedLimits().giveBack(limitRequest(exchange), exchange.elapsedMicros());
            return;
        }
        exchange.caller.limits().giveBack(
                exchange.caller.policy(), exchange.question.endpoint().ordinal(), exchange.period, exchange.millis);
    }

    /** Answers with a problem, counted as a refusal. */
    void refuse(Exchange exchange, Problem problem) {
        if (!exchange.isOpen()) {
            return;
        }
        if (hasBody(exchange.request)) {
            // Nobody reads it, however much is still to come.
            Rejections.closeAfterwards(vertx, exchange.request);
        }
        exchange.request.resume();
        metrics.refused(problem.reason()).increment();
        writer.problem(exchange, problem);
        record(exchange, problem.status(), Outcome.refused(problem.reason()));
    }

    /** Answers with a problem of our own making. */
    void failed(Exchange exchange, Throwable failure) {
        trace(exchange).in(LOG.atError()).setCause(failure).log("A request to {} failed",
                exchange.question == null ? "the API" : exchange.question.endpoint().name());
        if (exchange.isOpen() && !exchange.response.headWritten()) {
            writer.problem(exchange, Problem.internal());
        } else {
            exchange.response.reset();
        }
        if (!exchange.recorded) {
            record(exchange, Problem.internal().status(), Outcome.failed());
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

    /**
     * Counts an answer and leaves a usage record of it. Rentcast bills none without a body: no HEAD would have cost
     * anything.
     */
    void record(Exchange exchange, int status, Outcome outcome) {
        if (exchange.isHead() && outcome.uncachedCalls() > 0) {
            record(exchange, status, outcome.freeUncached());
            return;
        }
        exchange.recorded = true;
        Question question = exchange.question;
        int micros = exchange.elapsedMicros();
        if (tally != null) {
            tally.add(
                    question == null ? -1 : question.endpoint().ordinal(), outcome.result(), status, micros,
                    outcome.savedMicros());
        }
        long weight = usage.takesDetail(exchange.millis, outcome.result());
        usage.add(new UsageRecord(
                exchange.millis,
                exchange.caller == null ? NOBODY : exchange.caller.key().id(),
                question == null ? "none" : question.endpoint().name(),
                exchange.request.method().name(),
                status,
                micros,
                outcome.result(),
                outcome.tier(),
                outcome.reason(),
                outcome.costMicros(),
                outcome.savedMicros(),
                outcome.paidCalls(),
                outcome.uncachedCalls(),
                question == null ? null : question.request().key(),
                weight == 0 ? null : detail(exchange, weight)));
    }

    private UsageRecord.Detail detail(Exchange exchange, long weight) {
        String address = exchange.connection.address(exchange.request);
        return new UsageRecord.Detail(
                exchange.request.headers().get("User-Agent"),
                parts.settings().analytics().anonymizeAddresses() ? Addressing.anonymous(address) : address, weight);
    }

    /** The reply to a bulk request's part, recorded as an answer of its own with the status that the part has. */
    void recordPart(Exchange part, int status, LookupReply reply) {
        staleServings.add(part, reply);
        record(part, status, outcome(reply));
    }

    /** A bulk request's part that was refused, counted and recorded as a request of its own. */
    void recordRefusedPart(Exchange part, Problem problem) {
        metrics.refused(problem.reason()).increment();
        record(part, problem.status(), Outcome.refused(problem.reason()));
    }
}

package systems.supported.rentcache.upstream;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.Awaited;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamOutlook;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.coordination.BudgetAnswer;
import systems.supported.rentcache.coordination.BudgetAsk;
import systems.supported.rentcache.coordination.BudgetLedger;
import systems.supported.rentcache.coordination.CallLeases;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.limits.Circuit;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Answers {@link UpstreamRequest}s on the event bus: refuses what cannot be called now, has the ledger reserve the
 * cost, waits for a turn, calls unless the endpoint's circuit is open or too little time is left, and calls again where
 * a failure was free. One instance for a process: it keeps the pace of all its calls, with the other nodes where there
 * are some.
 */
public final class UpstreamFetchVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamFetchVerticle.class);
    private static final Duration LEDGER_BACK = Duration.ofSeconds(2);
    /** With less time than this left an answer would be paid for and hardly be in time. */
    private static final Duration LEAST_FOR_A_CALL = Duration.ofSeconds(1);

    private final UpstreamOptions options;
    private final CallLeases leases;
    private final InstantSource clock;
    private final Metrics metrics;
    private final PartHealth health;
    private final BudgetLedger ledger;
    private final EventPublisher events;
    private UpstreamClient client;
    private UpstreamShaper shaper;
    private Circuits circuits;

    /**
     * The verticle over an upstream.
     *
     * @param leases the calls that nodes make together; null where this process makes all of them
     * @param ledger says whether calls may be made; this verticle starts and stops it
     * @param health is told how calls end
     * @param events publishes what becomes of circuits
     */
    public UpstreamFetchVerticle(
            UpstreamOptions options, CallLeases leases, BudgetLedger ledger, InstantSource clock, Metrics metrics,
            PartHealth health, EventPublisher events) {
        this.leases = leases;
        this.options = options;
        this.clock = clock;
        this.metrics = metrics;
        this.health = health;
        this.ledger = ledger;
        this.events = events;
    }

    @Override
    public Future<?> start() {
        client = new UpstreamClient(vertx, options, clock);
        circuits = new Circuits(events, clock, metrics, health);
        shaper = new UpstreamShaper(vertx, options, leases, System::nanoTime);
        metrics.gauge("rentcache.upstream.waiting", "Calls that wait for their turn", shaper::waiting);
        vertx.eventBus().<UpstreamRequest>localConsumer(Addresses.UPSTREAM_OUTLOOK)
                .handler(message -> message.reply(outlook(message.body())));
        return ledger.start().compose(started -> vertx.eventBus()
                .<UpstreamRequest>localConsumer(Addresses.UPSTREAM_FETCH)
                .handler(this::answer)
                .completion());
    }

    @Override
    public Future<?> stop() {
        // Not left to Vert.x: what is kept open would hold the whole node in memory where others go on beside it.
        return ledger.stop().eventually(client::close);
    }

    private void answer(Message<UpstreamRequest> message) {
        fetch(message.body()).onSuccess(message::reply).onFailure(failure -> {
            message.body().trace().in(LOG.atError()).setCause(failure)
                    .log("A call for {} failed", message.body().request().endpoint().name());
            message.fail(500, failure.toString());
        });
    }

    private Future<UpstreamReply> fetch(UpstreamRequest request) {
        long deadline = System.nanoTime() + longest().toNanos();
        // An upstream that cannot be asked is no load on the database.
        UpstreamFailure refusal = refusal(request, deadline);
        Future<UpstreamReply> fetched = refusal == null ? reserveAndCall(request, deadline)
                : Future.succeededFuture(notAsked(refusal).reply());
        return request.background() ? fetched.map(UpstreamFetchVerticle::gaveWay) : fetched;
    }

    private Future<UpstreamReply> reserveAndCall(UpstreamRequest request, long deadline) {
        BudgetAsk ask = new BudgetAsk(
                request.keyId(), request.request().endpoint().name(), request.consumerKey() == null,
                request.background());
        return Awaited.here(vertx, ledger.reserve(ask)).compose(answer -> {
            if (answer instanceof BudgetAnswer.Reserved reserved) {
                return attempt(request, 1, deadline)
                        .onSuccess(ended -> settle(reserved, ended))
                        .onFailure(unknown -> ledger.commit(reserved))
                        .map(Ended::reply);
            }
            return Future.succeededFuture(answer instanceof BudgetAnswer.Refused refused
                    ? new UpstreamReply.Failed(spent(refused))
                    : new UpstreamReply.Failed(
                            new UpstreamFailure(Kind.BUDGET_UNKNOWN, 0, LEDGER_BACK, 0)));
        });
    }

    /** A refresh that was not made says nothing to those who ask because they wait for an answer. */
    private static UpstreamReply gaveWay(UpstreamReply reply) {
        return reply instanceof UpstreamReply.Failed failed && switch (failed.failure().kind()) {
            case BUDGET_SPENT, BUDGET_UNKNOWN, QUEUE_FULL -> true;
            default -> false;
        } ? new UpstreamReply.Failed(new UpstreamFailure(
                Kind.GAVE_WAY, 0, failed.failure().retryAfter(), 0, failed.failure().spent())) : reply;
    }

    /** A reservation holds over all attempts, for each but the last one was free. */
    private void settle(BudgetAnswer.Reserved reserved, Ended ended) {
        if (ended.billed()) {
            ledger.commit(reserved);
        } else {
            ledger.release(reserved);
        }
    }

    private UpstreamFailure spent(BudgetAnswer.Refused refused) {
        return UpstreamFailure.budgetSpent(refused.scope(), refused.renewsAt(), clock.instant());
    }

    /** What would be said to a call now, but for its budgets; none is made. */
    private UpstreamOutlook outlook(UpstreamRequest request) {
        boolean payerKnown = request.consumerKey() != null || !options.keys().isEmpty();
        UpstreamFailure refusal = payerKnown
                ? refusal(request, System.nanoTime() + longest().toNanos())
                : route(request).refusal(request.background());
        return new UpstreamOutlook(route(request).state(), refusal, shaper.waiting());
    }

    private Duration longest() {
        return options.timeout().plus(UpstreamOptions.MOST_WAITING);
    }

    /** Why a call is not made, as far as it is known before it has its turn; null where it may be. */
    private UpstreamFailure refusal(UpstreamRequest request, long deadline) {
        UpstreamFailure refusal = refusalAtTurn(request, deadline);
        return refusal != null ? refusal : shaper.refusal(request, waitLeft(deadline));
    }

    /** Why a call is not made whose turn it is; null where it may be. */
    private UpstreamFailure refusalAtTurn(UpstreamRequest request, long deadline) {
        UpstreamFailure refusal = route(request).refusal(request.background());
        return refusal != null || deadline - System.nanoTime() >= leastForACall().toNanos() ? refusal
                : new UpstreamFailure(Kind.QUEUE_FULL, 0, UpstreamOptions.MOST_WAITING, 0);
    }

    private Circuits.Route route(UpstreamRequest request) {
        return circuits.of(request.request().endpoint().name());
    }

    private Duration leastForACall() {
        return options.timeout().compareTo(LEAST_FOR_A_CALL) < 0 ? options.timeout() : LEAST_FOR_A_CALL;
    }

    /** How long a call may wait for its turn and still be worth making. */
    private Duration waitLeft(long deadline) {
        return timeLeft(deadline - leastForACall().toNanos(), UpstreamOptions.MOST_WAITING);
    }

    private Future<Ended> attempt(UpstreamRequest request, int attempt, long deadline) {
        UpstreamFailure refusal = refusalAtTurn(request, deadline);
        if (refusal != null) {
            return Future.succeededFuture(notAsked(refusal));
        }
        // The circuit may open, and the time run out, while the call waits; then its turn goes to the next.
        return Awaited.here(vertx, shaper.turn(
                        request, waitLeft(deadline), () -> refusalAtTurn(request, deadline) == null))
                .compose(turn -> turn.key() != null ? call(request, turn.key(), deadline)
                        : Future.succeededFuture(notAsked(
                                turn.refusal() != null ? turn.refusal() : refusalAtTurn(request, deadline))))
                .compose(ended -> again(request, attempt, deadline, ended));
    }

    private Future<Ended> call(UpstreamRequest request, ConsumerKey key, long deadline) {
        UpstreamFailure refusal = refusalAtTurn(request, deadline);
        if (refusal != null) {
            return Future.succeededFuture(notAsked(refusal));
        }
        Circuits.Route route = route(request);
        Circuit.Passage passage = route.begin();
        if (!passage.admits()) {
            return Future.succeededFuture(notAsked(route.refusal(request.background())));
        }
        long begun = System.nanoTime();
        Future<Ended> called = Future.succeededFuture(timeLeft(deadline, options.timeout()))
                .compose(timeout -> client.call(request, key, timeout));
        return called.onComplete(done -> route.ended(
                done.succeeded() ? done.result().reply() : null, passage.probe())).onSuccess(ended -> {
            UpstreamReply reply = ended.reply();
            metrics.upstreamDuration(request.request().endpoint().name())
                    .record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
            if (reply instanceof UpstreamReply.Failed failed && failed.failure().kind() == Kind.RATE_LIMITED
                    && failed.failure().retryAfter() != null) {
                shaper.hold(request, key, failed.failure().retryAfter());
            }
            count(request, reply);
        });
    }

    private Future<Ended> again(UpstreamRequest request, int attempt, long deadline, Ended ended) {
        if (ended.billed() || !(ended.reply() instanceof UpstreamReply.Failed failed)) {
            return Future.succeededFuture(ended);
        }
        Duration left = Duration.ofNanos(deadline - System.nanoTime()).minus(leastForACall());
        Duration wait = Retries.next(
                failed.failure(), attempt, options.maxRetries(), left, ThreadLocalRandom.current().nextDouble());
        if (wait == null) {
            return Future.succeededFuture(ended);
        }
        request.trace().in(LOG.atDebug()).log("{} {}: trying again in {} ms",
                request.request().endpoint().name(), failed.failure().kind(), wait.toMillis());
        return vertx.timer(wait.toMillis()).compose(waited -> attempt(request, attempt + 1, deadline));
    }

    private static Duration timeLeft(long deadline, Duration most) {
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        return left.compareTo(most) < 0 ? left : most;
    }

    /** No call is made; without a refusal, for a circuit that opened while the call waited and is closing already. */
    private Ended notAsked(UpstreamFailure known) {
        UpstreamFailure refusal = known != null ? known : Circuits.tryAgainSoon();
        metrics.upstreamNotAsked(refusal.kind().name().toLowerCase(Locale.ROOT)).increment();
        return Ended.free(new UpstreamReply.Failed(refusal));
    }

    private void count(UpstreamRequest request, UpstreamReply reply) {
        String outcome;
        if (reply instanceof UpstreamReply.Failed failed) {
            outcome = failed.failure().kind().name().toLowerCase(Locale.ROOT);
            if (failed.failure().kind() == Kind.KEY_REFUSED && request.consumerKey() != null) {
                health.worked("call");
            } else {
                health.failed("call", outcome.replace('_', ' ') + (failed.failure().status() == 0 ? "."
                        : " (status " + failed.failure().status() + ")."));
            }
            metrics.moneySpent().increment(failed.failure().costMicros());
        } else {
            outcome = reply instanceof UpstreamReply.NotModified ? "not_modified" : "answered";
            health.worked("call");
            if (reply instanceof UpstreamReply.Answered answered) {
                metrics.moneySpent().increment(answered.costMicros());
            } else if (reply instanceof UpstreamReply.Streaming streaming) {
                metrics.moneySpent().increment(streaming.costMicros());
            }
        }
        metrics.upstreamCalls(request.request().endpoint().name(), outcome).increment();
        request.trace().in(LOG.atDebug()).log("{}: {}", request.request().endpoint().name(), outcome);
    }
}

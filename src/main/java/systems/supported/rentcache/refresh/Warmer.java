package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.UnawaitedReply;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.refresh.WarmingRun.Outcome;
import systems.supported.rentcache.refresh.WarmingRun.Stop;

/**
 * One round of warming: has the questions of a plan asked in the background, a few at a time. A call that gives way, to
 * consumers or to what is left of the budget, ends the round, or that of its endpoint where the budget is only the
 * endpoint's. Confined to one event loop; used once.
 */
final class Warmer {
    private static final Logger LOG = LoggerFactory.getLogger(Warmer.class);
    private static final int AT_ONCE = 4;
    /** Its key is nobody's: no consumer's budget pays. */
    private static final long NO_KEY = 0;
    private static final int MICRO_DIGITS = 6;

    private final Vertx vertx;
    private final int number;
    private final boolean scheduled;
    private final WarmingPlan plan;
    private final Duration lookupTimeout;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Instant begun;
    private final Deque<WarmingPlan.Call> calls;
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private final Map<String, Integer> failures = new TreeMap<>();
    private Instant ended;
    private int paidCalls;
    private long costMicros;
    private Stop stop;

    Warmer(
            Vertx vertx,
            int number,
            boolean scheduled,
            WarmingQuestions.Chosen chosen,
            WarmingPlan plan,
            Duration lookupTimeout,
            Metrics metrics,
            InstantSource clock) {
        this.vertx = vertx;
        this.number = number;
        this.scheduled = scheduled;
        this.plan = plan;
        this.lookupTimeout = lookupTimeout;
        this.metrics = metrics;
        this.clock = clock;
        this.begun = clock.instant();
        this.calls = new ArrayDeque<>(plan.calls());
        count(Outcome.FOREIGN, chosen.foreign());
        count(Outcome.WRONG_LINE, chosen.wrong().size());
        count(Outcome.FRESH, plan.fresh());
    }

    /** Begins; succeeds once the round has ended, whatever became of its questions. */
    Future<Void> run() {
        LOG.info(
                "Warming begins: {} questions, {} of them to be asked ({} without an answer, {} stale, {} soon stale).",
                plan.questions(), plan.calls().size(), plan.unknown(), plan.stale(), plan.ending());
        return Future.join(IntStream.range(0, AT_ONCE).mapToObj(lane -> {
            Promise<Void> done = Promise.promise();
            callNext(done);
            return done.future();
        }).toList()).<Void>mapEmpty().onSuccess(done -> {
            ended = clock.instant();
            LOG.info(
                    "Warming has ended: {} fetched, {} confirmed, {} by others meanwhile, {} failed, {} left, for ${}.",
                    of(Outcome.FETCHED), of(Outcome.CONFIRMED), of(Outcome.SUPERSEDED), of(Outcome.FAILED),
                    of(Outcome.GAVE_WAY), dollars());
        });
    }

    /** Ends the round with the calls that are under way. */
    void stop() {
        if (!calls.isEmpty()) {
            stop(Stop.CANCELLED);
        }
    }

    /** How far it is. */
    WarmingRun shown() {
        return new WarmingRun(
                number, scheduled, begun, ended, plan, Map.copyOf(outcomes), paidCalls, costMicros,
                Map.copyOf(failures), stop);
    }

    private void stop(Stop why) {
        stop = stop == null ? why : stop;
        count(Outcome.GAVE_WAY, calls.size());
        calls.clear();
    }

    private void callNext(Promise<Void> done) {
        WarmingPlan.Call call = calls.poll();
        if (call == null) {
            done.complete();
            return;
        }
        LookupRequest question = new LookupRequest(call.request(), directives(call), null, NO_KEY, true);
        vertx.eventBus().<LookupReply>request(
                        Addresses.CACHE_LOOKUP, question, LocalMessages.within(lookupTimeout))
                .map(Message::body)
                .onSuccess(reply -> {
                    note(call, reply);
                    // What it cost is recorded where that of all calls is for which nobody waits.
                    vertx.eventBus().send(
                            Addresses.CACHE_UNAWAITED, new UnawaitedReply(question, reply), LocalMessages.LOCAL);
                })
                .onFailure(failure -> {
                    LOG.warn("An answer of {} could not be fetched", call.request().endpoint().name(), failure);
                    failed("internal");
                })
                .onComplete(asked -> callNext(done));
    }

    private static RequestDirectives directives(WarmingPlan.Call call) {
        return call.minFresh().isZero()
                ? RequestDirectives.NONE
                : new RequestDirectives(false, false, false, false, null, call.minFresh(), null, null);
    }

    private void note(WarmingPlan.Call call, LookupReply reply) {
        if (reply instanceof LookupReply.Fetched fetched) {
            paid(fetched.costMicros());
            count(fetched.collapsed() ? Outcome.SUPERSEDED
                    : fetched.revalidated() ? Outcome.CONFIRMED : Outcome.FETCHED, 1);
        } else if (reply instanceof LookupReply.Streaming streaming) {
            paid(streaming.costMicros());
            count(Outcome.FETCHED, 1);
        } else if (reply instanceof LookupReply.Failed failed) {
            paid(failed.collapsed() ? 0 : failed.failure().costMicros());
            if (failed.failure().kind() == UpstreamFailure.Kind.GAVE_WAY) {
                count(Outcome.GAVE_WAY, 1);
                giveWay(call, failed.failure().spent());
            } else {
                failed(text(failed.failure().kind()));
            }
        } else {
            count(Outcome.SUPERSEDED, 1);
        }
    }

    private void paid(long micros) {
        paidCalls += micros > 0 ? 1 : 0;
        costMicros += micros;
    }

    private void failed(String why) {
        count(Outcome.FAILED, 1);
        failures.merge(why, 1, Integer::sum);
    }

    /** A budget of one endpoint says nothing of the others; everything else ends the round. */
    private void giveWay(WarmingPlan.Call call, UpstreamFailure.SpentBudget spent) {
        if (spent == null || !spent.scope().equals("endpoint")) {
            stop(spent == null ? Stop.GAVE_WAY : Stop.BUDGET);
            return;
        }
        stop = stop == null ? Stop.BUDGET : stop;
        int before = calls.size();
        calls.removeIf(other -> other.request().endpoint().equals(call.request().endpoint()));
        count(Outcome.GAVE_WAY, before - calls.size());
    }

    private void count(Outcome outcome, int questions) {
        outcomes.merge(outcome, questions, Integer::sum);
        metrics.warmed(text(outcome)).increment(questions);
    }

    private static String text(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private int of(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0);
    }

    private String dollars() {
        BigDecimal dollars = BigDecimal.valueOf(costMicros, MICRO_DIGITS).stripTrailingZeros();
        return dollars.setScale(Math.max(2, dollars.scale())).toPlainString();
    }
}

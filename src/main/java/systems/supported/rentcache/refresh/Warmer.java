package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.UnawaitedReply;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.ops.Metrics;

/**
 * One round of warming: reads which questions are in demand, and has those asked in the background whose answers are
 * stale or soon will be, a few at a time. A call that gives way, to consumers or to what is left of the budget, ends
 * the round, or that of its endpoint where the budget is only the endpoint's. Confined to one event loop; used once.
 */
final class Warmer {
    private static final Logger LOG = LoggerFactory.getLogger(Warmer.class);
    private static final Duration AHEAD = Duration.ofHours(1);
    private static final int AT_ONCE = 4;
    private static final int READ_AT_ONCE = 32;
    private static final int MOST_LINES_LOGGED = 20;
    /** Its key is nobody's: no consumer's budget pays. */
    private static final long NO_KEY = 0;
    private static final int MICRO_DIGITS = 6;

    private final Vertx vertx;
    private final SqlTier tier;
    private final QuestionReader reader;
    private final Settings.Warming warming;
    private final Duration lookupTimeout;
    private final Metrics metrics;
    private final InstantSource clock;
    private final List<WarmingPlan.Wanted> wanted = new ArrayList<>();
    private final Deque<WarmingPlan.Call> calls = new ArrayDeque<>();
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private long costMicros;
    private boolean stopped;

    /** What became of a question. */
    private enum Outcome {
        /** Its answer is good for a while. */
        FRESH,
        /** The upstream answered. */
        FETCHED,
        /** The upstream confirmed what was kept. */
        CONFIRMED,
        /** Somebody else had it fetched meanwhile. */
        SUPERSEDED,
        /** The upstream gave no answer. */
        FAILED,
        /** It was not asked, as the round ended before its turn, or with it. */
        GAVE_WAY,
        /** What is kept is of another upstream, or its request would ask something else by now. */
        FOREIGN,
        /** A line of the file asks nothing. */
        WRONG_LINE;

        private String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    Warmer(
            Vertx vertx,
            SqlTier tier,
            QuestionReader reader,
            Settings.Warming warming,
            Duration lookupTimeout,
            Metrics metrics,
            InstantSource clock) {
        this.vertx = vertx;
        this.tier = tier;
        this.reader = reader;
        this.warming = warming;
        this.lookupTimeout = lookupTimeout;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Begins; succeeds once the round has ended, whatever became of its questions. */
    Future<Void> run() {
        Instant now = clock.instant();
        return addMostAsked(now)
                .compose(added -> addFile())
                .compose(added -> callAll(WarmingPlan.of(wanted, AHEAD, now)))
                .otherwise(failure -> {
                    LOG.warn("Warming could not begin: {}", failure.getMessage());
                    return null;
                });
    }

    /** Ends the round with the calls that are under way. */
    void stop() {
        stopped = true;
        leave(calls.size());
        calls.clear();
    }

    private Future<Void> addMostAsked(Instant now) {
        if (warming.top() == 0) {
            return Future.succeededFuture();
        }
        return tier.mostAsked(now.minus(warming.span()), warming.top()).map(asked -> {
            asked.forEach(one -> reader.of(one.target(), one.key()).ifPresentOrElse(
                    request -> wanted.add(new WarmingPlan.Wanted(request, one.spell())),
                    () -> count(Outcome.FOREIGN, 1)));
            return null;
        });
    }

    private Future<Void> addFile() {
        if (warming.file().isEmpty()) {
            return Future.succeededFuture();
        }
        String file = warming.file().get().toString();
        return vertx.fileSystem().readFile(file)
                .map(content -> content.toString(StandardCharsets.UTF_8).lines().toList())
                .otherwise(unreadable -> {
                    LOG.warn("The file of requests {} cannot be read; warming goes on without it.", file);
                    return List.of();
                })
                .compose(lines -> {
                    QuestionReader.Lines read = reader.read(lines);
                    read.wrong().stream().limit(MOST_LINES_LOGGED)
                            .forEach(wrong -> LOG.warn("The file of requests {}, {}", file, wrong));
                    if (read.wrong().size() > MOST_LINES_LOGGED) {
                        LOG.warn("The file of requests {} has {} wrong lines in all.", file, read.wrong().size());
                    }
                    count(Outcome.WRONG_LINE, read.wrong().size());
                    Promise<Void> all = Promise.promise();
                    addKept(read.requests(), 0, all);
                    return all.future();
                });
    }

    private void addKept(List<CanonicalRequest> requests, int from, Promise<Void> all) {
        if (from >= requests.size()) {
            all.complete();
            return;
        }
        List<CanonicalRequest> some = requests.subList(from, Math.min(requests.size(), from + READ_AT_ONCE));
        Future.join(some.stream()
                        .map(request -> tier.spell(request.key()).onSuccess(spell ->
                                wanted.add(new WarmingPlan.Wanted(request, spell.orElse(null)))))
                        .toList())
                .onSuccess(read -> addKept(requests, from + READ_AT_ONCE, all))
                // Not known is not "nothing kept": what the database cannot say must not be paid for.
                .onFailure(all::fail);
    }

    private Future<Void> callAll(WarmingPlan plan) {
        LOG.info(
                "Warming begins: {} questions, {} of them to be asked ({} without an answer, {} stale, {} soon stale).",
                plan.questions(), plan.calls().size(), plan.unknown(), plan.stale(), plan.ending());
        count(Outcome.FRESH, plan.fresh());
        if (stopped) {
            leave(plan.calls().size());
        } else {
            calls.addAll(plan.calls());
        }
        return Future.join(IntStream.range(0, AT_ONCE).mapToObj(lane -> {
            Promise<Void> ended = Promise.promise();
            callNext(ended);
            return ended.future();
        }).toList()).<Void>mapEmpty().onSuccess(ended -> LOG.info(
                "Warming has ended: {} fetched, {} confirmed, {} by others meanwhile, {} failed, {} left, for ${}.",
                of(Outcome.FETCHED), of(Outcome.CONFIRMED), of(Outcome.SUPERSEDED), of(Outcome.FAILED),
                of(Outcome.GAVE_WAY), dollars()));
    }

    private void callNext(Promise<Void> ended) {
        WarmingPlan.Call call = calls.poll();
        if (call == null) {
            ended.complete();
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
                    count(Outcome.FAILED, 1);
                })
                .onComplete(done -> callNext(ended));
    }

    private static RequestDirectives directives(WarmingPlan.Call call) {
        return call.minFresh().isZero()
                ? RequestDirectives.NONE
                : new RequestDirectives(false, false, false, false, null, call.minFresh(), null, null);
    }

    private void note(WarmingPlan.Call call, LookupReply reply) {
        if (reply instanceof LookupReply.Fetched fetched) {
            costMicros += fetched.costMicros();
            count(fetched.collapsed() ? Outcome.SUPERSEDED
                    : fetched.revalidated() ? Outcome.CONFIRMED : Outcome.FETCHED, 1);
        } else if (reply instanceof LookupReply.Streaming streaming) {
            costMicros += streaming.costMicros();
            count(Outcome.FETCHED, 1);
        } else if (reply instanceof LookupReply.Failed failed) {
            costMicros += failed.collapsed() ? 0 : failed.failure().costMicros();
            boolean gaveWay = failed.failure().kind() == UpstreamFailure.Kind.GAVE_WAY;
            count(gaveWay ? Outcome.GAVE_WAY : Outcome.FAILED, 1);
            if (gaveWay) {
                giveWay(call, failed.failure().spent());
            }
        } else {
            count(Outcome.SUPERSEDED, 1);
        }
    }

    /** A budget of one endpoint says nothing of the others; everything else ends the round. */
    private void giveWay(WarmingPlan.Call call, UpstreamFailure.SpentBudget spent) {
        if (spent == null || !spent.scope().equals("endpoint")) {
            stop();
            return;
        }
        int before = calls.size();
        calls.removeIf(other -> other.request().endpoint().equals(call.request().endpoint()));
        leave(before - calls.size());
    }

    private void leave(int questions) {
        count(Outcome.GAVE_WAY, questions);
    }

    private void count(Outcome outcome, int questions) {
        outcomes.merge(outcome, questions, Integer::sum);
        metrics.warmed(outcome.text()).increment(questions);
    }

    private int of(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0);
    }

    private String dollars() {
        BigDecimal dollars = BigDecimal.valueOf(costMicros, MICRO_DIGITS).stripTrailingZeros();
        return dollars.setScale(Math.max(2, dollars.scale())).toPlainString();
    }
}

package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import systems.supported.rentcache.analytics.BillingTerms;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.refresh.QuestionReader;
import systems.supported.rentcache.refresh.WarmingCommand;
import systems.supported.rentcache.refresh.WarmingPlan;
import systems.supported.rentcache.refresh.WarmingQuestions;
import systems.supported.rentcache.refresh.WarmingRun;
import systems.supported.rentcache.refresh.WarmingRun.Outcome;

/** Has answers fetched before they are asked for, tells what that would cost, and how far it is. Thread-safe. */
public final class WarmedAnswers {
    private static final String VERSION = "/v1";
    private static final int DAYS = 7;
    private static final int BEGUN = 202;

    private final WarmingQuestions questions;
    private final BudgetStore budgets;
    private final Settings settings;
    private final BillingTerms terms;
    private final InstantSource clock;
    private final Optional<Warming> node;

    /**
     * What warms.
     *
     * @param node its name
     * @param ask  asks it; the run is null where it has warmed nothing yet
     */
    public record Warming(String node, Function<WarmingCommand, Future<WarmingRun>> ask) {
    }

    /**
     * What the calls would cost.
     *
     * @param plan     which they are
     * @param used     the month's calls before them
     * @param callsCap the account's budget in calls
     */
    private record Forecast(WarmingPlan plan, long used, long callsCap) {
    }

    /**
     * Over what is kept.
     *
     * @param node empty outside of a running node: then only dry runs are done
     */
    public WarmedAnswers(
            WarmingQuestions questions, BudgetStore budgets, Settings settings, InstantSource clock,
            Optional<Warming> node) {
        this.questions = questions;
        this.budgets = budgets;
        this.settings = settings;
        this.terms = MoneyReports.terms(settings);
        this.clock = clock;
        this.node = node;
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of(
                "warm", call -> RefusedCall.orFailed(() -> warm(call.body())),
                "warming", call -> RefusedCall.orFailed(() -> ask(new WarmingCommand.Show()).map(Document::of)),
                "cancelWarming",
                call -> RefusedCall.orFailed(() -> ask(new WarmingCommand.Cancel()).map(Document::of)));
    }

    private Future<Document> warm(JsonObject body) {
        int top = body.getInteger("top", 0);
        List<String> lines = body.getJsonArray("questions", new JsonArray()).stream().map(String::valueOf).toList();
        if (top == 0 && lines.isEmpty()) {
            throw RefusedCall.malformed("There is nothing to warm: 'questions' or 'top' says what is.");
        }
        boolean dry = body.getBoolean("dryRun", false);
        if (!dry && terms.consumerPays()) {
            throw RefusedCall.conflict("With UPSTREAM_KEY=consumer there is no key that could pay for warming.");
        }
        Instant now = clock.instant();
        return questions.choose(now.minus(Duration.ofDays(body.getInteger("days", DAYS))), top, lines)
                .compose(chosen -> {
                    WarmingPlan plan = WarmingPlan.of(chosen.wanted(), Duration.ZERO, now)
                            .atMost(body.getInteger("maxCalls", Integer.MAX_VALUE));
                    return dry ? forecast(plan, now).map(forecast -> Document.of(document(forecast, chosen)))
                            : ask(new WarmingCommand.Begin(chosen, plan))
                                    .map(run -> Document.of(BEGUN, run.put("wrong", wrong(chosen))));
                });
    }

    private Future<Forecast> forecast(WarmingPlan plan, Instant now) {
        String month = terms.month(now).id();
        return budgets.caps().compose(caps -> budgets.uses(month).map(uses -> new Forecast(
                plan,
                uses.stream().filter(use -> use.scope().equals(BudgetScope.ACCOUNT))
                        .mapToLong(BudgetUse::usedCalls).sum(),
                new BudgetView(settings, caps).capOf(BudgetScope.ACCOUNT).inCalls(terms.plan()).calls())));
    }

    private JsonObject document(Forecast forecast, WarmingQuestions.Chosen chosen) {
        WarmingPlan plan = forecast.plan;
        return new JsonObject()
                .put("questions", plan.questions())
                .put("fresh", plan.fresh())
                .put("stale", plan.stale())
                .put("absent", plan.unknown())
                .put("calls", plan.calls().size())
                .put("costMicros", plan.costAtMost(terms.plan(), forecast.used))
                .put("plan", BillView.json(terms.plan(), terms))
                .put("callsSoFar", forecast.used)
                .put("budgetCallsLeft", forecast.callsCap == BudgetCap.NO_LIMIT
                        ? null : Math.max(0, forecast.callsCap - forecast.used))
                .put("foreign", chosen.foreign())
                .put("wrong", wrong(chosen))
                .put("requests", new JsonArray(plan.calls().stream()
                        .map(call -> VERSION + call.request().upstreamTarget()).toList()));
    }

    private static JsonArray wrong(WarmingQuestions.Chosen chosen) {
        return new JsonArray(chosen.wrong().stream().map(WarmedAnswers::json).toList());
    }

    private static JsonObject json(QuestionReader.WrongLine line) {
        return new JsonObject().put("number", line.number()).put("text", line.text()).put("fault", line.fault());
    }

    private Future<JsonObject> ask(WarmingCommand command) {
        Warming warming = node.orElseThrow(() -> RefusedCall.conflict("Only a running server warms."));
        return warming.ask.apply(command)
                .map(run -> document(warming.node, run))
                .recover(failure -> Future.failedFuture(
                        failure instanceof ReplyException busy && busy.failureCode() == WarmingCommand.BUSY
                                ? RefusedCall.conflict("A warming is under way. One is done at a time: "
                                        + "GET /admin/v1/cache/warm shows how far it is, DELETE ends it.")
                                : failure));
    }

    private static JsonObject document(String node, WarmingRun run) {
        JsonObject document = new JsonObject().put("node", node);
        if (run == null) {
            return document.put("state", "none");
        }
        int asked = run.of(Outcome.FETCHED) + run.of(Outcome.CONFIRMED) + run.of(Outcome.SUPERSEDED)
                + run.of(Outcome.FAILED);
        return document
                .put("state", run.ended() == null ? "running" : "ended")
                .put("run", run.number())
                .put("cause", run.scheduled() ? "schedule" : "request")
                .put("begunAt", run.begun().toString())
                .put("endedAt", run.ended() == null ? null : run.ended().toString())
                .put("questions", run.plan().questions())
                .put("fresh", run.of(Outcome.FRESH))
                .put("calls", run.plan().calls().size())
                .put("asked", asked)
                .put("fetched", run.of(Outcome.FETCHED))
                .put("confirmed", run.of(Outcome.CONFIRMED))
                .put("superseded", run.of(Outcome.SUPERSEDED))
                .put("failed", run.of(Outcome.FAILED))
                .put("left", run.of(Outcome.GAVE_WAY))
                .put("stoppedBy", run.stop() == null
                        ? null : run.stop().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("paidCalls", run.paidCalls())
                .put("costMicros", run.costMicros())
                .put("failures", new JsonArray(run.failures().entrySet().stream().map(failure -> new JsonObject()
                        .put("why", failure.getKey()).put("questions", failure.getValue())).toList()));
    }
}

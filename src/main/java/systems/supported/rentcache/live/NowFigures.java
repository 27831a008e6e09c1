package systems.supported.rentcache.live;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.UpstreamKey;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetTerms;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.Metrics;

/**
 * The figures of this moment, as the admin API's {@code Now} has them. What is counted here is of this node; budget and
 * money are of all nodes on one database. Thread-safe.
 */
public final class NowFigures {
    private static final String[] CIRCUITS = {"closed", "half-open", "open"};

    private final String node;
    private final Settings settings;
    private final BudgetStore budgets;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Instant started;
    private final Sampled<JsonObject> budget;
    private final Sampled<SavedMoney.Saved> today;
    private final Sampled<SavedMoney.Saved> month;
    private final Sampled<JsonObject> health;
    private final Sampled<JsonArray> nodes;
    private volatile RequestFigures.At requests = new RequestFigures().at(0);
    private volatile double callsPerSecond;

    /**
     * Figures of a node that is being started.
     *
     * @param node    the node's name
     * @param budgets tells what is spent
     * @param money   tells what is saved
     * @param health  the node's health
     * @param nodes   tells which nodes there are
     * @param metrics has counted the calls upstream
     */
    public NowFigures(
            Vertx vertx,
            String node,
            Settings settings,
            BudgetStore budgets,
            SavedMoney money,
            HealthReport health,
            Supplier<Future<JsonArray>> nodes,
            Metrics metrics,
            InstantSource clock) {
        this.node = node;
        this.settings = settings;
        this.budgets = budgets;
        this.metrics = metrics;
        this.clock = clock;
        this.started = clock.instant();
        this.budget = new Sampled<>(vertx, this::budget, null);
        this.today = new Sampled<>(vertx, () -> money.since(startOfDay()), null);
        this.month = new Sampled<>(vertx, () -> money.since(billingMonth().start()), null);
        this.health = new Sampled<>(
                vertx, () -> vertx.executeBlocking(() -> health.toJson().getJsonObject("checks"), false),
                new JsonObject());
        this.nodes = new Sampled<>(vertx, nodes, new JsonArray());
    }

    /**
     * Takes note of what was counted up to now.
     *
     * @param counted the requests
     * @param calls   the calls upstream of one second
     */
    void sample(RequestFigures.At counted, double calls) {
        requests = counted;
        callsPerSecond = calls;
    }

    /** The figures; what cannot be learnt at the moment is as it was, or null. Comes on the caller's context. */
    public Future<JsonObject> now() {
        return Future.all(List.of(budget.get(), today.get(), month.get(), health.get(), nodes.get())).map(known ->
                new JsonObject()
                        .put("v", 1)
                        .put("at", clock.instant().toString())
                        .put("node", node)
                        .put("uptimeSeconds", Math.max(0, clock.instant().getEpochSecond() - started.getEpochSecond()))
                        .put("requests", requests())
                        .put("latency", new JsonObject()
                                .put("hit", latency(requests.hit()))
                                .put("miss", latency(requests.miss())))
                        .put("upstream", upstream())
                        .put("budget", known.<JsonObject>resultAt(0))
                        .put("money", new JsonObject()
                                .put("today", saved(known.resultAt(1)))
                                .put("month", saved(known.resultAt(2))))
                        .put("health", known.<JsonObject>resultAt(3))
                        .put("nodes", known.<JsonArray>resultAt(4)));
    }

    private JsonObject requests() {
        RequestFigures.At at = requests;
        JsonObject byResult = new JsonObject();
        at.byResult().forEach(byResult::put);
        return new JsonObject()
                .put("recorded", settings.analytics().enabled())
                .put("total", at.total())
                .put("perSecond", at.perSecond())
                .put("byResult", byResult)
                .put("inFlight", (long) metrics.sum("rentcache.requests.waiting"));
    }

    private static JsonObject latency(RequestFigures.Latency latency) {
        return new JsonObject()
                .put("count", latency.count())
                .put("p50Micros", latency.p50Micros())
                .put("p99Micros", latency.p99Micros());
    }

    private static JsonObject saved(SavedMoney.Saved saved) {
        return saved == null ? null : saved.toJson();
    }

    private JsonObject upstream() {
        JsonArray circuits = new JsonArray();
        metrics.byTag("rentcache.upstream.state", "endpoint").forEach((endpoint, state) -> circuits.add(
                new JsonObject().put("endpoint", endpoint).put("state", CIRCUITS[state.intValue()])));
        return new JsonObject()
                .put("callsPerSecond", callsPerSecond)
                .put("limitPerSecond", limitPerSecond())
                .put("queued", (long) metrics.sum("rentcache.upstream.waiting"))
                .put("circuits", circuits);
    }

    /** What the shared keys may make together; null where there is no limit, or each consumer has its own. */
    private Double limitPerSecond() {
        Settings.Upstream upstream = settings.upstream();
        Rate rate = upstream.rateLimit();
        boolean consumers = upstream.keyMode() == UpstreamKey.CONSUMER && !settings.sandbox().enabled();
        if (rate.isUnlimited() || consumers) {
            return null;
        }
        int keys = settings.sandbox().enabled() ? 1 : upstream.apiKeys().size();
        return keys * rate.permits() / (double) rate.window().toSeconds();
    }

    private Future<JsonObject> budget() {
        BillingMonth month = billingMonth();
        return budgets.caps().compose(caps -> budgets.history(BudgetScope.ACCOUNT, 1).map(uses -> {
            BudgetUse use = uses.stream().filter(last -> last.period().equals(month.id())).findFirst()
                    .orElse(BudgetUse.none(BudgetScope.ACCOUNT, month.id()));
            return new BudgetFigure(
                    use, caps.getOrDefault(BudgetScope.ACCOUNT, settings.spending().budget()),
                    settings.spending().plan(), month).toJson(clock.instant());
        }));
    }

    private BillingMonth billingMonth() {
        Settings.Spending spending = settings.spending();
        return new BudgetTerms(
                spending.plan(), spending.billingDay(), settings.limiting().zone(), spending.budget())
                .month(clock.instant());
    }

    private Instant startOfDay() {
        return clock.instant().atZone(settings.limiting().zone()).toLocalDate()
                .atStartOfDay(settings.limiting().zone()).toInstant();
    }
}

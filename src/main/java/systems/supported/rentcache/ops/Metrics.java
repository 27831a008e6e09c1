package systems.supported.rentcache.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/**
 * The counters of this process, and their text for Prometheus. Every label has few values, all known beforehand:
 * endpoint names of the catalog, outcomes, reasons, tiers. What is counted of each answer is not here but in the
 * tallies of the event loops, which the text collects. Thread-safe.
 */
public final class Metrics {
    private static final Duration[] TIER_BOUNDS = millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000);
    private static final Duration[] CALL_BOUNDS = millis(20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000);
    private static final Duration[] DELAY_BOUNDS = millis(1, 5, 10, 50, 100, 500, 1_000, 2_000, 5_000);
    private final LongAdder waiting = new LongAdder();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Counter> refusals = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> upstreamStates = new ConcurrentHashMap<>();
    private final List<EventLoopDelay> eventLoops = new CopyOnWriteArrayList<>();
    private final BudgetMetrics budgets = new BudgetMetrics();

    /** Metrics of a process that has done nothing yet. */
    public Metrics() {
        ProcessMeters.mendNames(registry);
        collect(budgets);
        gauge("rentcache.requests.waiting", "Requests that wait for a look-up behind the near tier", waiting::sum);
        Gauge.builder("rentcache.event.loop.silence", this::longestSilence)
                .description("For how long the latest of the event loops has been late by now")
                .baseUnit("seconds")
                .register(registry);
    }

    /** The requests that wait for a look-up behind the near tier. */
    public LongAdder waiting() {
        return waiting;
    }

    private double longestSilence() {
        return eventLoops.stream().mapToLong(EventLoopDelay::silentNanos).max().orElse(0)
                / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static Duration[] millis(long... bounds) {
        return LongStream.of(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    /** Calls that were sent upstream, by endpoint and by what came of them. */
    public Counter upstreamCalls(String endpoint, String outcome) {
        return Counter.builder("upstream.api.calls")
                .description("Calls sent to Rentcast, by endpoint and outcome")
                .tag("endpoint", endpoint)
                .tag("outcome", outcome)
                .register(registry);
    }

    /** How long calls took that were sent upstream, by endpoint; failed ones, too. */
    public Timer upstreamDuration(String endpoint) {
        return Timer.builder("upstream.api.call.duration")
                .description("How long calls sent to Rentcast took")
                .tag("endpoint", endpoint)
                .serviceLevelObjectives(CALL_BOUNDS)
                .register(registry);
    }

    /** Calls that were not sent upstream though they were wanted, by reason. */
    public Counter upstreamNotAsked(String reason) {
        return Counter.builder("rentcache.upstream.not.asked")
                .description("Calls to Rentcast that were not made, by reason")
                .tag("reason", reason)
                .register(registry);
    }

    /** Says the state of an endpoint's circuit: 0 closed, 1 half open, 2 open. */
    public void upstreamState(String endpoint, int state) {
        upstreamStates.computeIfAbsent(endpoint, first -> {
            AtomicInteger shown = new AtomicInteger();
            Gauge.builder("rentcache.upstream.state", shown, AtomicInteger::get)
                    .description("The circuit of an endpoint: 0 closed, 1 half open, 2 open")
                    .tag("endpoint", endpoint)
                    .register(registry);
            return shown;
        }).set(state);
    }

    /** How often an endpoint's circuit came into a state. */
    public Counter upstreamStates(String endpoint, String state) {
        return Counter.builder("rentcache.upstream.states")
                .description("Changes of an endpoint's circuit, by the state that it came into")
                .tag("endpoint", endpoint)
                .tag("state", state)
                .register(registry);
    }

    /** Requests that RentCache refused, by reason. */
    public Counter refused(String reason) {
        return refusals.computeIfAbsent(reason, first -> Counter.builder("rentcache.refused")
                .description("Requests refused, by reason")
                .tag("reason", reason)
                .register(registry));
    }

    /** What had to be dropped rather than delay an answer: cache writes, usage records, hit counts. */
    public Counter dropped(String what) {
        return Counter.builder("rentcache.dropped")
                .description("Things dropped rather than delay an answer")
                .tag("what", what)
                .register(registry);
    }

    /** Answers that are in the sums of usage but were not kept one by one. */
    public Counter usageSampled() {
        return Counter.builder("rentcache.usage.sampled")
                .description("Answers summed, but not kept one by one")
                .register(registry);
    }

    /** Calls for which nobody waited, to refresh stale answers, by what became of them. */
    public Counter refreshes(String outcome) {
        return Counter.builder("rentcache.refreshes")
                .description("Refreshes in the background, by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Questions that warming looked at, by what became of them. */
    public Counter warmed(String outcome) {
        return Counter.builder("rentcache.warming.questions")
                .description("Questions that warming looked at, by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Directives of {@code Cache-Control} that could cost money and were ignored for want of the permission. */
    public Counter directivesIgnored() {
        return Counter.builder("rentcache.directives.ignored")
                .description("Requests whose costly Cache-Control directives were ignored")
                .register(registry);
    }

    /** Calls of operations over the event bus, by what came of them. */
    public Counter controlCalls(String operation, String outcome) {
        return Counter.builder("rentcache.control.calls")
                .description("Calls of operations over the event bus, by outcome")
                .tag("operation", operation)
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Events for webhooks, by what came of them in the end. */
    public Counter webhookEvents(String outcome) {
        return Counter.builder("rentcache.webhook.events")
                .description("Events for webhooks, by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Requests to webhooks that failed. */
    public Counter webhookFailures() {
        return Counter.builder("rentcache.webhook.failures")
                .description("Requests to webhooks that failed")
                .register(registry);
    }

    /** Upstream calls that other nodes could not be told of beforehand, as the store of flights was away. */
    public Counter localFlights() {
        return Counter.builder("rentcache.flights.local")
                .description("Flights of one node only, as the store that nodes share did not answer")
                .register(registry);
    }

    /** Flights that ended without the other nodes hearing of it. */
    public Counter lostFlights() {
        return Counter.builder("rentcache.flights.lost")
                .description("Flights that lost their lease, or whose end the store could not be told")
                .register(registry);
    }

    /** Failed uses of a tier, by tier and by reading or writing. */
    public Counter tierFailures(String tier, String operation) {
        return Counter.builder("rentcache.tier.failures")
                .description("Uses of a cache tier that failed")
                .tag("tier", tier)
                .tag("operation", operation)
                .register(registry);
    }

    /** Money spent on the upstream, in micro-dollars. */
    public Counter moneySpent() {
        return Counter.builder("rentcache.money.spent")
                .description("Money spent on Rentcast, by the configured price of a call")
                .baseUnit("microdollars")
                .register(registry);
    }

    /** Reservations of the budget ledger, by what came of them. */
    public Counter budget(String outcome) {
        return Counter.builder("rentcache.budget.reservations")
                .description("Calls for which the budget ledger was asked, by its answer")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Parameters that the catalog does not know and that were passed on. */
    public Counter unknownParameters() {
        return Counter.builder("rentcache.unknown.parameters")
                .description("Parameters passed on that the catalog does not know")
                .register(registry);
    }

    /** Nodes of the cluster that came and went: {@code joined}, {@code left}, {@code lost}. */
    public Counter clusterChanges(String what) {
        return Counter.builder("rentcache.cluster.changes")
                .description("Nodes of the cluster that came and went")
                .tag("change", what)
                .register(registry);
    }

    /** What was asked of other nodes, by the role that it takes and by what came of it. */
    public Counter clusterCalls(String role, String outcome) {
        return Counter.builder("rentcache.cluster.calls")
                .description("What was asked of other nodes of the cluster")
                .tag("role", role)
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Uses of a cache tier behind the near one, by operation, with how long they took; failed ones, too. */
    public Timer tier(String tier, String operation) {
        return Timer.builder("rentcache.tier.duration")
                .description("Uses of a cache tier, by how long they took")
                .tag("tier", tier)
                .tag("operation", operation)
                .serviceLevelObjectives(TIER_BOUNDS)
                .register(registry);
    }

    /** Begins to watch the current event loop; the caller stops it. */
    public EventLoopDelay watchEventLoop(Vertx vertx) {
        EventLoopDelay delay = new EventLoopDelay(vertx, Timer.builder("rentcache.event.loop.delay")
                .description("By how much the timers of event loops came late")
                .serviceLevelObjectives(DELAY_BOUNDS)
                .register(registry));
        eventLoops.add(delay);
        return delay;
    }

    /** The connections that a port has open. */
    public void connections(String port, Supplier<Number> open) {
        Gauge.builder("rentcache.connections", open)
                .description("Connections that are open")
                .tag("port", port)
                .strongReference(true)
                .register(registry);
    }

    /** Connections that were closed at once, by the bound that they were past. */
    public Counter connectionsRefused(String bound) {
        return Counter.builder("rentcache.connections.refused")
                .description("Connections that were closed at once, as too many were open")
                .tag("bound", bound)
                .register(registry);
    }

    /** The budgets, which the ledger tells. */
    public BudgetMetrics budgets() {
        return budgets;
    }

    /** Whether a part works, as its last uses showed. */
    public void part(PartHealth health) {
        Gauge.builder("rentcache.part.up", health, part -> part.state().isUp() ? 1 : 0)
                .description("Whether a part works, as its last uses showed: 1 or 0")
                .tag("part", health.part())
                .strongReference(true)
                .register(registry);
    }

    /** A number that only grows and is read when the metrics are. */
    public <T> void count(String name, String description, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).description(description).register(registry);
    }

    /** Adds meters of their own making. */
    public void bind(MeterBinder meters) {
        meters.bindTo(registry);
    }

    /** Adds what collects its numbers itself when the metrics are read. */
    public void collect(MultiCollector collector) {
        registry.getPrometheusRegistry().register(collector);
    }

    /** A number that is read when the metrics are. */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).strongReference(true).register(registry);
    }

    /** The sum of a counter's, or of a gauge's, values over all its tags; 0 where it has none yet. */
    public double sum(String name) {
        return registry.find(name).counters().stream().mapToDouble(Counter::count).sum()
                + registry.find(name).gauges().stream().mapToDouble(Gauge::value).sum();
    }

    /** A gauge's values by one of its tags, in the tag's order. */
    public SortedMap<String, Double> byTag(String name, String tag) {
        SortedMap<String, Double> values = new TreeMap<>();
        registry.find(name).gauges().forEach(gauge -> values.put(gauge.getId().getTag(tag), gauge.value()));
        return values;
    }

    /** The text that Prometheus reads. */
    public String scrape() {
        return registry.scrape();
    }
}

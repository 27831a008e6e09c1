package systems.supported.rentcache.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The counters of this process, and their text for Prometheus. Every label has few values, all known beforehand:
 * endpoint names of the catalog, cache results, tiers. Thread-safe.
 */
public final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final LongAdder waiting = new LongAdder();

    /** Counters that stand at nothing. */
    public Metrics() {
        gauge("rentcache.requests.waiting", "Requests that wait for a look-up behind the near tier", waiting::sum);
    }

    /** The requests that wait for a look-up behind the near tier. */
    public LongAdder waiting() {
        return waiting;
    }

    /** Answers given, by endpoint and by how the cache took part in them. */
    public Counter requests(String endpoint, String cacheResult) {
        return Counter.builder("rentcache.requests")
                .description("Answers given, by endpoint and cache result")
                .tag("endpoint", endpoint)
                .tag("result", cacheResult)
                .register(registry);
    }

    /** Calls that were sent upstream, by endpoint and by what came of them. */
    public Counter upstreamCalls(String endpoint, String outcome) {
        return Counter.builder("upstream.api.calls")
                .description("Calls sent to Rentcast, by endpoint and outcome")
                .tag("endpoint", endpoint)
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Calls that were not sent upstream though they were wanted, by reason. */
    public Counter upstreamNotAsked(String reason) {
        return Counter.builder("rentcache.upstream.not.asked")
                .description("Calls to Rentcast that were not made, by reason")
                .tag("reason", reason)
                .register(registry);
    }

    /** The state of an endpoint's circuit: 0 closed, 1 half open, 2 open. */
    public void upstreamState(String endpoint, Supplier<Number> state) {
        Gauge.builder("rentcache.upstream.state", state)
                .description("The circuit of an endpoint: 0 closed, 1 half open, 2 open")
                .tag("endpoint", endpoint)
                .strongReference(true)
                .register(registry);
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
        return Counter.builder("rentcache.refused")
                .description("Requests refused, by reason")
                .tag("reason", reason)
                .register(registry);
    }

    /** What had to be dropped rather than delay an answer: cache writes, usage records, hit counts. */
    public Counter dropped(String what) {
        return Counter.builder("rentcache.dropped")
                .description("Things dropped rather than delay an answer")
                .tag("what", what)
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

    /** Money in micro-dollars: {@code spent} on the upstream, or {@code saved} by not asking it. */
    public Counter money(String direction) {
        return Counter.builder("rentcache.money." + direction)
                .description("Money " + direction + ", by the configured price of a call")
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

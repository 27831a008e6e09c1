package systems.supported.rentcache.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;

/**
 * The counters of this process, and their text for Prometheus. Every label has few values, all known beforehand:
 * endpoint names of the catalog, cache results, tiers. Thread-safe.
 */
public final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

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

    /** The text that Prometheus reads. */
    public String scrape() {
        return registry.scrape();
    }
}

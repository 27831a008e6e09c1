package systems.supported.rentcache.app;

import java.util.List;
import java.util.Locale;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.http.ControlVerticle;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Registers every counter with all values of its labels that are known beforehand, so that what never happened is
 * there and 0: of a counter that appears with its first event, Prometheus does not see that event.
 */
final class KnownMeters {
    private static final List<UpstreamFailure.Kind> NOT_ASKED = List.of(
            UpstreamFailure.Kind.QUEUE_FULL, UpstreamFailure.Kind.BUDGET_SPENT, UpstreamFailure.Kind.BUDGET_UNKNOWN,
            UpstreamFailure.Kind.CIRCUIT_OPEN, UpstreamFailure.Kind.GAVE_WAY, UpstreamFailure.Kind.RATE_LIMITED,
            UpstreamFailure.Kind.NO_LOOKUP_NODE, UpstreamFailure.Kind.NO_UPSTREAM_NODE);
    private static final List<String> WARMING = List.of(
            "fresh", "fetched", "confirmed", "superseded", "failed", "gave-way", "foreign", "wrong-line");

    private static final List<String> DROPPED = List.of(
            "cache-write", "redis-write", "refresh", "flight-message", "usage-record", "hit-count", "live-stream",
            "usage-of-node", "usage-of-minute", "usage-of-hour", "usage-of-day", "outbox", "event-stream", "bridge",
            "webhook-dead", "event");

    private final Metrics metrics;

    KnownMeters(Metrics metrics) {
        this.metrics = metrics;
    }

    void register(Catalog catalog, List<PartHealth> parts) {
        catalog.endpoints().stream().map(Endpoint::name).forEach(this::endpoint);
        NOT_ASKED.forEach(kind -> metrics.upstreamNotAsked(text(kind)));
        DROPPED.forEach(metrics::dropped);
        List.of("reserved", "refused", "away", "presumed_spent").forEach(metrics::budget);
        List.of("sql", "redis").forEach(this::tier);
        List.of("fetched", "revalidated", "superseded", "failed").forEach(metrics::refreshes);
        WARMING.forEach(metrics::warmed);
        ControlVerticle.OPERATIONS.values().forEach(operation ->
                ControlVerticle.OUTCOMES.forEach(outcome -> metrics.controlCalls(operation, outcome)));
        List.of("delivered", "dead").forEach(metrics::webhookEvents);
        metrics.webhookFailures();
        List.of("joined", "left", "lost").forEach(metrics::clusterChanges);
        List.of("lookup", "upstream", "refresh", "analytics").forEach(role ->
                List.of("answered", "not-taken", "lost").forEach(outcome -> metrics.clusterCalls(role, outcome)));
        List.of("all", "address").forEach(metrics::connectionsRefused);
        metrics.directivesIgnored();
        metrics.localFlights();
        metrics.lostFlights();
        metrics.moneySpent();
        metrics.unknownParameters();
        metrics.usageSampled();
        parts.forEach(metrics::part);
    }

    private void endpoint(String endpoint) {
        for (UpstreamFailure.Kind kind : UpstreamFailure.Kind.values()) {
            if (!NOT_ASKED.contains(kind) || kind == UpstreamFailure.Kind.RATE_LIMITED) {
                metrics.upstreamCalls(endpoint, text(kind));
            }
        }
        metrics.upstreamCalls(endpoint, "answered");
        metrics.upstreamCalls(endpoint, "not_modified");
        metrics.upstreamDuration(endpoint);
        metrics.upstreamState(endpoint, 0);
        List.of("open", "half-open", "closed").forEach(state -> metrics.upstreamStates(endpoint, state));
    }

    private void tier(String tier) {
        List.of("read", "write", "invalidate").forEach(operation -> metrics.tierFailures(tier, operation));
        List.of("read", "write").forEach(operation -> metrics.tier(tier, operation));
        if (tier.equals("redis")) {
            metrics.tierFailures(tier, "decode");
        }
    }

    private static String text(UpstreamFailure.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}

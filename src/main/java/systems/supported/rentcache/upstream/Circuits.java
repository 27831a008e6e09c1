package systems.supported.rentcache.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.events.UpstreamStateChanged;
import systems.supported.rentcache.limits.Circuit;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;

/**
 * The {@link Circuit} of each endpoint; what becomes of it is published, counted and shown in health. Confined to one
 * event loop.
 */
final class Circuits {
    private static final Logger LOG = LoggerFactory.getLogger(Circuits.class);
    /** When to ask again while a probe is under way. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final EventPublisher events;
    private final InstantSource clock;
    private final Metrics metrics;
    private final PartHealth health;
    private final Map<String, Route> routes = new HashMap<>();

    Circuits(EventPublisher events, InstantSource clock, Metrics metrics, PartHealth health) {
        this.events = events;
        this.clock = clock;
        this.metrics = metrics;
        this.health = health;
    }

    /** The circuit of an endpoint. */
    Route of(String endpoint) {
        return routes.computeIfAbsent(endpoint, Route::new);
    }

    /** The refusal of a call that may be tried again soon. */
    static UpstreamFailure tryAgainSoon() {
        return new UpstreamFailure(Kind.CIRCUIT_OPEN, 0, SOON, 0);
    }

    /** One endpoint's circuit. */
    final class Route {
        private final String endpoint;
        private Circuit circuit = Circuit.CLOSED;

        private Route(String endpoint) {
            this.endpoint = endpoint;
            show(circuit);
        }

        /** The circuit's state by name. */
        String state() {
            return circuit.text();
        }

        /**
         * Why a call would not go through now; null where it would.
         *
         * @param background whether nobody waits for it: such a call is no probe
         */
        UpstreamFailure refusal(boolean background) {
            long millis = circuit.refusesFor(clock.millis());
            if (millis == 0) {
                return background && !(circuit instanceof Circuit.Closed)
                        ? new UpstreamFailure(Kind.GAVE_WAY, 0, SOON, 0) : null;
            }
            Duration wait = Duration.ofSeconds((millis + 999) / 1_000);
            return new UpstreamFailure(Kind.CIRCUIT_OPEN, 0, wait.compareTo(SOON) < 0 ? SOON : wait, 0);
        }

        /** Lets a call through or not. */
        Circuit.Passage begin() {
            Circuit.Passage passage = circuit.pass(clock.millis());
            become(passage.next());
            return passage;
        }

        /** A call has ended, with a reply or, null, with a fault of ours. */
        void ended(UpstreamReply reply, boolean probe) {
            become(circuit.after(end(reply), probe, clock.millis(), ThreadLocalRandom.current().nextDouble()));
        }

        private void show(Circuit state) {
            metrics.upstreamState(
                    endpoint, state instanceof Circuit.Closed ? 0 : state instanceof Circuit.HalfOpen ? 1 : 2);
        }

        private void become(Circuit next) {
            Circuit before = circuit;
            circuit = next;
            if (before.text().equals(next.text())) {
                return;
            }
            show(next);
            metrics.upstreamStates(endpoint, next.text()).increment();
            Instant until = null;
            if (next instanceof Circuit.Open open) {
                until = Instant.ofEpochMilli(open.untilMillis());
                health.failed("circuit of " + endpoint,
                        "No calls to " + endpoint + " until " + until + ": the last ones failed.");
            } else if (next instanceof Circuit.Closed) {
                health.worked("circuit of " + endpoint);
            }
            LOG.info("The circuit of {} is {}.", endpoint, next.text());
            events.publish(new UpstreamStateChanged(endpoint, next.text(), until));
        }
    }

    private static Circuit.End end(UpstreamReply reply) {
        if (reply == null) {
            return Circuit.End.UNKNOWN;
        }
        if (!(reply instanceof UpstreamReply.Failed failed)) {
            return Circuit.End.SUCCESS;
        }
        return switch (failed.failure().kind()) {
            case SERVER_ERROR, UNREACHABLE, TIMED_OUT, BROKEN -> Circuit.End.FAILURE;
            case KEY_REFUSED, RATE_LIMITED, QUEUE_FULL, BUDGET_SPENT, BUDGET_UNKNOWN, CIRCUIT_OPEN, GAVE_WAY,
                    NO_LOOKUP_NODE, NO_UPSTREAM_NODE ->
                    Circuit.End.UNKNOWN;
        };
    }
}

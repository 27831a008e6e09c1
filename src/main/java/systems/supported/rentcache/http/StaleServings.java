package systems.supported.rentcache.http;

import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.events.AskedQuestion;
import systems.supported.rentcache.events.CacheServedStale;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.ops.Metrics;

/**
 * Counts the stale answers of one event loop, and publishes once a second which questions got them. While Rentcast is
 * away most answers may be stale: an event for each would cost more than the answer. What is over the bound of a second
 * is dropped and counted. Confined to its event loop.
 */
final class StaleServings {
    static final String WHILE_REVALIDATED = "stale-while-revalidate";
    static final String UPSTREAM_FAILED = "upstream-failed";

    private static final long EVERY_MILLIS = 1_000;
    private static final int MOST_QUESTIONS = 1_000;

    private final EventPublisher events;
    private final Metrics metrics;
    private Map<CacheKey, Serving> servings = new HashMap<>();

    private static final class Serving {
        private final CanonicalRequest request;
        private final NearEntry entry;
        private String reason;
        private long keyId;
        private int count;

        private Serving(CanonicalRequest request, NearEntry entry) {
            this.request = request;
            this.entry = entry;
        }
    }

    StaleServings(Vertx vertx, EventPublisher events, Metrics metrics) {
        this.events = events;
        this.metrics = metrics;
        vertx.setPeriodic(EVERY_MILLIS, timer -> publish());
    }

    /** A reply was given, which may be a stale answer. */
    void add(Exchange exchange, LookupReply reply) {
        if (reply instanceof LookupReply.StaleOnError stale) {
            add(exchange, stale.entry(), UPSTREAM_FAILED);
        } else if (reply instanceof LookupReply.Found found && found.decision() instanceof CacheDecision.HitStale) {
            add(exchange, found.entry(), WHILE_REVALIDATED);
        }
    }

    /** A stale answer was given. */
    void add(Exchange exchange, NearEntry entry, String reason) {
        CanonicalRequest request = exchange.question.request();
        Serving serving = servings.get(request.key());
        if (serving == null) {
            if (servings.size() >= MOST_QUESTIONS) {
                metrics.dropped("event").increment();
                return;
            }
            serving = new Serving(request, entry);
            servings.put(request.key(), serving);
        }
        serving.reason = reason;
        serving.keyId = exchange.caller.key().id();
        serving.count++;
    }

    private void publish() {
        if (servings.isEmpty()) {
            return;
        }
        Map<CacheKey, Serving> said = servings;
        servings = new HashMap<>();
        said.values().forEach(serving -> events.publish(new CacheServedStale(
                new AskedQuestion(
                        serving.keyId, serving.request.endpoint().name(), serving.request.canonicalJson(),
                        serving.request.key().toString()),
                serving.reason, serving.entry.answer().entry().expiresAt(), serving.count)));
    }
}

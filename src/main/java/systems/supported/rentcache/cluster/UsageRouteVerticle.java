package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import systems.supported.rentcache.analytics.GatheredUsage;
import systems.supported.rentcache.analytics.UsageBatch;
import systems.supported.rentcache.analytics.UsageGathering;
import systems.supported.rentcache.analytics.UsageWire;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.events.Addresses;

/**
 * Has another node write down the usage of one that does not: summed, once a second. What nobody takes on is kept for
 * some minutes and offered again; what was taken on by a node that did not say that it has it is not sent again, so that
 * nothing is counted twice, and is counted as dropped. Confined to one event loop.
 */
public final class UsageRouteVerticle extends VerticleBase {
    private static final long SEND_MILLIS = 1_000;
    /** Five minutes of them. */
    private static final int MOST_WAITING = 300;

    private final Links links;
    private final UsageGathering gathering;
    private final Deque<GatheredUsage> waiting = new ArrayDeque<>();
    private CacheKey place;
    private Future<Void> sending = Future.succeededFuture();

    /** The verticle of a node. */
    public UsageRouteVerticle(Links links) {
        this.links = links;
        this.gathering = new UsageGathering(links.metrics());
    }

    @Override
    public Future<?> start() {
        place = CacheKey.of(links.nodes().self().id());
        vertx.setPeriodic(SEND_MILLIS, timer -> send());
        return vertx.eventBus().<UsageBatch>localConsumer(Addresses.ANALYTICS_USAGE)
                .handler(message -> gathering.add(message.body())).completion();
    }

    @Override
    public Future<?> stop() {
        return sending.eventually(this::send)
                .onComplete(sent -> waiting.forEach(this::drop));
    }

    private Future<Void> send() {
        GatheredUsage gathered = gathering.take();
        if (!gathered.isEmpty()) {
            waiting.add(gathered);
            if (waiting.size() > MOST_WAITING) {
                drop(waiting.remove());
            }
        }
        if (sending.isComplete()) {
            sending = sendWaiting();
        }
        return sending;
    }

    private Future<Void> sendWaiting() {
        GatheredUsage next = waiting.peek();
        if (next == null) {
            return Future.succeededFuture();
        }
        return offer(next, links.nodes().candidates(Role.ANALYTICS, place, System.nanoTime()))
                .compose(settled -> {
                    if (!settled) {
                        return Future.succeededFuture();
                    }
                    waiting.remove(next);
                    return sendWaiting();
                });
    }

    /** Whether a node has it, or may have it. */
    private Future<Boolean> offer(GatheredUsage usage, List<Presence> candidates) {
        if (candidates.isEmpty()) {
            return Future.succeededFuture(false);
        }
        Presence node = candidates.get(0);
        int version = node.wire().agreedWith(links.nodes().self().wire()).orElseThrow();
        return links.calls()
                .ask(node.id(), NodeAddress.usage(node.id()), UsageWire.write(usage, version), NodeCalls.TAKEN_WITHIN)
                .map(written -> {
                    outcome("answered");
                    return true;
                })
                .recover(failure -> {
                    if (failure instanceof NodeCalls.NotTakenException) {
                        outcome("not-taken");
                        return offer(usage, candidates.subList(1, candidates.size()));
                    }
                    outcome("lost");
                    drop(usage);
                    return Future.succeededFuture(true);
                });
    }

    private void drop(GatheredUsage usage) {
        links.metrics().dropped("usage-of-node").increment(usage.answers());
    }

    private void outcome(String outcome) {
        links.metrics().clusterCalls(Role.ANALYTICS.word(), outcome).increment();
    }
}

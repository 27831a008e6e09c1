package systems.supported.rentcache.upstream;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Answers {@link UpstreamRequest}s on the event bus: waits for the key's turn, calls, and calls again where a failure
 * was free. One instance for a process: it keeps the pace of all calls.
 */
public final class UpstreamFetchVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamFetchVerticle.class);

    private final UpstreamOptions options;
    private final InstantSource clock;
    private final Metrics metrics;
    private final PartHealth health;
    private UpstreamClient client;
    private UpstreamPacing pacing;

    /**
     * The verticle over an upstream.
     *
     * @param health is told how calls end
     */
    public UpstreamFetchVerticle(UpstreamOptions options, InstantSource clock, Metrics metrics, PartHealth health) {
        this.options = options;
        this.clock = clock;
        this.metrics = metrics;
        this.health = health;
    }

    @Override
    public Future<?> start() {
        client = new UpstreamClient(vertx, options, clock);
        pacing = new UpstreamPacing(vertx, options.rate(), System::nanoTime);
        return vertx.eventBus()
                .<UpstreamRequest>localConsumer(Addresses.UPSTREAM_FETCH)
                .handler(message -> fetch(message.body()).onComplete(reply -> reply(message, reply.result())))
                .completion();
    }

    private static void reply(Message<UpstreamRequest> message, UpstreamReply reply) {
        message.reply(reply);
    }

    private Future<UpstreamReply> fetch(UpstreamRequest request) {
        Duration longest = options.timeout().plus(UpstreamOptions.MOST_WAITING);
        return attempt(request, 1, System.nanoTime() + longest.toNanos());
    }

    private Future<UpstreamReply> attempt(UpstreamRequest request, int attempt, long deadline) {
        List<ConsumerKey> keys = request.consumerKey() != null ? List.of(request.consumerKey()) : options.keys();
        return pacing.turn(keys, UpstreamOptions.MOST_WAITING.toMillis())
                .compose(key -> key == null
                        ? Future.succeededFuture(queueFull())
                        : client.call(request, key, timeout(deadline)).onSuccess(reply -> count(request, reply)))
                .compose(reply -> again(request, attempt, deadline, reply));
    }

    private Future<UpstreamReply> again(UpstreamRequest request, int attempt, long deadline, UpstreamReply reply) {
        if (!(reply instanceof UpstreamReply.Failed failed)) {
            return Future.succeededFuture(reply);
        }
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        Duration wait = Retries.next(
                failed.failure(), attempt, options.maxRetries(), left, ThreadLocalRandom.current().nextDouble());
        if (wait == null) {
            return Future.succeededFuture(reply);
        }
        LOG.debug("{} {}: trying again in {} ms", request.request().endpoint().name(), failed.failure().kind(),
                wait.toMillis());
        return vertx.timer(wait.toMillis()).compose(waited -> attempt(request, attempt + 1, deadline));
    }

    private Duration timeout(long deadline) {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        return left.compareTo(options.timeout()) < 0 ? left : options.timeout();
    }

    private static UpstreamReply queueFull() {
        return new UpstreamReply.Failed(
                new UpstreamFailure(Kind.QUEUE_FULL, 0, UpstreamOptions.MOST_WAITING, 0));
    }

    private void count(UpstreamRequest request, UpstreamReply reply) {
        String outcome;
        if (reply instanceof UpstreamReply.Failed failed) {
            outcome = failed.failure().kind().name().toLowerCase(Locale.ROOT);
            if (failed.failure().kind() == Kind.KEY_REFUSED && request.consumerKey() != null) {
                health.worked();
            } else {
                health.failed(outcome.replace('_', ' ') + (failed.failure().status() == 0 ? "."
                        : " (status " + failed.failure().status() + ")."));
            }
            metrics.money("spent").increment(failed.failure().costMicros());
        } else {
            outcome = reply instanceof UpstreamReply.NotModified ? "not_modified" : "answered";
            health.worked();
            if (reply instanceof UpstreamReply.Answered answered) {
                metrics.money("spent").increment(answered.costMicros());
            } else if (reply instanceof UpstreamReply.Streaming streaming) {
                metrics.money("spent").increment(streaming.costMicros());
            }
        }
        metrics.upstreamCalls(request.request().endpoint().name(), outcome).increment();
    }
}

package systems.supported.rentcache.webhooks;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.outbox.Following;
import systems.supported.rentcache.outbox.OutboxReader;
import systems.supported.rentcache.storage.Database;

/**
 * Has webhooks delivered to: soon after there are new events, and each second for what failed before. One instance for
 * a process; of several nodes one delivers to a webhook at a time.
 */
public final class WebhookVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookVerticle.class);
    private static final long TICK_MILLIS = 1_000;
    private static final long GATHER_MILLIS = 50;
    private static final int PAGE = 1_000;
    private static final long PATIENCE_MILLIS = 2_000;

    private final WebhookStore webhooks;
    private final DeliveryStore store;
    private final OutboxReader outbox;
    private final Settings.Webhooks options;
    private final InstantSource clock;
    private final Metrics metrics;
    private final Set<Long> underWay = new HashSet<>();
    private WebhookSender sender;
    private volatile Deliveries deliveries;
    private Following following;
    private boolean due;
    private Future<?> turns = Future.succeededFuture();

    /**
     * The deliveries of a node.
     *
     * @param node    a name that no other node has
     * @param options with a secret
     */
    public WebhookVerticle(
            Database database,
            OutboxReader outbox,
            String node,
            Settings.Webhooks options,
            InstantSource clock,
            Metrics metrics) {
        this.webhooks = new WebhookStore(database);
        this.store = new DeliveryStore(database, node);
        this.outbox = outbox;
        this.options = options;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        sender = new WebhookSender(
                vertx, new WebhookTarget(options.http(), options.linkLocal()),
                new WebhookSecrets(options.secret().orElseThrow()), options.timeout(), clock);
        deliveries = new Deliveries(store, outbox, sender, RetryPlan.of(options.tries()), clock, metrics);
        vertx.setPeriodic(TICK_MILLIS, tick -> look());
        following = outbox.follow(OutboxReader.NOW, List.of(), PAGE, page -> {
            lookSoon();
            return Future.succeededFuture();
        });
        return Future.succeededFuture();
    }

    /** Waits for what is being sent, for a while: what is not noted is sent again. */
    @Override
    public Future<?> stop() {
        following.close();
        return turns.timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty()
                .eventually(() -> sender.close());
    }

    private void lookSoon() {
        if (!due) {
            due = true;
            vertx.setTimer(GATHER_MILLIS, timer -> {
                due = false;
                look();
            });
        }
    }

    private void look() {
        webhooks.list()
                .onSuccess(all -> {
                    deliveries.keep(all);
                    all.forEach(this::turn);
                })
                .onFailure(failure -> LOG.debug("The webhooks could not be read", failure));
    }

    private void turn(Webhook webhook) {
        if (underWay.add(webhook.id())) {
            Future<?> turn = deliveries.turn(webhook)
                    .onFailure(failure -> LOG.debug("Webhook {} could not be delivered to", webhook.id(), failure))
                    .onComplete(done -> underWay.remove(webhook.id()));
            turns = Future.join(turns.isComplete() ? Future.succeededFuture() : turns, turn);
        }
    }

    /** For how long the oldest event waits that is not delivered, in seconds. Thread-safe. */
    public long lagSeconds() {
        Deliveries running = deliveries;
        return running == null ? 0 : running.lagSeconds();
    }
}

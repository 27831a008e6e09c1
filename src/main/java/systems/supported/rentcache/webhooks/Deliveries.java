package systems.supported.rentcache.webhooks;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.outbox.EventPage;
import systems.supported.rentcache.outbox.OutboxReader;

/**
 * Delivers to webhooks what they are behind with: in order, one request at a time for each. Confined to one event loop,
 * but for {@link #lagSeconds}.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    /** After so many batches others have their turn. */
    private static final int MOST_BATCHES = 50;
    /** How often it is noted that events were passed which a webhook does not want. */
    private static final Duration NOTED_EVERY = Duration.ofMinutes(1);

    private final DeliveryStore store;
    private final OutboxReader outbox;
    private final WebhookSender sender;
    private final RetryPlan plan;
    private final InstantSource clock;
    private final Metrics metrics;
    private final Map<Long, Passed> passed = new HashMap<>();
    private final Map<Long, Long> lags = new ConcurrentHashMap<>();

    /** Up to where nothing was found behind a cursor that is noted, and since when that is not noted. */
    private record Passed(String noted, String next, Instant since) {
    }

    Deliveries(
            DeliveryStore store,
            OutboxReader outbox,
            WebhookSender sender,
            RetryPlan plan,
            InstantSource clock,
            Metrics metrics) {
        this.store = store;
        this.outbox = outbox;
        this.sender = sender;
        this.plan = plan;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** For how long the oldest event has been waiting that is not delivered, in seconds. Thread-safe. */
    long lagSeconds() {
        return lags.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Forgets all webhooks but these. */
    void keep(List<Webhook> webhooks) {
        List<Long> ids = webhooks.stream().map(Webhook::id).toList();
        passed.keySet().retainAll(ids);
        lags.keySet().retainAll(ids);
    }

    /** Delivers what there is for a webhook, if no other node is at it. */
    Future<Void> turn(Webhook webhook) {
        if (webhook.paused()) {
            lags.remove(webhook.id());
            return Future.succeededFuture();
        }
        return store.wanted(webhook.id()).compose(wanted -> read(webhook).compose(page -> {
            boolean due = !clock.instant().isBefore(webhook.nextTryAt());
            if (wanted.isEmpty() && (page.events().isEmpty() || !due)) {
                return page.events().isEmpty() ? pass(webhook, page) : Future.succeededFuture();
            }
            return store.claim(webhook.id(), clock.instant()).compose(claimed -> claimed.isEmpty()
                    ? Future.succeededFuture() : deliver(claimed.get(), wanted));
        }));
    }

    private Future<Void> deliver(Webhook webhook, List<DeadDelivery> wanted) {
        return revive(webhook, wanted.iterator())
                .compose(revived -> drain(webhook, MOST_BATCHES))
                .eventually(() -> store.release(webhook.id()));
    }

    /** The events that follow; where the webhook wants none of the next ones, those after them. */
    private Future<EventPage> read(Webhook webhook) {
        Passed before = passed.get(webhook.id());
        String from = before != null && before.noted.equals(webhook.cursor()) ? before.next : webhook.cursor();
        return outbox.read(from, webhook.events(), Batch.MOST_EVENTS).compose(page -> {
            if (!page.events().isEmpty()) {
                lags.put(webhook.id(), Duration.between(Batch.of(page).oldest(), clock.instant()).toSeconds());
                return Future.succeededFuture(page);
            }
            lags.remove(webhook.id());
            Instant since = before != null && before.noted.equals(webhook.cursor()) ? before.since : clock.instant();
            passed.put(webhook.id(), new Passed(webhook.cursor(), page.next(), since));
            return page.more() ? read(webhook) : Future.succeededFuture(page);
        });
    }

    private Future<Void> pass(Webhook webhook, EventPage page) {
        Passed unnoted = passed.get(webhook.id());
        boolean late = Duration.between(unnoted.since, clock.instant()).compareTo(NOTED_EVERY) > 0;
        return late && !page.next().equals(webhook.cursor())
                ? store.advance(webhook, page.next(), clock.instant()) : Future.succeededFuture();
    }

    private Future<Void> drain(Webhook webhook, int batches) {
        if (batches == 0 || clock.instant().isBefore(webhook.nextTryAt())) {
            return Future.succeededFuture();
        }
        return read(webhook).compose(page -> {
            if (page.events().isEmpty()) {
                return Future.succeededFuture();
            }
            Batch batch = Batch.of(page);
            return sender.send(webhook, batch.events()).compose(sent -> sent.isDelivered()
                    ? delivered(webhook, batch, batches) : failed(webhook, batch, sent));
        });
    }

    private Future<Void> delivered(Webhook webhook, Batch batch, int batches) {
        metrics.webhookEvents("delivered").increment(batch.events().size());
        return store.delivered(webhook, batch.cursor(), batch.events().size(), clock.instant())
                .compose(stillOurs -> stillOurs
                        ? drain(webhook.at(batch.cursor()), batches - 1) : Future.succeededFuture());
    }

    private Future<Void> failed(Webhook webhook, Batch batch, WebhookSender.Sent sent) {
        metrics.webhookFailures().increment();
        int failures = webhook.failures() + 1;
        if (sent.isUnwanted()) {
            LOG.warn("Webhook {} answered 410 (gone), and is paused.", webhook.id());
            return store.failed(webhook, sent.fault(), clock.instant()).compose(noted -> store.pause(webhook.id()));
        }
        Optional<Duration> delay = plan.delay(failures, ThreadLocalRandom.current().nextDouble());
        if (delay.isPresent()) {
            LOG.info("Webhook {} was not delivered, try {} of {}: {}",
                    webhook.id(), failures, plan.tries(), sent.fault());
            return store.failed(webhook, sent.fault(), clock.instant().plus(delay.get()));
        }
        LOG.warn("{} events for webhook {} are given up after {} tries: {}",
                batch.events().size(), webhook.id(), failures, sent.fault());
        metrics.webhookEvents("dead").increment(batch.events().size());
        return store.giveUp(webhook, batch.cursor(), batch.events(), sent.fault(), clock.instant())
                .onSuccess(forgotten -> metrics.dropped("webhook-dead").increment(forgotten))
                .mapEmpty();
    }

    /** Tries once more what was given up, one after another. */
    private Future<Void> revive(Webhook webhook, Iterator<DeadDelivery> wanted) {
        if (!wanted.hasNext()) {
            return Future.succeededFuture();
        }
        DeadDelivery delivery = wanted.next();
        return sender.send(webhook, delivery.events()).compose(sent -> {
            if (!sent.isDelivered()) {
                metrics.webhookFailures().increment();
                return store.stillDead(delivery, sent.fault());
            }
            metrics.webhookEvents("delivered").increment(delivery.events().size());
            return store.revived(webhook, delivery, clock.instant());
        }).compose(done -> revive(webhook, wanted));
    }
}

package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import systems.supported.rentcache.webhooks.DeadDelivery;
import systems.supported.rentcache.webhooks.Webhook;

/** Webhooks as they are shown: the contract's {@code Webhook} and {@code DeadDelivery}. Pure. */
final class WebhookDocument {
    private WebhookDocument() {
    }

    /**
     * All of a webhook but its secret.
     *
     * @param dead how many deliveries were given up
     */
    static JsonObject of(Webhook webhook, long dead, Instant now) {
        return new JsonObject()
                .put("id", webhook.id())
                .put("url", webhook.url().toString())
                .put("events", new JsonArray(List.copyOf(webhook.events())))
                .put("paused", webhook.paused())
                .put("generation", webhook.secret().number())
                .put("formerSecretUntil",
                        webhook.secret().withFormer(now) ? webhook.secret().formerUntil().toString() : null)
                .put("createdAt", webhook.createdAt().toString())
                .put("cursor", webhook.cursor())
                .put("delivered", webhook.delivered())
                .put("lastDeliveredAt", text(webhook.lastDeliveredAt()))
                .put("failures", webhook.failures())
                .put("nextTryAt", webhook.failures() == 0 ? null : text(webhook.nextTryAt()))
                .put("lastFault", webhook.lastFault())
                .put("dead", dead);
    }

    /** What was given up. */
    static JsonObject of(DeadDelivery delivery) {
        return new JsonObject()
                .put("id", delivery.id())
                .put("at", delivery.at().toString())
                .put("tries", delivery.tries())
                .put("fault", delivery.fault())
                .put("retrying", delivery.wanted())
                .put("events", delivery.events());
    }

    private static String text(Instant moment) {
        return moment == null ? null : moment.toString();
    }
}

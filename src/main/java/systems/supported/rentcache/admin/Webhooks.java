package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.outbox.OutboxReader;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.webhooks.Webhook;
import systems.supported.rentcache.webhooks.WebhookSecrets;
import systems.supported.rentcache.webhooks.WebhookSender;
import systems.supported.rentcache.webhooks.WebhookStore;
import systems.supported.rentcache.webhooks.WebhookTarget;

/** The webhooks: seen, made, changed, tried, and what was given up of them. Thread-safe. */
public final class Webhooks {
    private static final String DEFAULT_GRACE = "24h";
    private static final int CREATED = 201;

    private final WebhookStore store;
    private final OutboxReader outbox;
    private final WebhookTarget target;
    private final Optional<Signing> signing;
    private final InstantSource clock;

    /**
     * What is there where webhooks can be signed.
     *
     * @param secrets the webhooks' secrets
     * @param sender  tries them
     */
    private record Signing(WebhookSecrets secrets, WebhookSender sender) {
    }

    private Webhooks(
            WebhookStore store,
            OutboxReader outbox,
            WebhookTarget target,
            Optional<Signing> signing,
            InstantSource clock) {
        this.store = store;
        this.outbox = outbox;
        this.target = target;
        this.signing = signing;
        this.clock = clock;
    }

    /**
     * The webhooks of a database.
     *
     * @param outbox the events that they are sent
     */
    public static Webhooks of(
            Vertx vertx, Database database, OutboxReader outbox, Settings.Webhooks settings, InstantSource clock) {
        WebhookTarget target = new WebhookTarget(settings.http(), settings.linkLocal());
        Optional<Signing> signing = settings.secret().map(WebhookSecrets::new).map(secrets -> new Signing(
                secrets, new WebhookSender(vertx, target, secrets, settings.timeout(), clock)));
        return new Webhooks(new WebhookStore(database), outbox, target, signing, clock);
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of(
                "listWebhooks", this::list,
                "createWebhook", this::create,
                "showWebhook", this::show,
                "updateWebhook", this::update,
                "deleteWebhook", this::delete,
                "rotateWebhook", this::rotate,
                "testWebhook", this::test,
                "deadDeliveries", this::dead,
                "retryDeliveries", this::retry);
    }

    private Future<Document> list(Call call) {
        return store.list()
                .compose(webhooks -> Future.all(webhooks.stream().map(this::document).toList()))
                .map(all -> Document.of(new JsonObject().put("items", new JsonArray(all.list()))));
    }

    private Future<JsonObject> document(Webhook webhook) {
        return store.countDead(webhook.id()).map(dead -> WebhookDocument.of(webhook, dead, clock.instant()));
    }

    private Future<Document> create(Call call) {
        return RefusedCall.orFailed(() -> {
            signing();
            if (!outbox.isOn()) {
                throw RefusedCall.conflict(
                        "Webhooks are sent the events that are kept, and EVENTS_RETENTION keeps none.");
            }
            Webhook.Spec spec = new Webhook.Spec(
                    url(call.body().getString("url")), events(call.body()), call.body().getBoolean("paused", false));
            return outbox.read(OutboxReader.NOW, List.of(), 1)
                    .compose(end -> store.create(spec, end.next(), clock.instant()))
                    .map(made -> made.orElseThrow(() -> RefusedCall.conflict(
                            "There are " + WebhookStore.MOST + " webhooks already, which is the most there may be.")))
                    .compose(made -> withSecret(CREATED, made));
        });
    }

    private Future<Document> show(Call call) {
        return find(call).compose(this::document).map(Document::of);
    }

    private Future<Document> update(Call call) {
        return find(call).compose(webhook -> RefusedCall.orFailed(() -> {
            JsonObject body = call.body();
            Webhook.Spec spec = new Webhook.Spec(
                    body.containsKey("url") ? url(body.getString("url")) : webhook.url(),
                    body.containsKey("events") ? events(body) : webhook.events(),
                    body.getBoolean("paused", webhook.paused()));
            return there(call, store.update(webhook.id(), spec)).compose(this::document).map(Document::of);
        }));
    }

    private Future<Document> delete(Call call) {
        return find(call).compose(webhook -> document(webhook)
                .compose(shown -> store.delete(webhook.id()).map(Document.of(shown))));
    }

    private Future<Document> rotate(Call call) {
        return RefusedCall.orFailed(() -> {
            signing();
            String grace = call.body().getString("grace", DEFAULT_GRACE);
            Duration overlap;
            try {
                overlap = TimeSpan.parse(grace).duration();
            } catch (IllegalArgumentException wrong) {
                throw RefusedCall.invalid("grace", grace, TimeSpan.ALLOWED);
            }
            return there(call, store.rotate(id(call), clock.instant().plus(overlap)))
                    .compose(webhook -> withSecret(200, webhook));
        });
    }

    private Future<Document> test(Call call) {
        return RefusedCall.orFailed(() -> {
            WebhookSender sender = signing().sender();
            return find(call).compose(webhook -> sender.send(webhook, new JsonArray())).map(sent ->
                    Document.of(new JsonObject()
                            .put("delivered", sent.isDelivered())
                            .put("status", sent.status() == 0 ? null : sent.status())
                            .put("fault", sent.fault())));
        });
    }

    private Future<Document> dead(Call call) {
        return find(call).compose(webhook -> store.dead(webhook.id(), call.limit(), call.offset()))
                .map(page -> Document.of(new JsonObject()
                        .put("items", new JsonArray(page.deliveries().stream().map(WebhookDocument::of).toList()))
                        .put("total", page.total())
                        .put("limit", call.limit())
                        .put("offset", call.offset())));
    }

    private Future<Document> retry(Call call) {
        long delivery = call.body().getLong("delivery", 0L);
        return find(call).compose(webhook -> store.retry(webhook.id(), delivery)).map(count -> {
            if (count == 0 && delivery != 0) {
                throw RefusedCall.notFound("The webhook has no dead delivery " + delivery + ".");
            }
            return Document.of(new JsonObject().put("count", count));
        });
    }

    private Future<Document> withSecret(int status, Webhook webhook) {
        return document(webhook).map(shown -> Document.of(status, new JsonObject()
                .put("webhook", shown)
                .put("secret", signing().secrets().of(webhook.id(), webhook.secret().number()))));
    }

    private Signing signing() {
        return signing.orElseThrow(() -> RefusedCall.conflict("Webhooks are off, for there is no secret to sign with: "
                + "set WEBHOOK_SECRET, the same on all nodes."));
    }

    private URI url(String text) {
        return target.url(text).orElseThrow(() -> RefusedCall.invalid("url", "a URL", target.allowed()));
    }

    private static Set<String> events(JsonObject body) {
        JsonArray given = body.getJsonArray("events");
        Set<String> names = new LinkedHashSet<>();
        (given == null || given.isEmpty() ? OutboxReader.NAMES : given.stream().map(String.class::cast).toList())
                .forEach(names::add);
        names.stream().filter(name -> !OutboxReader.NAMES.contains(name)).findFirst().ifPresent(unknown -> {
            throw RefusedCall.invalid("events", unknown, String.join(", ", OutboxReader.NAMES));
        });
        return names;
    }

    private Future<Webhook> find(Call call) {
        return there(call, store.byId(id(call)));
    }

    private static long id(Call call) {
        return call.parameters().getLong("id");
    }

    private static Future<Webhook> there(Call call, Future<Optional<Webhook>> found) {
        return found.map(webhook -> webhook.orElseThrow(
                () -> RefusedCall.notFound("There is no webhook with the id " + id(call) + ".")));
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Webhooks as they are printed for people: the documents of the admin API.
 *
 * @param zone on whose clock times are told
 */
record WebhookView(ZoneId zone) {
    /** Prints webhooks as a table. */
    void table(List<JsonObject> webhooks, PrintWriter out) {
        Table table = Table.of(">ID", "URL", "STATE", ">DELIVERED", ">DEAD", "LAST DELIVERED", "EVENTS");
        for (JsonObject webhook : webhooks) {
            table.row(
                    webhook.getLong("id"), webhook.getString("url"), state(webhook), webhook.getLong("delivered"),
                    webhook.getLong("dead"), moment(webhook, "lastDeliveredAt"), events(webhook));
        }
        table.print(out);
    }

    /** Prints all of one webhook. */
    void fields(JsonObject webhook, PrintWriter out) {
        Fields fields = new Fields()
                .put("id", webhook.getLong("id"))
                .put("url", webhook.getString("url"))
                .put("state", state(webhook))
                .put("events", events(webhook))
                .put("created", moment(webhook, "createdAt"))
                .put("delivered", webhook.getLong("delivered") + " events, last " + moment(webhook, "lastDeliveredAt"))
                .put("dead", webhook.getLong("dead") + " deliveries")
                .put("cursor", webhook.getString("cursor"));
        if (webhook.getString("lastFault") != null) {
            fields.put("last fault", webhook.getString("lastFault"));
        }
        if (webhook.getString("formerSecretUntil") != null) {
            fields.put("former secret", "signs until " + moment(webhook, "formerSecretUntil"));
        }
        fields.print(out);
    }

    private String state(JsonObject webhook) {
        int failures = webhook.getInteger("failures");
        if (webhook.getBoolean("paused")) {
            return "paused";
        }
        return failures == 0 ? "active" : "failing (" + failures + ")";
    }

    private static String events(JsonObject webhook) {
        JsonArray events = webhook.getJsonArray("events");
        return events.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private String moment(JsonObject webhook, String member) {
        String text = webhook.getString(member);
        return Text.moment(text == null ? null : Instant.parse(text), zone);
    }
}

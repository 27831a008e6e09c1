package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Option;

/** What can be said of a webhook. */
final class WebhookOptions {
    @Option(names = "--events", paramLabel = "NAME", split = ",",
            description = "The events to send, with commas, such as cache.miss,budget.step; all by default.")
    private List<String> events;

    @Option(names = "--paused", arity = "0..1", paramLabel = "true|false", fallbackValue = "true",
            description = "Send nothing for the time being; with false, go on.")
    private Boolean paused;

    /** As a body of the admin API. */
    JsonObject body() {
        JsonObject body = new JsonObject();
        if (events != null) {
            body.put("events", new JsonArray(events));
        }
        return paused == null ? body : body.put("paused", paused);
    }
}

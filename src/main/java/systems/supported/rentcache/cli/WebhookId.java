package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Parameters;

/** The word that says which webhook is meant. */
final class WebhookId {
    @Parameters(paramLabel = "ID", description = "The webhook's id; 'webhooks list' has it.")
    private long id;

    /** The parameters of an operation on it. */
    JsonObject parameters() {
        return new JsonObject().put("id", id);
    }

    @Override
    public String toString() {
        return Long.toString(id);
    }
}

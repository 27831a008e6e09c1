package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tries a webhook. */
@Command(name = "test",
        description = "Send a webhook a signed request without events. Exit code 1 where it does not take it.")
final class WebhooksTestCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private WebhookId which;

    WebhooksTestCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            JsonObject sent = operations.call("testWebhook", which.parameters());
            if (!sent.getBoolean("delivered")) {
                throw new CommandFailure("Webhook " + which + " does not work. " + sent.getString("fault"));
            }
            root.out().println("Webhook " + which + " works: it answered with the status " + sent.getInteger("status")
                    + ".");
        }
        return 0;
    }
}

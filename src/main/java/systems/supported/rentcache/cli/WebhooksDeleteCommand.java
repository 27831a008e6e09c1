package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Takes a webhook away. */
@Command(name = "delete", description = "Take a webhook away, with what was given up of it.")
final class WebhooksDeleteCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private WebhookId which;

    WebhooksDeleteCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            JsonObject webhook = operations.call("deleteWebhook", which.parameters());
            root.out().println("Webhook " + which + " to " + webhook.getString("url") + " is gone.");
        }
        return 0;
    }
}

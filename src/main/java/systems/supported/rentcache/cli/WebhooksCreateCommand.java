package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a webhook. */
@Command(name = "create", description = {
    "Have events sent to an address, from now on, and print the secret that they are signed with, once.",
    "WEBHOOK_SECRET must be set, as on the server."})
final class WebhooksCreateCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "URL", description = "The address, https://.")
    private String url;

    @Mixin
    private WebhookOptions options;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    WebhooksCreateCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            JsonObject made = operations.call("createWebhook", new JsonObject(), options.body().put("url", url));
            long id = made.getJsonObject("webhook").getLong("id");
            WebhookSecret.print(root, json, "Webhook " + id + " was made.", made);
        }
        return 0;
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Changes a webhook. */
@Command(name = "update", description = "Change a webhook. What is not given stays as it is; its secret too.")
final class WebhooksUpdateCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private WebhookId which;

    @Option(names = "--url", paramLabel = "URL", description = "A new address.")
    private String url;

    @Mixin
    private WebhookOptions options;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    WebhooksUpdateCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            JsonObject body = options.body();
            if (url != null) {
                body.put("url", url);
            }
            JsonObject webhook = operations.call("updateWebhook", which.parameters(), body);
            if (json) {
                root.out().println(webhook.encodePrettily());
            } else {
                root.out().println("Webhook " + which + " is now:");
                new WebhookView(settings.limiting().zone()).fields(webhook, root.out());
            }
        }
        return 0;
    }
}

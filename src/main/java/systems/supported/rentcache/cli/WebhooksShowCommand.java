package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Shows one webhook. */
@Command(name = "show", description = "Show all of one webhook but its secret, which nobody can see again.")
final class WebhooksShowCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private WebhookId which;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    WebhooksShowCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            JsonObject webhook = operations.call("showWebhook", which.parameters());
            if (json) {
                root.out().println(webhook.encodePrettily());
            } else {
                new WebhookView(settings.limiting().zone()).fields(webhook, root.out());
            }
        }
        return 0;
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Lists webhooks. */
@Command(name = "list", description = "List the webhooks, with what became of their events.")
final class WebhooksListCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    WebhooksListCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            JsonArray webhooks = operations.call("listWebhooks", new JsonObject()).getJsonArray("items");
            if (json) {
                root.out().println(webhooks.encodePrettily());
            } else if (webhooks.isEmpty()) {
                root.out().println("No webhooks in " + operations.place() + ".");
            } else {
                new WebhookView(settings.limiting().zone()).table(
                        webhooks.stream().map(JsonObject.class::cast).toList(), root.out());
            }
        }
        return 0;
    }
}

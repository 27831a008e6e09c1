package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.admin.TimeSpan;

/** Gives a webhook a new secret. */
@Command(name = "rotate", description = {
    "Give a webhook a new secret and print it, once.",
    "For the overlap each request is signed with both, so that the receiver can change over without a gap."})
final class WebhooksRotateCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private WebhookId which;

    @Option(names = "--overlap", paramLabel = "TIME", defaultValue = "24h",
            description = "How long the former secret signs as well: " + TimeSpan.ALLOWED + ". By default "
                    + "${DEFAULT-VALUE}; 0s when it has leaked.")
    private TimeSpan overlap;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    WebhooksRotateCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            JsonObject rotated = operations.call(
                    "rotateWebhook", which.parameters(), new JsonObject().put("grace", overlap.toString()));
            WebhookSecret.print(root, json, "Webhook " + which + " has a new secret.", rotated);
        }
        return 0;
    }
}

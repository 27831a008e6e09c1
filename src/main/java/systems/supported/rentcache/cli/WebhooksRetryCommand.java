package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tries what was given up once more. */
@Command(name = "retry",
        description = "Have what was given up be tried once more, by the server. All of it, or one delivery.")
final class WebhooksRetryCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private WebhookId which;

    @Option(names = "--delivery", paramLabel = "ID", description = "One delivery; 'webhooks dead' has its id.")
    private Long delivery;

    WebhooksRetryCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            JsonObject body = delivery == null ? new JsonObject() : new JsonObject().put("delivery", delivery);
            int count = operations.call("retryDeliveries", which.parameters(), body).getInteger("count");
            root.out().println(count == 1
                    ? "1 delivery is tried once more." : count + " deliveries are tried once more.");
        }
        return 0;
    }
}

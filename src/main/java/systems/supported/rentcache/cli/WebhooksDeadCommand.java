package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Lists what was given up. */
@Command(name = "dead", description = "List the deliveries of a webhook that were given up, the oldest first.")
final class WebhooksDeadCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private WebhookId which;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "50",
            description = "At most so many; ${DEFAULT-VALUE} by default.")
    private int limit;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    WebhooksDeadCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            JsonObject dead = operations.call("deadDeliveries", which.parameters().put("limit", limit));
            if (json) {
                root.out().println(dead.encodePrettily());
                return 0;
            }
            Table table = Table.of(">ID", "GIVEN UP", ">TRIES", ">EVENTS", "FAULT");
            for (Object item : dead.getJsonArray("items")) {
                JsonObject delivery = (JsonObject) item;
                table.row(
                        delivery.getLong("id"),
                        Text.moment(Instant.parse(delivery.getString("at")), settings.limiting().zone()),
                        delivery.getInteger("tries"), delivery.getJsonArray("events").size(),
                        delivery.getString("fault"));
            }
            table.print(root.out());
            root.out().println(dead.getJsonArray("items").size() + " of " + dead.getLong("total") + ".");
        }
        return 0;
    }
}

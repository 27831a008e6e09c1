package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Lists keys. */
@Command(name = "list", description = "List the keys, with what they used of their quotas.")
final class KeysListCommand implements Callable<Integer>, WorksOnServer {
    private static final int PAGE = 1_000;

    private final RentCacheCommand root;

    @Option(names = "--all", description = "Revoked keys too.")
    private boolean all;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysListCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            List<JsonObject> keys = keys(operations);
            if (json) {
                root.out().println(new JsonArray(keys).encodePrettily());
            } else if (keys.isEmpty()) {
                root.out().println("No keys in " + operations.place() + ".");
            } else {
                root.keyView(settings).table(keys, root.out());
            }
        }
        return 0;
    }

    private List<JsonObject> keys(Operations operations) throws CommandFailure {
        List<JsonObject> keys = new ArrayList<>();
        JsonObject page;
        do {
            page = operations.call("listKeys", new JsonObject()
                    .put("status", all ? "all" : "active").put("limit", PAGE).put("offset", keys.size()));
            page.getJsonArray("items").forEach(key -> keys.add((JsonObject) key));
        } while (!page.getJsonArray("items").isEmpty() && keys.size() < page.getLong("total"));
        return keys;
    }
}

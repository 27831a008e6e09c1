package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.config.Settings;

/** Lists keys. */
@Command(name = "list", description = "List the keys, with what they used of their quotas.")
final class KeysListCommand implements Callable<Integer> {
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
        KeyView view = new KeyView(settings, root.surroundings().clock().instant());
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            List<ApiKey> keys = database.await(database.keys().list(all, Integer.MAX_VALUE));
            if (json) {
                root.out().println(new JsonArray(keys.stream().map(view::json).toList()).encodePrettily());
            } else if (keys.isEmpty()) {
                root.out().println("No keys in " + database.place() + ".");
            } else {
                view.table(keys, root.out());
            }
        }
        return 0;
    }
}

package systems.supported.rentcache.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.config.Settings;

/** Shows one key. */
@Command(name = "show", description = "Show all of one key but its value, which nobody can see again.")
final class KeysShowCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Mixin
    private NamedKey which;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysShowCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        KeyView view = new KeyView(settings, root.surroundings().clock().instant());
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            ApiKey key = which.in(database);
            if (json) {
                root.out().println(view.json(key).encodePrettily());
            } else {
                view.fields(key, root.out());
            }
        }
        return 0;
    }
}

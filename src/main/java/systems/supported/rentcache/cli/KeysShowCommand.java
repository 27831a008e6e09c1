package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Shows one key. */
@Command(name = "show", description = "Show all of one key but its value, which nobody can see again.")
final class KeysShowCommand implements Callable<Integer>, WorksOnServer {
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
        try (Operations operations = root.operations(settings)) {
            JsonObject key = which.in(operations);
            if (json) {
                root.out().println(key.encodePrettily());
            } else {
                root.keyView(settings).fields(key, root.out());
            }
        }
        return 0;
    }
}

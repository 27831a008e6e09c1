package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import systems.supported.rentcache.config.Settings;

/** Makes a key. */
@Command(name = "create", description = {
    "Make a key and print it, once: only its digest is kept.",
    "Without options it may read, has no quota, never expires and has the configured rates."})
final class KeysCreateCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "NAME", description = "Its name, which no other active key has.")
    private KeyName name;

    @Mixin
    private KeyOptions options;

    @Mixin
    private KeyValueOption value;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysCreateCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        JsonObject body = options.newBody(name.text(), settings, root.surroundings().clock().instant());
        try (Operations operations = root.operations(settings)) {
            new KeyCreation(root, json, value.value(root.surroundings().in())).run(operations, body);
        }
        return 0;
    }
}

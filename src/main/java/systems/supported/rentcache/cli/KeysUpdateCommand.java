package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Changes what a key is. */
@Command(name = "update", description = "Change what a key is. What is not given stays as it is; its value too.")
final class KeysUpdateCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private NamedKey which;

    @Option(names = "--name", paramLabel = "NEW", description = "A new name.")
    private KeyName name;

    @Mixin
    private KeyOptions options;

    @ArgGroup
    private Activity activity;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** Whether the key is to be accepted, if that is to change. */
    private static final class Activity {
        @Option(names = "--active", arity = "0..1", paramLabel = "true|false",
                description = "Accept the key (again); with false, revoke it.")
        private Boolean active;

        @Option(names = "--inactive", description = "Revoke the key, as 'keys revoke' does.")
        private boolean inactive;

        private boolean isActive() {
            return !inactive && active;
        }
    }

    KeysUpdateCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        JsonObject body = options.body(settings, root.surroundings().clock().instant());
        if (name != null) {
            body.put("name", name.text());
        }
        if (activity != null) {
            body.put("active", activity.isActive());
        }
        try (Operations operations = root.operations(settings)) {
            JsonObject updated = operations.call(
                    "updateKey", new JsonObject().put("id", which.in(operations).getLong("id")), body);
            if (json) {
                root.out().println(updated.encodePrettily());
            } else {
                root.out().println("Key '" + updated.getString("name") + "' is now:");
                root.keyView(settings).fields(updated, root.out());
            }
        }
        return 0;
    }
}

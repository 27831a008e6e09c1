package systems.supported.rentcache.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.config.Settings;

/** Changes what a key is. */
@Command(name = "update", description = "Change what a key is. What is not given stays as it is; its value too.")
final class KeysUpdateCommand implements Callable<Integer> {
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
        Instant now = root.surroundings().clock().instant();
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            ApiKey key = which.in(database);
            KeySpec spec = renamed(options.over(KeySpec.of(key), settings, now));
            boolean active = activity == null ? key.active() : activity.isActive();
            ApiKey updated = database.awaitChange(database.keys().update(key.id(), spec, active, now));
            KeyView view = new KeyView(settings, now);
            if (json) {
                root.out().println(view.json(updated).encodePrettily());
            } else {
                root.out().println("Key '" + updated.name() + "' is now:");
                view.fields(updated, root.out());
            }
        }
        return 0;
    }

    private KeySpec renamed(KeySpec spec) {
        return name == null
                ? spec
                : new KeySpec(
                        name.text(), spec.permissions(), spec.dailyLimit(), spec.monthlyLimit(), spec.rate(),
                        spec.endpointRates(), spec.expiresAt());
    }
}

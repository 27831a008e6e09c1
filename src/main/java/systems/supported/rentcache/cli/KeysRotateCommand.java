package systems.supported.rentcache.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.admin.TimeSpan;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.config.Settings;

/** Gives a key a new value. */
@Command(name = "rotate", description = {
    "Give a key a new value and print it, once. Name, limits and usage stay.",
    "The former value is accepted for the overlap, so that the consumer can change over without a gap."})
final class KeysRotateCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Mixin
    private NamedKey which;

    @Option(names = "--overlap", paramLabel = "TIME", defaultValue = "24h",
            description = "How long the former value is accepted: " + TimeSpan.ALLOWED + ". By default "
                    + "${DEFAULT-VALUE}; 0s when it has leaked.")
    private TimeSpan overlap;

    @Mixin
    private KeyValueOption value;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    KeysRotateCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        Instant now = root.surroundings().clock().instant();
        String newValue = value.value(root.surroundings().in());
        Duration kept = overlap.duration();
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            ApiKey key = which.activeIn(database);
            if (database.await(database.keys().byHash(KeyHash.of(newValue))).isPresent()) {
                throw new CommandFailure("This value belongs to a key already.");
            }
            ApiKey rotated = database.awaitChange(database.keys().rotate(key.id(), newValue, kept, now));
            String former = kept.isZero()
                    ? "the former one is not accepted any more."
                    : "the former one is accepted until "
                            + Text.moment(now.plus(kept), settings.limiting().zone())
                            + " (--overlap says how long; 0s ends it at once).";
            new KeyCreation(root, json, value.isGiven()).handOver(
                    "Key '" + key.name() + "' (" + key.id() + ") has a new value; " + former,
                    rotated, newValue, settings, now);
        }
        return 0;
    }
}

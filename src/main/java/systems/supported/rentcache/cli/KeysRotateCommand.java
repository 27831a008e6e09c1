package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.admin.TimeSpan;
import systems.supported.rentcache.config.Settings;

/** Gives a key a new value. */
@Command(name = "rotate", description = {
    "Give a key a new value and print it, once. Name, limits and usage stay.",
    "The former value is accepted for the overlap, so that the consumer can change over without a gap."})
final class KeysRotateCommand implements Callable<Integer>, WorksOnServer {
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
        Duration kept = overlap.duration();
        Instant now = root.surroundings().clock().instant();
        try (Operations operations = root.operations(settings)) {
            KeyCreation creation = new KeyCreation(root, json, value.value(root.surroundings().in()));
            JsonObject key = which.activeIn(operations);
            JsonObject rotated = operations.call(
                    "rotateKey", new JsonObject().put("id", key.getLong("id")),
                    creation.withValue(new JsonObject().put("grace", overlap.toString())));
            String former = kept.isZero()
                    ? "the former one is not accepted any more."
                    : "the former one is accepted until "
                            + Text.moment(now.plus(kept), settings.limiting().zone())
                            + " (--overlap says how long; 0s ends it at once).";
            creation.handOver("Key '" + key.getString("name") + "' (" + key.getLong("id") + ") has a new value; "
                    + former, rotated);
        }
        return 0;
    }
}

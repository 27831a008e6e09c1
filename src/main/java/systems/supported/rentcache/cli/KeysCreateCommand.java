package systems.supported.rentcache.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.config.Settings;

/** Makes a key. */
@Command(name = "create", description = {
    "Make a key and print it, once: only its digest is kept.",
    "Without options it may read, has no quota, never expires and has the configured rates."})
final class KeysCreateCommand implements Callable<Integer> {
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
        Instant now = root.surroundings().clock().instant();
        KeySpec spec = options.over(KeySpec.named(name.text()), settings, now);
        new KeyCreation(root, json, value.isGiven()).run(settings, spec, value.value(root.surroundings().in()), now);
        return 0;
    }
}

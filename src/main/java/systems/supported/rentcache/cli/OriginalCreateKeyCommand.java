package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.config.Settings;

/** The original's command for making a key, with the original's limits where none are given. */
@Command(name = "create-key", description = {
    "As the original RentCache: make a key whose value is the consumer's Rentcast key.",
    "Without options, 1000 requests a day and 30000 a month. See 'keys create' for more."})
final class OriginalCreateKeyCommand implements Callable<Integer>, WorksOnServer {
    private static final long DAILY_LIMIT = 1_000;
    private static final long MONTHLY_LIMIT = 30_000;

    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name, which no other active key has.")
    private KeyName name;

    @Parameters(index = "1", paramLabel = "RENTCAST_KEY", description = "Its value; with - from standard input.")
    private String value;

    @Mixin
    private KeyOptions options;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    OriginalCreateKeyCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        JsonObject body = new JsonObject()
                .put("dailyLimit", DAILY_LIMIT)
                .put("monthlyLimit", MONTHLY_LIMIT)
                .mergeIn(options.newBody(name.text(), settings, root.surroundings().clock().instant()));
        try (Operations operations = root.operations(settings)) {
            String checked = KeyValueOption.checked(value, root.surroundings().in(), command);
            new KeyCreation(root, json, checked).run(operations, body);
        }
        return 0;
    }
}

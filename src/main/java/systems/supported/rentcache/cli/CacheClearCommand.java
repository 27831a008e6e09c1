package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.admin.TimeSpan;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;

/** Marks answers as invalid, so that they are fetched, and paid for, again. */
@Command(name = "clear", description = {
    "Mark answers as invalid: all of them, or those that the options name. A running server drops them too.",
    "They stay in the database until they would have been deleted anyway."})
final class CacheClearCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;
    private final boolean asks;

    @Spec
    private CommandSpec command;

    @Option(names = "--endpoint", paramLabel = "ENDPOINT", description = "Only answers of this endpoint.")
    private EndpointName endpoint;

    @Option(names = "--older-than", paramLabel = "TIME", converter = Hours.class,
            description = "Only answers fetched longer ago: a number of hours, or " + TimeSpan.ALLOWED + ".")
    private TimeSpan age;

    @Option(names = "--tag", paramLabel = "NAME:VALUE",
            description = {"Only answers to questions with this parameter, such as zipCode:78244, city:Austin, state:TX,",
                "address:... or id:...; the value as 'cache show' has it. Of several, all have to match."})
    private List<String> tags = List.of();

    @Option(names = "--key", paramLabel = "CACHE_KEY", description = "Only the answer under this key.")
    private CacheKey key;

    @Option(names = {"--yes", "-y"}, description = "Do not ask first.")
    private boolean yes;

    /**
     * The command.
     *
     * @param asks whether it asks first, unless told not to
     */
    CacheClearCommand(RentCacheCommand root, boolean asks) {
        this.root = root;
        this.asks = asks;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        JsonObject what = what(settings);
        try (Operations operations = root.operations(settings)) {
            if (asks && !yes) {
                confirm();
            }
            JsonObject done = operations.call("invalidate", new JsonObject(), what);
            long count = done.getLong("count");
            root.out().println((count == 1 ? "1 answer was cleared." : count + " answers were cleared.")
                    + " 'cache undo " + done.getLong("seq") + "' takes it back.");
        }
        return 0;
    }

    private JsonObject what(Settings settings) throws SettingsException {
        String name = endpoint == null
                ? null
                : endpoint.in(RentCacheCommand.catalog(settings), command.commandLine());
        long narrowings = Stream.of(age != null, !tags.isEmpty(), key != null).filter(given -> given).count();
        if (narrowings > 1 || key != null && name != null) {
            throw new ParameterException(command.commandLine(),
                    "--older-than, --tag and --key cannot be combined, nor --key with --endpoint.");
        }
        tags.stream().filter(tag -> tag.indexOf(':') < 1).findFirst().ifPresent(wrong -> {
            throw new ParameterException(command.commandLine(), "--tag is not NAME:VALUE: " + wrong);
        });
        JsonObject what = new JsonObject();
        if (name != null) {
            what.put("endpoint", name);
        }
        if (!tags.isEmpty()) {
            what.put("tags", new JsonArray(tags));
        }
        if (key != null) {
            what.put("key", key.hex());
        }
        if (age != null) {
            what.put("olderThan", age.toString());
        }
        return what.isEmpty() ? what.put("all", true) : what;
    }

    private void confirm() throws IOException, CommandFailure {
        root.err().print("What is cleared is paid for again when it is asked for again. Clear "
                + (key != null ? "the answer " + key.hex()
                        : endpoint == null ? "the answers of all endpoints" : "the answers of " + endpoint.text())
                + (age == null ? "" : " older than " + age)
                + (tags.isEmpty() ? "" : " with " + String.join(" and ", tags)) + "? [y/N] ");
        root.err().flush();
        String answer = InputLine.read(root.surroundings().in());
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            root.err().println();
            throw new CommandFailure("Nothing was cleared. With --yes there is no question.");
        }
    }
}

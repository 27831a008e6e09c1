package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes back what {@code cache clear} did. */
@Command(name = "undo", description = {
    "Take back what 'cache clear' did: its answers are valid again, but for those that were fetched anew since.",
    "'cache clear' prints the number. What was cleared stays in the database for 48 hours."})
final class CacheUndoCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "NUMBER", description = "The number that 'cache clear' printed.")
    private long number;

    CacheUndoCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            long revived = operations.call("undo", new JsonObject(), new JsonObject().put("seq", number))
                    .getLong("count");
            root.out().println(revived == 1 ? "1 answer is valid again." : revived + " answers are valid again.");
        }
        return 0;
    }
}

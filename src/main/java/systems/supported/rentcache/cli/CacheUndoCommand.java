package systems.supported.rentcache.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes back what {@code cache clear} did. */
@Command(name = "undo", description = {
    "Take back what 'cache clear' did: its answers are valid again, but for those that were fetched anew since.",
    "'cache clear' prints the number. What was cleared stays in the database for 48 hours."})
final class CacheUndoCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "NUMBER", description = "The number that 'cache clear' printed.")
    private long number;

    CacheUndoCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (OpenDatabase database = OpenDatabase.of(root.settings())) {
            Optional<Integer> revived =
                    database.await(database.answers().undo(number, root.surroundings().clock().instant()));
            if (revived.isEmpty()) {
                throw new CommandFailure("There is no clearing " + number + " that was not undone yet.");
            }
            root.out().println(revived.get() == 1
                    ? "1 answer is valid again." : revived.get() + " answers are valid again.");
        } catch (IllegalArgumentException ofAKey) {
            throw new CommandFailure("Number " + number + " is no clearing of the cache.");
        }
        return 0;
    }
}

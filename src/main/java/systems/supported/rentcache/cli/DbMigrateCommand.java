package systems.supported.rentcache.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import systems.supported.rentcache.storage.SchemaChange;

/** Brings the schema up to date. */
@Command(name = "migrate", description = {
    "Bring the schema of the configured database up to date.",
    "Every command and every start of the server does so too; this one does nothing else."})
final class DbMigrateCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    DbMigrateCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (OpenDatabase database = OpenDatabase.of(root.settings())) {
            SchemaChange change = database.database().schemaChange();
            String what = "The schema of " + database.place();
            if (!change.isChange()) {
                root.out().println(what + " is up to date, at version " + change.to() + ".");
            } else if (change.from() == null) {
                root.out().println(what + " was made, at version " + change.to() + ".");
            } else {
                root.out().println(what + " was brought from version " + change.from() + " to " + change.to() + ".");
            }
        }
        return 0;
    }
}

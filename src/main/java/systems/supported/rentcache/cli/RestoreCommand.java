package systems.supported.rentcache.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import systems.supported.rentcache.storage.SqliteFile;

/** Puts a backup in the place of the SQLite database. */
@Command(name = "restore", description = {
    "Put a backup in the place of the SQLite database; the server must be stopped.",
    "What happened since the backup is not in it: keys made since are unknown, and keys revoked since work again."})
final class RestoreCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "FILE", description = "A file that 'backup' made.")
    private String file;

    @Option(names = "--force", description = "Replace a database that is there; it is kept under another name.")
    private boolean force;

    RestoreCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Path target = BackupCommand.sqlite(root, "conf/backup/postgresql-restore");
        Path backup = root.surroundings().directory().resolve(file);
        if (!Files.isRegularFile(backup)) {
            throw new CommandFailure("There is no file " + backup + ".");
        }
        if (Files.exists(target) && !force) {
            throw new CommandFailure(target + " is there. With --force it is replaced, and kept under another name.");
        }
        Path aside = target.resolveSibling(
                target.getFileName() + ".replaced-" + root.surroundings().clock().instant().getEpochSecond());
        try {
            long rows = SqliteFile.verify(backup).values().stream().mapToLong(Long::longValue).sum();
            boolean replaces = Files.exists(target);
            new SqliteFile(target).replaceBy(backup, aside);
            root.out().println("Restored " + target + " from " + backup + ", " + rows + " rows.");
            if (replaces) {
                root.out().println("What was there is " + aside + ".");
            }
        } catch (IOException failure) {
            throw new CommandFailure("The database cannot be restored: " + failure + ".");
        }
        return CommandLine.ExitCode.OK;
    }
}

package systems.supported.rentcache.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.storage.SqliteFile;

/** Copies the SQLite database of a server that may be running. */
@Command(name = "backup", description = {
    "Copy the SQLite database into a directory, while a server may be running, and verify the copy.",
    "The digests of keys are in it: keep it as you keep the database. For PostgreSQL see conf/backup."})
final class BackupCommand implements Callable<Integer> {
    private static final String PREFIX = "rentcache-";
    private static final String SUFFIX = ".db";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "DIRECTORY", description = "Where backups are kept; made where it is missing.")
    private String directory;

    @Option(names = "--keep", paramLabel = "N",
            description = "Delete all but the newest N backups of the directory, once the new one is verified.")
    private Integer keep;

    BackupCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        if (keep != null && keep < 1) {
            throw new ParameterException(command.commandLine(), "Invalid value for option '--keep': allowed: at least 1");
        }
        Path source = sqlite(root, "conf/backup/postgresql-dump or postgresql-base");
        Path backups = root.surroundings().directory().resolve(directory);
        Path target = backups.resolve(PREFIX + TIME.format(root.surroundings().clock().instant()) + SUFFIX);
        try {
            Files.createDirectories(backups);
            if (Files.exists(target)) {
                throw new CommandFailure(target + " is there already. Backups are named by the second.");
            }
            Map<String, Long> rows = new SqliteFile(source).copyTo(target);
            root.out().println(target);
            long size = Files.size(target);
            root.err().println("Copied " + source + ", " + size + " bytes, and verified it:");
            rows.forEach((table, count) -> root.err().println("  " + table + "  " + count));
            prune(backups);
        } catch (IOException failure) {
            throw new CommandFailure("The backup cannot be written to " + backups + ": " + failure + ".");
        }
        return CommandLine.ExitCode.OK;
    }

    private void prune(Path backups) throws IOException {
        if (keep == null) {
            return;
        }
        List<Path> oldest;
        try (Stream<Path> files = Files.list(backups)) {
            oldest = files.filter(file -> file.getFileName().toString().matches(PREFIX + "\\d{8}T\\d{6}Z\\" + SUFFIX))
                    .sorted(Comparator.<Path>naturalOrder().reversed()).skip(keep).toList();
        }
        for (Path old : oldest) {
            Files.delete(old);
            root.err().println("Deleted " + old);
        }
    }

    /** The file of the configured database. */
    static Path sqlite(RentCacheCommand root, String instead) throws Exception {
        DatabaseUrl database = root.settings().storage().database();
        if (database instanceof DatabaseUrl.Sqlite file) {
            return file.path();
        }
        throw new CommandFailure("DATABASE_URL is " + database.shown() + ", and this command is for SQLite: use "
                + instead + ".");
    }
}

package systems.supported.rentcache.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.transfer.Import;
import systems.supported.rentcache.transfer.OriginalImport;
import systems.supported.rentcache.transfer.Progress;
import systems.supported.rentcache.transfer.Summary;
import systems.supported.rentcache.transfer.TransferException;

/** Reads what another database held. */
@Command(name = "import", description = {
    "Read what 'db export' wrote, or the original Python RentCache's database, into the configured database.",
    "What is here already stays: doing it again changes nothing, and an import that was cut short can be done again."})
final class DbImportCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Parameters(arity = "0..1", paramLabel = "FILE",
            description = "What 'db export' wrote, compressed where its name ends in .gz; - for standard input.")
    private String file;

    @Option(names = "--original", paramLabel = "FILE",
            description = "The original's SQLite file, of which keys and usage are taken.")
    private Path original;

    @Option(names = "--merge", description = "Add usage to what is here of the same time. Without it, that is refused.")
    private boolean merge;

    @Mixin
    private PartOption only;

    DbImportCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        if ((file == null) == (original == null)) {
            throw new ParameterException(command.commandLine(), "Name a FILE or an --original, one of them.");
        }
        Settings settings = root.settings();
        Summary summary;
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            summary = original == null ? ofFile(database.database()) : ofOriginal(database.database(), settings);
        } catch (IOException | TransferException failure) {
            throw new CommandFailure(failure instanceof TransferException
                    ? failure.getMessage() : file + " cannot be read: " + failure.getMessage() + ".");
        }
        root.out().println("Imported:");
        summary.lines().forEach(line -> root.out().println("  " + line));
        return 0;
    }

    private Summary ofFile(Database database) throws IOException, TransferException {
        Progress progress = ProgressLine.on(root.err());
        Import run = new Import(database, only.parts(), merge, now(), progress);
        if (file.equals("-")) {
            return run.run(root.surroundings().in());
        }
        Path path = root.surroundings().directory().resolve(file);
        if (!Files.isRegularFile(path)) {
            throw new IOException("there is no such file");
        }
        try (InputStream bytes = Files.newInputStream(path);
                InputStream in = file.endsWith(".gz") ? new GZIPInputStream(bytes) : bytes) {
            return run.run(in);
        }
    }

    private Summary ofOriginal(Database database, Settings settings) throws TransferException {
        return new OriginalImport(
                        database, only.parts(), merge, now(), settings.limiting().zone(), ProgressLine.on(root.err()))
                .run(root.surroundings().directory().resolve(original));
    }

    private Instant now() {
        return root.surroundings().clock().instant();
    }
}

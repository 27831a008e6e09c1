package systems.supported.rentcache.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import systems.supported.rentcache.transfer.Export;
import systems.supported.rentcache.transfer.Summary;
import systems.supported.rentcache.transfer.TransferException;

/** Writes what the database holds into a file. */
@Command(name = "export", description = {
    "Write what the database holds as lines of JSON, for 'db import' to read into any other one.",
    "A server may be running meanwhile. The digests of keys are in it: keep the file as you keep the database."})
final class DbExportCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "FILE",
            description = "A file that is not there yet, compressed where its name ends in .gz; - for standard output.")
    private String file;

    @Mixin
    private PartOption only;

    DbExportCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Summary summary;
        try (OpenDatabase database = OpenDatabase.of(root.settings())) {
            Export export = new Export(database.database(), only.parts(), ProgressLine.on(root.err()));
            summary = file.equals("-")
                    ? toOutput(export) : toFile(export, root.surroundings().directory().resolve(file));
        } catch (IOException | TransferException failure) {
            throw new CommandFailure(failure instanceof TransferException
                    ? failure.getMessage() : "The export cannot be written: " + failure.getMessage() + ".");
        }
        summary.lines().forEach(root.err()::println);
        return 0;
    }

    private Summary toOutput(Export export) throws IOException, TransferException {
        Summary summary = run(export, root.out());
        if (root.out().checkError()) {
            throw new IOException("standard output is closed");
        }
        return summary;
    }

    /** Under another name until it is whole, and for its owner's eyes only. */
    private Summary toFile(Export export, Path path) throws IOException, TransferException {
        if (Files.exists(path)) {
            throw new IOException(path + " is there already");
        }
        Path growing = Files.createTempFile(path.toAbsolutePath().getParent(), path.getFileName() + ".", ".part");
        try {
            Summary summary;
            OutputStream bytes = Files.newOutputStream(growing);
            try (Writer out = new BufferedWriter(new OutputStreamWriter(
                    path.toString().endsWith(".gz") ? new GZIPOutputStream(bytes) : bytes, StandardCharsets.UTF_8))) {
                summary = run(export, out);
            }
            Files.move(growing, path);
            return summary;
        } finally {
            Files.deleteIfExists(growing);
        }
    }

    private Summary run(Export export, Writer out) throws IOException, TransferException {
        return export.run(out, ProgramVersion.text(), root.surroundings().clock().instant());
    }
}

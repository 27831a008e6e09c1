package systems.supported.rentcache.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * Copies of a SQLite database's file, and putting one in its place. A server may write to the file while it is copied:
 * the copy is of one moment. All of this blocks; not for an event loop.
 */
public final class SqliteFile {
    /** The table by which Flyway knows the schema's version: what lacks it is not RentCache's. */
    private static final String SCHEMA_HISTORY = "flyway_schema_history";

    private final Path file;

    /**
     * The database in a file.
     *
     * @param file the file; it need not be there to be restored
     */
    public SqliteFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /**
     * Copies the database into a new file, which is compared with it before it gets its name: each table has as many
     * rows as at the moment that was copied, and SQLite finds no fault in the copy. The file is its owner's alone.
     *
     * @param target the file to make
     * @return how many rows each table has
     * @throws DatabaseException when there is nothing to copy, or the copy is not whole; then there is no new file
     */
    public Map<String, Long> copyTo(Path target) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DatabaseException(
                    "There is no database at " + file + ". Check DATABASE_URL.", true, null);
        }
        Path growing = Files.createTempFile(target.toAbsolutePath().getParent(), target.getFileName() + ".", ".part");
        try {
            Map<String, Long> copied = copy(growing);
            Map<String, Long> found = verify(growing);
            if (!found.equals(copied)) {
                throw new DatabaseException("The copy of " + file + " is not what was copied: " + found + " and not "
                        + copied + ". Check the disk of " + target + ".", true, null);
            }
            Files.move(growing, target);
            return found;
        } finally {
            Files.deleteIfExists(growing);
        }
    }

    /** Copies what one transaction sees, and counts it. */
    private Map<String, Long> copy(Path target) {
        try (Connection source = open(file, true)) {
            source.setAutoCommit(false);
            try (Statement statement = source.createStatement()) {
                Map<String, Long> rows = rows(statement);
                statement.executeUpdate("backup to \"" + target + "\"");
                return rows;
            } finally {
                source.rollback();
            }
        } catch (SQLException failed) {
            throw new DatabaseException(
                    "The database file " + file + " cannot be copied to " + target.getParent() + " ("
                            + Migrations.firstLine(failed.getMessage()) + ").", false, failed);
        }
    }

    /**
     * Looks through a copy, and makes one file of it alone, without a log beside it.
     *
     * @param copy a file that {@link #copyTo} made
     * @return how many rows each table has
     * @throws DatabaseException when it is damaged, or is not a database of RentCache's
     */
    public static Map<String, Long> verify(Path copy) {
        try (Connection connection = open(copy, false); Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = DELETE");
            List<String> faults = texts(statement, "PRAGMA integrity_check");
            if (!faults.equals(List.of("ok"))) {
                throw new DatabaseException(copy + " is damaged: " + faults.get(0) + ". Take another backup.", true, null);
            }
            Map<String, Long> rows = rows(statement);
            if (!rows.containsKey(SCHEMA_HISTORY)) {
                throw new DatabaseException(copy + " is a database, but not one of RentCache's.", true, null);
            }
            return rows;
        } catch (SQLException failed) {
            throw new DatabaseException(copy + " is no backup that can be used ("
                    + Migrations.firstLine(failed.getMessage()) + "). Take another one.", true, failed);
        }
    }

    /**
     * Puts a verified copy, brought to this version's schema, in the place of the database. What was there is kept
     * beside it.
     *
     * @param copy  is left as it is
     * @param aside what the database that is there is renamed to; not used where there is none
     * @throws DatabaseException when somebody has the database open, or the copy is a newer version's
     */
    public void replaceBy(Path copy, Path aside) throws IOException {
        Files.createDirectories(file.getParent());
        Path coming = Files.createTempFile(file.getParent(), file.getFileName() + ".", ".part");
        try {
            OpeningLock.during(file, () -> {
                requireUnused();
                Files.copy(copy, coming, StandardCopyOption.REPLACE_EXISTING);
                Migrations.run(source(coming, false), "db/sqlite");
                try (FileChannel channel = FileChannel.open(coming, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                if (Files.exists(file)) {
                    Files.move(file, aside);
                }
                // What a crash left of the former database's log would be taken for the new one's.
                Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-wal"));
                Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-shm"));
                return Files.move(coming, file, StandardCopyOption.ATOMIC_MOVE);
            });
        } catch (FlywayException newer) {
            throw Migrations.unfit(copy.toString(), newer);
        } catch (SQLException failed) {
            throw new DatabaseException("The database file " + file + " cannot be replaced ("
                    + Migrations.firstLine(failed.getMessage()) + ").", true, failed);
        } finally {
            Files.deleteIfExists(coming);
        }
    }

    /** Leaving the write-ahead log takes the file for oneself, which fails while anybody else has it open. */
    private void requireUnused() throws SQLException {
        if (Files.notExists(file)) {
            return;
        }
        try (Connection connection = open(file, false); Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = DELETE");
        } catch (SQLException failed) {
            switch (SQLiteErrorCode.getErrorCode(failed.getErrorCode())) {
                case SQLITE_BUSY, SQLITE_LOCKED -> throw new DatabaseException(
                        "A server or another program is using " + file + ". Stop it first.", true, failed);
                // A damaged file is what backups are for.
                case SQLITE_CORRUPT, SQLITE_NOTADB -> { }
                default -> throw failed;
            }
        }
    }

    private static Connection open(Path file, boolean readOnly) throws SQLException {
        return source(file, readOnly).getConnection();
    }

    private static SQLiteDataSource source(Path file, boolean readOnly) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.setBusyTimeout(0);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private static Map<String, Long> rows(Statement statement) throws SQLException {
        Map<String, Long> rows = new TreeMap<>();
        for (String table : texts(statement, "SELECT name FROM sqlite_master WHERE type = 'table' "
                + "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")) {
            rows.put(table, Long.valueOf(texts(statement, "SELECT COUNT(*) FROM \"" + table + "\"").get(0)));
        }
        return rows;
    }

    private static List<String> texts(Statement statement, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                texts.add(found.getString(1));
            }
        }
        return texts;
    }
}

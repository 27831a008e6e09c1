package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.config.Settings;

/**
 * A SQLite file. It has one writer at a time and any number of readers beside it (write-ahead log), so there is one
 * connection that writes, through which all writes queue without ever meeting a lock of our own, and a few that only
 * read. Statements run on the pools' own worker threads.
 */
final class SqliteEngine implements Engine {
    private static final int PAGE_BYTES = 8_192;
    private static final Object UNKNOWN = "unknown";
    private static final Object MISSING = "missing";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Vertx vertx;
    private final Path file;
    private final Settings.Storage settings;
    private final String poolName = "sqlite-" + NUMBER.incrementAndGet();

    SqliteEngine(Vertx vertx, DatabaseUrl.Sqlite url, Settings.Storage settings) {
        this.vertx = vertx;
        this.file = url.path();
        this.settings = settings;
    }

    @Override
    public Pools connect() {
        SchemaChange schema = bringUpToDate();
        Pool reader = JDBCPool.pool(vertx, dataSource(), pool("read", settings.readers()));
        Pool writer = JDBCPool.pool(vertx, dataSource(), pool("write", 1));
        Finder finder = new SqliteFinder(vertx, dataSource(), poolName + "-find", settings.readers());
        return new Pools(reader, writer, writer, finder, reader, identity(), schema);
    }

    private SchemaChange bringUpToDate() {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new DatabaseException(
                    "The directory of " + file + " cannot be made by this user" + reason(e) + ". Make it and give it to "
                            + "the user, or choose another DATABASE_URL.", true, e);
        }
        try {
            return OpeningLock.during(file, () -> {
                if (Files.notExists(file)) {
                    create();
                }
                return Migrations.run(dataSource(), "db/sqlite");
            });
        } catch (SQLException e) {
            throw explain(e);
        } catch (IOException e) {
            throw unwritable(e);
        } catch (FlywayException e) {
            throw explain(e);
        }
    }

    /**
     * Makes the file with pages of its own size, which has to be said before there is anything else: of the usual 4 KB
     * a page would hold one answer of 2 KB, and be half empty.
     */
    private void create() throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = " + PAGE_BYTES);
            statement.execute("VACUUM");
        }
    }

    /**
     * {@inheritDoc} It begins and ends by SQL's own words. The client's transactions leave a JDBC connection without
     * automatic commits, so that a later statement would neither take effect nor let go of SQLite's one lock; and where
     * SQLite has rolled back by itself, as it does on a full disk, they never find out of it.
     */
    @Override
    public <T> Future<T> write(Pool writer, Function<SqlClient, Future<T>> work) {
        return writer.withConnection(connection -> connection.query("BEGIN IMMEDIATE").execute()
                .compose(begun -> work.apply(connection)
                        .compose(result -> connection.query("COMMIT").execute().map(result))
                        .recover(failure -> connection.query("ROLLBACK").execute()
                                .transform(rolledBack -> Future.failedFuture(failure)))));
    }

    @Override
    public Object identity() {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? UNKNOWN : key;
        } catch (IOException missing) {
            return MISSING;
        }
    }

    @Override
    public String place() {
        return file.toString();
    }

    /** An array: of a Buffer the client would make a java.sql.Blob, which SQLite's driver does not have. */
    @Override
    public Object bytes(Buffer bytes) {
        return bytes.getBytes();
    }

    @Override
    public Future<Void> keepUsage(SqlClient connection, Instant now, Instant oldest) {
        return SqlTemplate.forUpdate(connection, "DELETE FROM usage_stats WHERE created_at < #{oldest}")
                .execute(Map.of("oldest", oldest.toEpochMilli()))
                .mapEmpty();
    }

    /** The transaction is the only one that writes. */
    @Override
    public Future<Void> holdUsage(SqlClient connection) {
        return Future.succeededFuture();
    }

    @Override
    public String shownAddress(String column) {
        return column;
    }

    @Override
    public Future<Void> numberInvalidationsAfter(SqlClient connection, long last) {
        Map<String, Object> parameters = Map.of("last", last);
        return SqlTemplate.forUpdate(
                        connection, "UPDATE sqlite_sequence SET seq = MAX(seq, #{last}) WHERE name = 'invalidations'")
                .execute(parameters)
                .compose(raised -> SqlTemplate.forUpdate(connection, """
                        INSERT INTO sqlite_sequence (name, seq) SELECT 'invalidations', #{last}
                        WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'invalidations')""")
                        .execute(parameters))
                .mapEmpty();
    }

    @Override
    public String address(String parameter) {
        return "#{" + parameter + "}";
    }

    @Override
    public String elements(String parameter) {
        return "json_each(#{" + parameter + "})";
    }

    @Override
    public Future<Subscription> listen(String channel, Consumer<String> handler) {
        return Future.failedFuture(new UnsupportedOperationException("SQLite has no messages between processes."));
    }

    private PoolOptions pool(String use, int size) {
        return new PoolOptions()
                .setName(poolName + "-" + use)
                .setMaxSize(size)
                .setIdleTimeout(0)
                .setIdleTimeoutUnit(TimeUnit.SECONDS);
    }

    private DataSource dataSource() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        // In WAL mode NORMAL never corrupts; a power failure may undo the last commits, which are cached answers.
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setBusyTimeout((int) settings.busyTimeout().toMillis());
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return settings.echo() ? new EchoingDataSource(source) : source;
    }

    private DatabaseException explain(FlywayException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException sqlite) {
                return explain(sqlite);
            }
        }
        return Migrations.unfit(file.toString(), failure);
    }

    private DatabaseException explain(SQLException cause) {
        return switch (SQLiteErrorCode.getErrorCode(cause.getErrorCode())) {
            case SQLITE_CORRUPT, SQLITE_NOTADB -> new DatabaseException(
                    "The database file " + file + " is damaged or is no SQLite database. Move it away, or restore a "
                            + "backup in its place.", false, cause);
            case SQLITE_BUSY, SQLITE_LOCKED -> new DatabaseException(
                    "The database file " + file + " is locked by another program. Stop it, or give it time by "
                            + "DATABASE_BUSY_TIMEOUT.", false, cause);
            case SQLITE_FULL -> new DatabaseException(
                    "There is no room on the disk for the database file " + file + ". Make room, or choose another "
                            + "DATABASE_URL.", false, cause);
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM -> unwritable(cause);
            default -> new DatabaseException(
                    "The database file " + file + " cannot be opened (" + Migrations.firstLine(cause.getMessage())
                            + ").",
                    false, cause);
        };
    }

    private static String reason(IOException failure) {
        return failure instanceof FileSystemException known && known.getReason() != null
                ? " (" + known.getReason() + ")" : "";
    }

    private DatabaseException unwritable(Exception cause) {
        return new DatabaseException(
                "The database file " + file + " cannot be written by this user. Change its owner or DATABASE_URL.",
                true, cause);
    }
}

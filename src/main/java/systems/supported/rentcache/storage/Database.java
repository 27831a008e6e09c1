package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A SQLite database file: its schema and its connections.
 *
 * <p>SQLite has one writer at a time and any number of readers beside it (write-ahead log), so there is one connection
 * that writes, through which all writes queue without ever meeting a lock of our own, and a few that only read.
 * Statements run on the pools' own worker threads, never on an event loop.
 *
 * <p>A database that cannot be opened is tried again every {@link #RETRY}; until then {@link #isOpen} is false and the
 * parts that need it do without. Thread-safe.
 */
public final class Database {
    /** How long after a failed attempt to open the file the next one is made. */
    static final Duration RETRY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Vertx vertx;
    private final Options options;
    private final String poolName = "sqlite-" + NUMBER.incrementAndGet();
    private volatile Pools pools;
    private volatile String fault = "not opened yet";
    private volatile boolean closed;

    /**
     * How to open a database.
     *
     * @param file        the file; it and its directory are made when missing
     * @param readers     connections that only read, at least 1
     * @param busyTimeout how long a statement waits for a lock that another process holds
     * @param echo        whether to log each statement
     */
    public record Options(Path file, int readers, Duration busyTimeout, boolean echo) {
    }

    private record Pools(Pool reader, Pool writer) {
    }

    /** A database that is not open yet. */
    public Database(Vertx vertx, Options options) {
        this.vertx = vertx;
        this.options = options;
    }

    /**
     * Brings the schema up to date and opens the pools.
     *
     * @return fails with a {@link DatabaseException} that says what to do
     */
    public Future<Void> open() {
        return vertx.executeBlocking(this::connect, false).<Void>map(opened -> {
            pools = opened;
            fault = null;
            return null;
        }).onFailure(failure -> fault = failure.getMessage());
    }

    /**
     * Opens the database, and where that fails goes on trying in the background. The future completes after the first
     * attempt, whatever came of it, unless the failure is one that waiting does not mend.
     *
     * @param onOpen run, on a context of Vert.x, each time the database has been opened by a later attempt
     */
    public Future<Void> openOrRetry(Runnable onOpen) {
        return open().recover(failure -> {
            if (failure instanceof DatabaseException known && known.isPermanent()) {
                return Future.failedFuture(failure);
            }
            LOG.error("{} Going on without it; trying again every {} s.", failure.getMessage(), RETRY.toSeconds());
            retry(onOpen);
            return Future.succeededFuture();
        });
    }

    private void retry(Runnable onOpen) {
        vertx.setTimer(RETRY.toMillis(), timer -> {
            if (!closed) {
                open().onSuccess(opened -> {
                    LOG.info("The database {} is open.", options.file());
                    onOpen.run();
                }).onFailure(failure -> retry(onOpen));
            }
        });
    }

    /** Whether the pools are there. */
    public boolean isOpen() {
        return pools != null;
    }

    /** Why the database is not open; null when it is. */
    public String fault() {
        return fault;
    }

    /** The file. */
    public Path file() {
        return options.file();
    }

    /**
     * The connections that only read.
     *
     * @throws DatabaseException when the database is not open
     */
    public Pool reader() {
        return pools().reader;
    }

    /**
     * The one connection that writes.
     *
     * @throws DatabaseException when the database is not open
     */
    public Pool writer() {
        return pools().writer;
    }

    private Pools pools() {
        Pools open = pools;
        if (open == null) {
            throw new DatabaseException(fault, false, null);
        }
        return open;
    }

    /** A use of a database as a future, also where it fails before it begins, as when the database is not open. */
    public static <T> Future<T> attempt(Supplier<Future<T>> use) {
        try {
            return use.get();
        } catch (DatabaseException failure) {
            return Future.failedFuture(failure);
        }
    }

    /** Closes the connections; what was being written is finished first. */
    public Future<Void> close() {
        closed = true;
        Pools open = pools;
        pools = null;
        fault = "closed";
        if (open == null) {
            return Future.succeededFuture();
        }
        return open.writer.close().eventually(open.reader::close);
    }

    private Pools connect() {
        try {
            Path directory = options.file().toAbsolutePath().getParent();
            Files.createDirectories(directory);
            migrate(dataSource(false));
        } catch (IOException e) {
            throw new DatabaseException(
                    "The directory of " + options.file() + " cannot be made (" + e + "). Choose another DATABASE_URL.",
                    true, e);
        } catch (FlywayException e) {
            throw explain(e);
        }
        return new Pools(
                JDBCPool.pool(vertx, dataSource(true), pool("read", options.readers())),
                JDBCPool.pool(vertx, dataSource(false), pool("write", 1)));
    }

    private PoolOptions pool(String use, int size) {
        return new PoolOptions()
                .setName(poolName + "-" + use)
                .setMaxSize(size)
                .setIdleTimeout(0)
                .setIdleTimeoutUnit(TimeUnit.SECONDS);
    }

    private DataSource dataSource(boolean readOnly) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        // In WAL mode NORMAL never corrupts; a power failure may undo the last commits, which are cached answers.
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setBusyTimeout((int) options.busyTimeout().toMillis());
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        if (readOnly) {
            config.setPragma(SQLiteConfig.Pragma.QUERY_ONLY, "true");
        }
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + options.file());
        return options.echo() ? new EchoingDataSource(source) : source;
    }

    private static void migrate(DataSource source) {
        Flyway.configure(Database.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:db/sqlite")
                .ignoreMigrationPatterns()
                .loggers("slf4j")
                .configuration(Map.of("flyway.reportEnabled", "false"))
                .load()
                .migrate();
    }

    private DatabaseException explain(FlywayException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException sqlite) {
                return explain(sqlite.getResultCode(), sqlite);
            }
        }
        return new DatabaseException(
                "The schema of " + options.file() + " does not fit this version of RentCache ("
                        + firstLine(failure.getMessage()) + "). Use the version that wrote it or a newer one.",
                true, failure);
    }

    private DatabaseException explain(SQLiteErrorCode code, SQLiteException cause) {
        String file = options.file().toString();
        return switch (code) {
            case SQLITE_CORRUPT, SQLITE_NOTADB -> new DatabaseException(
                    "The database file " + file + " is damaged or is no SQLite database. Move it away, or restore a "
                            + "backup in its place.", false, cause);
            case SQLITE_BUSY, SQLITE_LOCKED -> new DatabaseException(
                    "The database file " + file + " is locked by another program.", false, cause);
            case SQLITE_FULL -> new DatabaseException(
                    "There is no room on the disk for the database file " + file + ".", false, cause);
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM -> new DatabaseException(
                    "The database file " + file + " cannot be written by this user. Change its owner or DATABASE_URL.",
                    true, cause);
            default -> new DatabaseException(
                    "The database file " + file + " cannot be opened (" + firstLine(cause.getMessage()) + ").",
                    false, cause);
        };
    }

    private static String firstLine(String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}

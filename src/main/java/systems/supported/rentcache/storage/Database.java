package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.config.Settings;

/**
 * The database: its schema and its connections, whichever kind it is.
 *
 * <p>A database that cannot be opened is tried again every {@link #RETRY}; until then {@link #isOpen} is false and the
 * parts that need it do without. Statements run on threads of their own or are answered by the network, and never block
 * an event loop. Thread-safe.
 */
public final class Database {
    /** How long after a failed attempt to open the database the next one is made. */
    static final Duration RETRY = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Vertx vertx;
    private final Engine engine;
    private final Settings.Outbox outbox;
    private final Duration changesInterval;
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private volatile Engine.Pools pools;
    private volatile String fault = "not opened yet";
    private volatile long looking = -1;
    private volatile boolean closed;

    /** A database that is not open yet. */
    public Database(Vertx vertx, Settings.Storage settings) {
        this.vertx = vertx;
        this.outbox = settings.outbox();
        this.changesInterval = settings.changesInterval();
        this.engine = settings.database() instanceof DatabaseUrl.Postgresql url
                ? new PostgresqlEngine(vertx, url, settings)
                : new SqliteEngine(vertx, (DatabaseUrl.Sqlite) settings.database(), settings);
    }

    /**
     * Brings the schema up to date and opens the pools.
     *
     * @return fails with a {@link DatabaseException} that says what to do
     */
    public Future<Void> open() {
        return vertx.executeBlocking(engine::connect, false).<Void>map(opened -> {
            pools = opened;
            fault = null;
            return null;
        }).onFailure(failure -> fault = failure.getMessage());
    }

    /**
     * Opens the database, and where that fails goes on trying in the background; opens it anew where its file is
     * replaced. The future completes after the first attempt, whatever came of it, unless the failure is one that waiting
     * does not mend.
     *
     * @param onOpen run, on a context of Vert.x, each time the database has been opened by a later attempt
     */
    public Future<Void> openOrRetry(Runnable onOpen) {
        looking = vertx.setPeriodic(LOOK.toMillis(), timer -> look(onOpen));
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
                    LOG.info("The database {} is open.", engine.place());
                    onOpen.run();
                }).onFailure(failure -> retry(onOpen));
            }
        });
    }

    /** What was open goes on with a file that nobody else sees any more: a removed one, or one moved out of the way. */
    private void look(Runnable onOpen) {
        Engine.Pools open = pools;
        if (open == null) {
            return;
        }
        vertx.executeBlocking(engine::identity, false).onSuccess(identity -> {
            if (pools == open && !identity.equals(open.identity())) {
                LOG.warn("The database {} was removed or replaced. It is opened anew.", engine.place());
                pools = null;
                fault = "The database " + engine.place() + " was removed or replaced.";
                close(open);
                open().onSuccess(opened -> onOpen.run()).onFailure(failure -> retry(onOpen));
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

    /** Where the database is, fit to be shown. */
    public String place() {
        return engine.place();
    }

    /**
     * The connections for single reads, which share them.
     *
     * @throws DatabaseException when the database is not open
     */
    public SqlClient reader() {
        return pools().reader();
    }

    /**
     * Looks up a single row by its key.
     *
     * @param sql  a query, the same text each time, with {@code #{key}} in it once and nothing else that is bound
     * @param key  what is bound
     * @param read makes of the row what is wanted of it; on any thread
     */
    public <T> Future<Optional<T>> find(String sql, String key, Function<KeptRow, T> read) {
        return attempt(() -> pools().finder().find(sql, key, read));
    }

    /**
     * Writes in a transaction of its own.
     *
     * @param work what to do; the transaction is rolled back when its future fails
     */
    public <T> Future<T> write(Function<SqlClient, Future<T>> work) {
        return attempt(() -> engine.write(pools().writer(), work));
    }

    /**
     * Writes in a transaction of its own that does not stand in line behind other writes, as far as the database has more
     * than one connection that writes: calls wait for it whose time is short.
     *
     * @param work what to do; the transaction is rolled back when its future fails
     */
    public <T> Future<T> writeBudget(Function<SqlClient, Future<T>> work) {
        return attempt(() -> engine.write(pools().budgets(), work));
    }

    /**
     * Writes by one statement, which needs no transaction around it, and so is one way to the database and back.
     *
     * @param statement executes one statement, once
     */
    public <T> Future<T> writeSingle(Function<SqlClient, Future<T>> statement) {
        return attempt(() -> statement.apply(pools().writer()));
    }

    /**
     * Hears what is sent to a channel of the database, also before it is open.
     *
     * @param handler takes the messages, on a context of Vert.x
     * @return completes after the first attempt to connect; fails with an {@link UnsupportedOperationException} where
     *         the database has no messages, as SQLite
     */
    public Future<Subscription> listen(String channel, Consumer<String> handler) {
        return engine.listen(channel, handler).compose(heard -> {
            subscriptions.add(heard);
            return closed ? heard.close().map(heard) : Future.succeededFuture(heard);
        });
    }

    /** The time of PostgreSQL's clock, in milliseconds since 1970-01-01T00:00Z; SQLite has none of its own. */
    public Future<Long> serverMillis() {
        return attempt(() -> reader()
                .query("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS millis").execute())
                .map(rows -> rows.iterator().next().getLong("millis"));
    }

    /** Whether it was closed for good. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * The connections for reports, which may be some seconds behind.
     *
     * @throws DatabaseException when the database is not open
     */
    public SqlClient reports() {
        return pools().reports();
    }

    /**
     * What opening it did to its schema.
     *
     * @throws DatabaseException when the database is not open
     */
    public SchemaChange schemaChange() {
        return pools().schema();
    }

    /** The SQL text that reads a column with addresses of the Internet protocol as text. */
    public String shownAddress(String column) {
        return engine.shownAddress(column);
    }

    /** Has the invalidations be numbered from beyond a number. */
    public Future<Void> numberInvalidationsAfter(long last) {
        return write(connection -> engine.numberInvalidationsAfter(connection, last));
    }

    /** How events are kept in it. */
    public Settings.Outbox outbox() {
        return outbox;
    }

    /** How often it is to be asked for what other processes did. */
    public Duration changesInterval() {
        return changesInterval;
    }

    /** The SQL text of a table whose rows, {@code key} and {@code value}, are a bound JSON array's elements. */
    public String elements(String parameter) {
        return engine.elements(parameter);
    }

    /** Bytes in the form in which a statement's parameter takes them. */
    public Object bytes(Buffer bytes) {
        return bytes == null ? null : engine.bytes(bytes);
    }

    /** The SQL text of an address of the Internet protocol that is bound, as text, as the named parameter. */
    public String address(String parameter) {
        return engine.address(parameter);
    }

    /**
     * Deletes single usage records older than a time, and prepares for those to come.
     *
     * @param oldest records before it are deleted; on PostgreSQL by whole months
     */
    public Future<Void> keepUsage(Instant now, Instant oldest) {
        return write(connection -> engine.keepUsage(connection, now, oldest));
    }

    /** Within a transaction, holds off all who write sums of usage until it ends. */
    public Future<Void> holdUsage(SqlClient connection) {
        return engine.holdUsage(connection);
    }

    private Engine.Pools pools() {
        Engine.Pools open = pools;
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
        vertx.cancelTimer(looking);
        Engine.Pools open = pools;
        pools = null;
        fault = "closed";
        Future<?> deaf = Future.join(subscriptions.stream().map(Subscription::close).toList());
        return deaf.eventually(() -> open == null ? Future.<Void>succeededFuture() : close(open)).mapEmpty();
    }

    private static Future<Void> close(Engine.Pools open) {
        return open.budgets().close()
                .eventually(() -> open.writer().close())
                .eventually(() -> open.finder().close())
                .eventually(() -> open.reader().close())
                .eventually(() -> open.reports().close());
    }
}

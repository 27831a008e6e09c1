package systems.supported.rentcache.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import systems.supported.rentcache.admin.MoneyReports;
import systems.supported.rentcache.admin.Webhooks;
import systems.supported.rentcache.outbox.OutboxReader;
import systems.supported.rentcache.analytics.BilledCallsStore;
import systems.supported.rentcache.analytics.UsageStore;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.outbox.OutboxReader;
import systems.supported.rentcache.storage.Database;

/**
 * The configured database, opened for one command, with a Vert.x of its own. A server may be running on it: SQLite's
 * locks order their writes, and the server learns of changes by the log of invalidations.
 */
final class OpenDatabase implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;
    private static final long CLOSING_SECONDS = 5;
    private static final long HEARD_MILLIS = 150;

    private final Vertx vertx;
    private final Database database;

    private OpenDatabase(Vertx vertx, Database database) {
        this.vertx = vertx;
        this.database = database;
    }

    /**
     * Opens it; a file that is not there is made.
     *
     * @throws systems.supported.rentcache.storage.DatabaseException when it cannot be opened
     */
    static OpenDatabase of(Settings settings) throws CommandFailure {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        OpenDatabase opened = new OpenDatabase(vertx, new Database(vertx, settings.storage().withFewConnections()));
        try {
            opened.await(opened.database.open());
        } catch (CommandFailure | RuntimeException failure) {
            opened.close();
            throw failure;
        }
        return opened;
    }

    /** The keys in it. */
    SqlApiKeyStore keys() {
        return new SqlApiKeyStore(database);
    }

    /** The answers in it. */
    SqlTier answers() {
        return new SqlTier(vertx, database, new Metrics(), new PartHealth("cache", "", Duration.ofSeconds(PATIENCE_SECONDS), InstantSource.system()));
    }

    /** The events in it. */
    OutboxReader events(InstantSource clock) {
        return new OutboxReader(vertx, database, clock);
    }

    /** The usage in it. */
    UsageStore usage() {
        return new UsageStore(database);
    }

    /** The budgets in it. */
    BudgetStore budgets() {
        return new BudgetStore(database);
    }

    /** The webhooks in it. */
    Webhooks webhooks(Settings settings, InstantSource clock) {
        return Webhooks.of(
                vertx, database, new OutboxReader(vertx, database, clock), settings.listening().webhooks(), clock);
    }

    /** The database itself. */
    Database database() {
        return database;
    }

    /** Completes when a running server has heard of what was changed before. */
    Future<Void> heard() {
        return vertx.timer(HEARD_MILLIS, TimeUnit.MILLISECONDS).mapEmpty();
    }

    /**
     * Waits for a change, and then for as long as a running server needs to hear of it, so that who ran the command
     * finds it done: a revoked key is refused by the time that its revocation is reported.
     */
    <T> T awaitChange(Future<T> change) throws CommandFailure {
        T changed = await(change);
        await(vertx.timer(HEARD_MILLIS, TimeUnit.MILLISECONDS));
        return changed;
    }

    /** Where it is. */
    String place() {
        return database.place();
    }

    /** Waits for a future's value; what the future failed with is thrown as it is. */
    <T> T await(Future<T> future) throws CommandFailure {
        try {
            return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new CommandFailure("The database did not answer within " + PATIENCE_SECONDS + " s.");
        }
    }

    @Override
    public void close() {
        try {
            database.close().await(CLOSING_SECONDS, TimeUnit.SECONDS);
            vertx.close().await(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // What the command did is committed already; the process ends all the same.
        }
    }
}

package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Function;

/** What differs between the kinds of databases: how they are opened, what their failures mean, how bytes are bound. */
interface Engine {
    /**
     * The connections.
     *
     * @param reader   for reads of the data path
     * @param writer   for writes and transactions
     * @param budgets  for transactions that are not to wait for the other writes
     * @param finder   for look-ups of the data path
     * @param reports  for reads that may be some seconds behind
     * @param identity the database's {@link Engine#identity} when they were opened
     * @param schema   what was done to the schema first
     */
    record Pools(
            SqlClient reader, Pool writer, Pool budgets, Finder finder, SqlClient reports, Object identity,
            SchemaChange schema) {
    }

    /**
     * Brings the schema up to date and opens the pools. Blocks: for worker threads.
     *
     * @throws DatabaseException with what to do
     */
    Pools connect();

    /** Where the database is, fit for a log. */
    String place();

    /** Bytes in the form in which the client binds them. */
    Object bytes(Buffer bytes);

    /** Does some work in a transaction, which is rolled back when the work's future fails. */
    <T> Future<T> write(Pool writer, Function<SqlClient, Future<T>> work);

    /** What tells the database from another one in the same place; equal while it is the same. May block. */
    Object identity();

    /** Deletes single usage records older than a time, and prepares for those to come, within a transaction. */
    Future<Void> keepUsage(SqlClient connection, Instant now, Instant oldest);

    /** Holds off all who write usage until the transaction ends. */
    Future<Void> holdUsage(SqlClient connection);

    /** The SQL text of a column with addresses of the Internet protocol, as text. */
    String shownAddress(String column);

    /** Has the invalidations be numbered from beyond a number, within a transaction. */
    Future<Void> numberInvalidationsAfter(SqlClient connection, long last);

    /** The SQL text of an address of the Internet protocol bound as the named parameter. */
    String address(String parameter);

    /** The SQL text of a table of the elements of a JSON array bound as the named parameter: {@code key, value}. */
    String elements(String parameter);

    /** Hears what is sent to a channel; fails with an {@link UnsupportedOperationException} where there are none. */
    Future<Subscription> listen(String channel, Consumer<String> handler);
}

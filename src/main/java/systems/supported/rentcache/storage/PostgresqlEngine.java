package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.config.Settings;

/**
 * A PostgreSQL server, through Vert.x's own client: prepared statements are kept, and a connection sends the next ones
 * before the answers to those before have come. The migrations go through JDBC, which Flyway needs.
 */
final class PostgresqlEngine implements Engine {
    private static final int PIPELINED = 256;
    private static final int STATEMENTS_KEPT = 256;
    /** A node reserves, and settles, one call after the other. */
    private static final int FOR_BUDGETS = 2;
    private static final Duration CONNECTING = Duration.ofSeconds(5);
    private static final Duration SPARE_FOR = Duration.ofMinutes(1);
    /**
     * A node that stands still, or whose connection is cut, in a transaction holds its locks no longer than this: the
     * others wait for some of them with all that they write. Transactions take milliseconds.
     */
    private static final String LET_GO = "SET idle_in_transaction_session_timeout = '5s'";
    private static final Duration LISTEN_AGAIN = Duration.ofSeconds(1);
    /** A schema that is up to date needs no rights to be found so: whether it can be written is asked besides. */
    private static final String RIGHTS = """
            SELECT current_setting('transaction_read_only') = 'on' AS read_only,
                   bool_and(has_table_privilege(name, right_to)) AS may_write
            FROM unnest(ARRAY['api_keys', 'cache_entries', 'invalidations', 'usage_stats', 'usage_rollup_minutely',
                              'usage_rollup_hourly', 'usage_rollup_daily', 'usage_keys_daily', 'usage_totals_minutely',
                              'usage_totals_hourly', 'usage_totals_daily', 'usage_coverage', 'usage_writers', 'budgets',
                              'budget_periods', 'budget_ledger', 'outbox', 'outbox_state', 'webhooks',
                              'webhook_dead']) name
            CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) right_to""";

    private final Vertx vertx;
    private final DatabaseUrl.Postgresql url;
    private final Settings.Storage settings;

    PostgresqlEngine(Vertx vertx, DatabaseUrl.Postgresql url, Settings.Storage settings) {
        this.vertx = vertx;
        this.url = url;
        this.settings = settings;
    }

    @Override
    public Pools connect() {
        SchemaChange schema;
        try {
            schema = Migrations.run(dataSource(), "db/postgresql");
        } catch (FlywayException e) {
            throw explain(e);
        }
        checkRights();
        SqlClient reader = reader(url);
        return new Pools(
                reader, writer(Math.max(1, settings.maxOverflow())), writer(FOR_BUDGETS), new ReaderFinder(reader),
                settings.replica().map(this::reader).orElse(reader), identity(), schema);
    }

    @Override
    public <T> Future<T> write(Pool writer, Function<SqlClient, Future<T>> work) {
        return writer.withTransaction(work::apply);
    }

    /** A server is what answers at its address. */
    @Override
    public Object identity() {
        return place();
    }

    @Override
    public String place() {
        return url.host() + ":" + url.port() + "/" + url.database();
    }

    @Override
    public Object bytes(Buffer bytes) {
        return bytes;
    }

    @Override
    public Future<Void> keepUsage(SqlClient connection, Instant now, Instant oldest) {
        return SqlTemplate.forQuery(connection, "SELECT keep_usage_stats(#{now}, #{oldest})")
                .execute(Map.of("now", now.toEpochMilli(), "oldest", oldest.toEpochMilli()))
                .mapEmpty();
    }

    @Override
    public Future<Void> holdUsage(SqlClient connection) {
        return connection.query("LOCK TABLE usage_rollup_daily IN SHARE ROW EXCLUSIVE MODE").execute().mapEmpty();
    }

    /** Without the width of the network, which a cast to text would add. */
    @Override
    public String shownAddress(String column) {
        return "host(" + column + ")";
    }

    /** Under the lock under which the numbers are given. */
    @Override
    public Future<Void> numberInvalidationsAfter(SqlClient connection, long last) {
        return connection.query("SELECT pg_advisory_xact_lock(hashtext('rentcache.invalidations'))").execute()
                .compose(locked -> SqlTemplate.forQuery(connection, """
                        SELECT setval('invalidations_seq', GREATEST(last_value, CAST(#{last} AS BIGINT)))
                        FROM invalidations_seq""").execute(Map.of("last", last)))
                .mapEmpty();
    }

    @Override
    public String address(String parameter) {
        return "CAST(CAST(#{" + parameter + "} AS TEXT) AS INET)";
    }

    @Override
    public String elements(String parameter) {
        return "json_array_elements(CAST(CAST(#{" + parameter + "} AS TEXT) AS JSON)) WITH ORDINALITY AS e(value, key)";
    }

    /**
     * {@inheritDoc} Not by the client's own PgSubscriber: it tries again only what it once had, and one that is closed
     * while it connects stays connected.
     */
    @Override
    public Future<Subscription> listen(String channel, Consumer<String> handler) {
        return Subscription.open(vertx, channel, LISTEN_AGAIN, lost ->
                PgConnection.connect(vertx, connection(url)).compose(live -> {
                    live.notificationHandler(heard -> handler.accept(heard.getPayload()));
                    live.exceptionHandler(broken -> live.close());
                    live.closeHandler(closed -> lost.run());
                    return live.query("LISTEN \"" + channel + "\"").execute()
                            .onFailure(refused -> live.close())
                            .map(listening -> live::close);
                }));
    }

    /** Connections that are shared by statements under way at once. */
    private SqlClient reader(DatabaseUrl.Postgresql server) {
        return PgBuilder.client()
                .with(pool(settings.poolSize()))
                .connectingTo(connection(server))
                .using(vertx)
                .build();
    }

    /** The client keeps statements prepared, and its connections are the reader's to close. */
    private record ReaderFinder(SqlClient reader) implements Finder {
        @Override
        public <T> Future<Optional<T>> find(String sql, String key, Function<KeptRow, T> read) {
            return SqlTemplate.forQuery(reader, sql).execute(Map.of("key", key)).map(rows -> {
                for (Row row : rows) {
                    return Optional.of(read.apply(KeptRow.of(row)));
                }
                return Optional.empty();
            });
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    /** Connections of which each is its user's alone while it is used. */
    private Pool writer(int connections) {
        return PgBuilder.pool()
                .with(pool(connections))
                .connectingTo(connection(url))
                .using(vertx)
                // Not an option of the connection: a pooler between may refuse those that it does not know.
                .withConnectHandler(opened -> opened.query(LET_GO).execute().onComplete(set -> opened.close()))
                .build();
    }

    private static PgConnectOptions connection(DatabaseUrl.Postgresql server) {
        return new PgConnectOptions()
                .setHost(server.host())
                .setPort(server.port())
                .setDatabase(server.database())
                .setUser(server.user())
                .setPassword(server.password().reveal())
                .setSslMode(sslMode(server.ssl()))
                .setSslOptions(new ClientSSLOptions()
                        .setTrustAll(server.ssl() != DatabaseUrl.SslMode.VERIFY_FULL)
                        .setHostnameVerificationAlgorithm(
                                server.ssl() == DatabaseUrl.SslMode.VERIFY_FULL ? "HTTPS" : ""))
                .addProperty("application_name", "rentcache")
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(STATEMENTS_KEPT)
                .setPipeliningLimit(PIPELINED);
    }

    private static PoolOptions pool(int size) {
        return new PoolOptions()
                .setMaxSize(size)
                .setConnectionTimeout((int) CONNECTING.toSeconds())
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setIdleTimeout((int) SPARE_FOR.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS);
    }

    private static SslMode sslMode(DatabaseUrl.SslMode mode) {
        return switch (mode) {
            case DISABLE -> SslMode.DISABLE;
            case PREFER -> SslMode.PREFER;
            case REQUIRE -> SslMode.REQUIRE;
            case VERIFY_FULL -> SslMode.VERIFY_FULL;
        };
    }

    private DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {url.host()});
        source.setPortNumbers(new int[] {url.port()});
        source.setDatabaseName(url.database());
        source.setUser(url.user());
        source.setPassword(url.password().reveal());
        source.setSslMode(url.ssl().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        source.setConnectTimeout((int) CONNECTING.toSeconds());
        source.setApplicationName("rentcache");
        return settings.echo() ? new EchoingDataSource(source) : source;
    }

    private void checkRights() {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rights = statement.executeQuery(RIGHTS)) {
            rights.next();
            if (rights.getBoolean("read_only")) {
                throw new DatabaseException("The database " + place() + " can only be read: it is a replica, or "
                        + "default_transaction_read_only is on. Use the primary in DATABASE_URL.", true, null);
            }
            if (!rights.getBoolean("may_write")) {
                throw new DatabaseException("The user " + url.user() + " may not write the tables of " + place()
                        + ". Grant it SELECT, INSERT, UPDATE and DELETE on all tables of the schema public, or use the "
                        + "user that made them.", true, null);
            }
        } catch (SQLException e) {
            throw explain(e);
        }
    }

    private DatabaseException explain(Exception failure) {
        // The innermost cause says most: a driver has one SQLSTATE for all that keeps it from connecting.
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return new DatabaseException(
                        "There is no PostgreSQL server at " + url.host() + ":" + url.port() + ". Start it, or change "
                                + "DATABASE_URL.", true, failure);
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                DatabaseException known = explain(sql.getSQLState(), failure);
                if (known != null) {
                    return known;
                }
            }
        }
        return Migrations.unfit(place(), failure);
    }

    /** What an SQLSTATE means (PostgreSQL's documentation, appendix A); null for one that is not of the server's. */
    private DatabaseException explain(String state, Exception failure) {
        String message = switch (state) {
            case "28P01", "28000" -> "PostgreSQL at " + place() + " refuses the user " + url.user()
                    + " or its password. Correct DATABASE_URL.";
            case "3D000" -> "PostgreSQL at " + url.host() + ":" + url.port() + " has no database " + url.database()
                    + ". Make it (createdb " + url.database() + "), or change DATABASE_URL.";
            case "42501", "25006" -> "The user " + url.user() + " may not change the schema of " + place()
                    + ". Grant it CREATE on the schema public, or use the user that made the tables; a replica cannot "
                    + "be used.";
            case "53300" -> "PostgreSQL at " + place() + " has no connection left (max_connections). Lower "
                    + "DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, or raise its limit.";
            case "08001", "08006", "57P03" -> "PostgreSQL at " + place() + " cannot be reached. Start it, or change "
                    + "DATABASE_URL.";
            default -> null;
        };
        return message == null ? null : new DatabaseException(message, true, failure);
    }
}

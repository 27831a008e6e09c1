package systems.supported.rentcache.storage;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import systems.supported.rentcache.Await;

/** One real PostgreSQL server for all tests of a run, with a fresh database for each that asks. */
public final class PostgresqlServer {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private PostgresqlServer() {
    }

    private static final class Running {
        private static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                // It ends with the JVM: the library has a shutdown hook.
                return EmbeddedPostgres.builder().setServerConfig("max_connections", "300").start();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /** The server's port. */
    public static int port() {
        return Running.SERVER.getPort();
    }

    /** A new, empty database. */
    public static String newDatabase() {
        String name = "rentcache_" + DATABASES.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name);
        return name;
    }

    /** The URL of a database. */
    public static String url(String database) {
        return "postgresql://postgres:postgres@127.0.0.1:" + port() + "/" + database;
    }

    /** A connection to a database, for a test to look behind the program. */
    public static Connection connect(String database) throws SQLException {
        return Running.SERVER.getDatabase("postgres", database).getConnection();
    }

    /** Has the server check passwords for one database; for the others it trusts everybody. */
    public static void requirePassword(String database) {
        try (Connection connection = connect("postgres"); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW hba_file")) {
            row.next();
            Path rules = Path.of(row.getString(1));
            // The first rule that fits holds.
            Files.writeString(rules, "host " + database + " all 127.0.0.1/32 scram-sha-256\n" + Files.readString(rules));
            statement.execute("SELECT pg_reload_conf()");
        } catch (SQLException | IOException failed) {
            throw new AssertionError(database, failed);
        }
        Await.until("passwords are checked", () -> {
            try (Connection connection = connect("postgres"); Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT COUNT(*) FROM pg_hba_file_rules WHERE '" + database + "' = ANY (database)")) {
                return row.next() && row.getLong(1) == 1;
            } catch (SQLException failed) {
                throw new AssertionError(database, failed);
            }
        });
    }

    /** Runs a statement. */
    public static void execute(String database, String sql) {
        try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new AssertionError(sql, failed);
        }
    }
}

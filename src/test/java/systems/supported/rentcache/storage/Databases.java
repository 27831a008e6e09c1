package systems.supported.rentcache.storage;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.config.Secret;
import systems.supported.rentcache.config.Settings;

/** Databases for tests, not opened yet. */
public final class Databases {
    private Databases() {
    }

    /** A SQLite file. */
    public static Database sqlite(Vertx vertx, Path file) {
        return new Database(vertx, settings(new DatabaseUrl.Sqlite(file, file.toString())));
    }

    /** A database of the tests' PostgreSQL server. */
    public static Database postgresql(Vertx vertx, String name) {
        return postgresql(vertx, PostgresqlServer.port(), name);
    }

    /** A database of a PostgreSQL server of the tests'. */
    public static Database postgresql(Vertx vertx, int port, String name) {
        return new Database(vertx, settings(new DatabaseUrl.Postgresql(
                "127.0.0.1", port, name, "postgres", new Secret("postgres"),
                DatabaseUrl.SslMode.DISABLE, name)));
    }

    private static Settings.Storage settings(DatabaseUrl url) {
        return new Settings.Storage(
                url, Optional.empty(), false, Optional.empty(), false, Duration.ofMillis(50), 2, Duration.ofSeconds(2), 4, 4,
                Duration.ofMillis(100), new Settings.Outbox("test", Duration.ofDays(7)));
    }
}

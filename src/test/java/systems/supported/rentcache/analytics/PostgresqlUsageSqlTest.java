package systems.supported.rentcache.analytics;

import io.vertx.core.Vertx;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The same on PostgreSQL. */
class PostgresqlUsageSqlTest extends UsageSqlTest {
    private final String name = PostgresqlServer.newDatabase();

    @Override
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + PostgresqlServer.port() + "/" + name;
    }

    @Override
    String before() {
        return "8";
    }

    @Override
    String migrations() {
        return "db/postgresql";
    }

    @Override
    Database database(Vertx on) {
        return Databases.postgresql(on, name);
    }
}

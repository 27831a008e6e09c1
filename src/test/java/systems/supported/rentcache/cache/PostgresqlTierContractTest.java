package systems.supported.rentcache.cache;

import io.vertx.core.Vertx;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The contract of tiers, held by PostgreSQL. */
class PostgresqlTierContractTest extends SqlTierContractTest {
    @Override
    Database newDatabase(Vertx within) {
        return Databases.postgresql(within, PostgresqlServer.newDatabase());
    }
}

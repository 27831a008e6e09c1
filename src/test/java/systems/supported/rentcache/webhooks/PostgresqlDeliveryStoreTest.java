package systems.supported.rentcache.webhooks;

import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/** How far webhooks have come, on PostgreSQL. */
class PostgresqlDeliveryStoreTest extends DeliveryStoreTest {
    private final String name = PostgresqlServer.newDatabase();

    @Override
    Database newDatabase() {
        return Databases.postgresql(vertx, name);
    }
}

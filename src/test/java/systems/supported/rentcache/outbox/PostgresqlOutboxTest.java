package systems.supported.rentcache.outbox;

import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/** What is kept, and how it is read, on PostgreSQL, where several write at once. */
class PostgresqlOutboxTest extends OutboxTest {
    private final String name = PostgresqlServer.newDatabase();

    @Override
    Database newDatabase() {
        return Databases.postgresql(vertx, name);
    }
}

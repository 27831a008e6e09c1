package systems.supported.rentcache.app;

import systems.supported.rentcache.storage.PostgresqlServer;

/** {@link ColdStartTest}, on PostgreSQL. */
class PostgresqlColdStartTest extends ColdStartTest {
    private final String database = PostgresqlServer.newDatabase();

    @Override
    Node newNode() {
        return super.newNode().with("DATABASE_URL", PostgresqlServer.url(database));
    }
}

package systems.supported.rentcache.coordination;

import static systems.supported.rentcache.Await.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

class SqlCallLeasesTest extends CallLeasesContractTest {
    private final Database[] databases = new Database[2];
    private final SqlCallLeases[] nodes = new SqlCallLeases[2];

    @BeforeEach
    void open() {
        String name = PostgresqlServer.newDatabase();
        for (int i = 0; i < 2; i++) {
            databases[i] = Databases.postgresql(vertx, name);
            await(databases[i].open());
            nodes[i] = new SqlCallLeases(vertx, databases[i]);
            await(nodes[i].start());
        }
    }

    @AfterEach
    void close() {
        for (int i = 0; i < 2; i++) {
            await(nodes[i].stop());
            await(databases[i].close());
        }
        await(vertx.close());
    }

    @Override
    protected CallLeases node(int number) {
        return nodes[number];
    }
}

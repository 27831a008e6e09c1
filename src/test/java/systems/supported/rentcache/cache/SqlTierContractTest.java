package systems.supported.rentcache.cache;

import static systems.supported.rentcache.Await.await;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** The contract of tiers, held by SQLite. */
class SqlTierContractTest extends TierContractTest {
    @TempDir
    Path directory;

    private Vertx vertx;
    private Database database;
    private SqlTier tier;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        database = newDatabase(vertx);
        await(database.open());
        tier = new SqlTier(vertx, database, new Metrics(), new PartHealth(
                "cache", "", Duration.ofMinutes(1), InstantSource.system()));
    }

    /** A database that is not open yet. */
    Database newDatabase(Vertx within) {
        return Databases.sqlite(within, directory.resolve("cache.db"));
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    @Override
    Tier tier() {
        return tier;
    }
}

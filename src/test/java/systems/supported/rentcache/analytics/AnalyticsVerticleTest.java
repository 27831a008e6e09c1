package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** Usage of more keys than one transaction writes. */
class AnalyticsVerticleTest {
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOON);
    private static final int KEYS = 4_000;

    @TempDir
    private Path directory;
    private Vertx vertx;
    private Database database;
    private String deployed;

    @BeforeEach
    void deploy() {
        vertx = Vertx.vertx();
        LocalMessages.register(vertx, UsageBatch.class);
        database = Databases.sqlite(vertx, directory.resolve("r.db"));
        await(database.open());
        Metrics metrics = new Metrics();
        PartHealth health = new PartHealth("database", "nothing is kept", Duration.ofMinutes(5), CLOCK);
        deployed = await(vertx.deployVerticle(new AnalyticsVerticle(
                new AnalyticsVerticle.Parts(database, new SqlTier(vertx, database, metrics, health)),
                new AnalyticsVerticle.Terms(true, Duration.ofDays(30), Duration.ofDays(7), ZoneOffset.UTC),
                CLOCK, metrics, health)));
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    private static UsageRecord by(long keyId) {
        return new UsageRecord(
                NOON.toEpochMilli(), keyId, "properties", "GET", 200, 20, CacheResult.HIT_NEAR, "near", null, 0, 74_000, 0, 1,
                CacheKey.of("question " + keyId), null);
    }

    private void use() {
        UsageRecord[] records = LongStream.rangeClosed(1, KEYS).mapToObj(AnalyticsVerticleTest::by)
                .toArray(UsageRecord[]::new);
        vertx.eventBus().send(Addresses.ANALYTICS_USAGE, new UsageBatch(records, records.length, List.of()));
    }

    private long number(String sql) {
        return await(database.reader().query(sql).execute()).iterator().next().getLong(0);
    }

    @Test
    void allIsWrittenOnceAlsoWhereTheStopComesInTheMiddle() {
        use();
        until("a first part is written", () -> number("SELECT COUNT(*) FROM usage_keys_daily") > 0);
        use();
        await(vertx.undeploy(deployed));
        for (String table : List.of("usage_rollup_minutely", "usage_rollup_hourly", "usage_keys_daily")) {
            assertThat(number("SELECT COUNT(*) FROM " + table)).as(table).isEqualTo(KEYS);
            assertThat(number("SELECT SUM(requests) FROM " + table)).as(table).isEqualTo(2 * KEYS);
        }
        assertThat(number("SELECT SUM(requests) FROM usage_totals_daily")).isEqualTo(2 * KEYS);
        assertThat(number("SELECT COUNT(*) FROM usage_writers")).as("nothing is lacking").isZero();
    }
}

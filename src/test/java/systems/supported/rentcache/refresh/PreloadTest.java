package systems.supported.rentcache.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.LocalRedis;

/** Which answers are loaded, and how many. */
class PreloadTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final int MANY = 100;

    @TempDir
    private Path directory;
    private final Vertx vertx = Vertx.vertx();
    private final NearCache near = new NearCache(64 << 20);
    private final RecentInvalidations invalidations = new RecentInvalidations();
    private Database database;
    private SqlTier lasting;

    @BeforeEach
    void open() {
        database = Databases.sqlite(vertx, directory.resolve("cache.db"));
        await(database.open());
        lasting = new SqlTier(vertx, database, new Metrics(), new PartHealth("cache", "", Duration.ofMinutes(1), CLOCK));
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    private static StoredAnswer answer(String question, int bytes, Instant fetchedAt) {
        Entry entry = new Entry(
                CacheKey.of(question), "properties", question, "/properties", 200,
                List.of(new Header("Content-Type", "application/json")), "\"tag\"", Validators.NONE, fetchedAt,
                Duration.ZERO, NOW.plusSeconds(60));
        return new StoredAnswer(entry, Buffer.buffer(new byte[bytes]), null);
    }

    /** Keeps answers 0 to {@link #MANY}, the later ones the more used. */
    private void fill() {
        for (int number = 0; number < MANY; number++) {
            await(lasting.put(answer("q" + number, 1_000, NOW.minusSeconds(30))));
            await(lasting.touch(Map.of(CacheKey.of("q" + number), number), NOW));
        }
    }

    private Preload.Loaded load(long bytes, RedisTier shared) {
        return await(on(new Preload(near, lasting, Optional.ofNullable(shared), invalidations, bytes, CLOCK)));
    }

    private Future<Preload.Loaded> on(Preload preload) {
        return vertx.executeBlocking(() -> preload).compose(Preload::run);
    }

    private boolean isNear(int number) {
        return near.get(CacheKey.of("q" + number)) != null;
    }

    @Test
    void allAreLoadedWhereThereIsRoom() {
        fill();
        assertThat(load(16 << 20, null).entries()).isEqualTo(MANY);
        assertThat(near.bytes()).isLessThan(16 << 20);
        assertThat(near.size()).isEqualTo(MANY);
    }

    @Test
    void withLessRoomItIsTheMostUsed() {
        fill();
        int weight = answer("q10", 1_000, NOW).weight();
        Preload.Loaded loaded = load(40L * weight, null);
        assertThat(loaded.entries()).isEqualTo(40);
        assertThat(loaded.bytes()).isLessThanOrEqualTo(40L * weight);
        assertThat(isNear(MANY - 1)).isTrue();
        assertThat(isNear(MANY - 40)).isTrue();
        assertThat(isNear(MANY - 41)).isFalse();
    }

    @Test
    void amongEquallyUsedItIsTheLatest() {
        await(lasting.put(answer("q1", 1_000, NOW.minusSeconds(30))));
        await(lasting.put(answer("q2", 1_000, NOW.minusSeconds(20))));
        await(lasting.put(answer("q3", 1_000, NOW.minusSeconds(25))));
        load(answer("q1", 1_000, NOW).weight(), null);
        assertThat(isNear(2)).isTrue();
        assertThat(near.size()).isEqualTo(1);
    }

    @Test
    void aLargeOneIsLeftOut() {
        await(lasting.put(answer("q1", 2 << 20, NOW)));
        await(lasting.put(answer("q2", 1 << 20, NOW)));
        assertThat(load(16 << 20, null).entries()).isEqualTo(1);
        assertThat(isNear(2)).isTrue();
    }

    @Test
    void whatIsNearAlreadyIsNotReplaced() {
        fill();
        StoredAnswer newer = answer("q50", 10, NOW);
        near.put(newer);
        assertThat(load(16 << 20, null).entries()).isEqualTo(MANY - 1);
        assertThat(near.get(CacheKey.of("q50")).answer().body()).isSameAs(newer.body());
    }

    @Test
    void whatWasInvalidatedWhileItWasReadIsLeftOut() {
        fill();
        invalidations.add(new Invalidation.OfKey(CacheKey.of("q50")), NOW.minusSeconds(10));
        invalidations.add(new Invalidation.OfKey(CacheKey.of("q51")), NOW.minusSeconds(40));
        assertThat(load(16 << 20, null).entries()).isEqualTo(MANY - 1);
        assertThat(isNear(50)).isFalse();
        assertThat(isNear(51)).as("it was fetched after that").isTrue();
    }

    @Test
    void stoppedItEndsAtOnce() {
        fill();
        Preload preload = new Preload(near, lasting, Optional.empty(), invalidations, 16 << 20, CLOCK);
        preload.stop();
        assertThat(await(on(preload)).entries()).isZero();
        assertThat(near.size()).isZero();
    }

    @Test
    void withoutADatabaseItSaysSo() {
        await(database.close());
        assertThat(failure(on(new Preload(near, lasting, Optional.empty(), invalidations, 16 << 20, CLOCK)))).isNotNull();
    }

    @Test
    void redisGetsWhatItDoesNotHaveAndGivesWhatIsLater() {
        fill();
        try (LocalRedis server = LocalRedis.start(vertx)) {
            RedisTier shared = new RedisTier(
                    vertx, server.client(server.url(""), Duration.ofSeconds(5), LocalRedis.health()), new Metrics(), CLOCK);
            await(shared.put(answer("q50", 10, NOW)));
            assertThat(load(16 << 20, shared).entries()).isEqualTo(MANY);
            assertThat(server.command(Command.DBSIZE).toInteger()).isEqualTo(MANY);
            assertThat(near.get(CacheKey.of("q50")).answer().body().length()).isEqualTo(10);
        }
    }

    @Test
    void aRedisThatIsAwayIsDoneWithout() {
        fill();
        LocalRedis server = LocalRedis.start(vertx);
        RedisTier shared = new RedisTier(
                vertx, server.client(server.url(""), Duration.ofMillis(200), LocalRedis.health()), new Metrics(), CLOCK);
        server.stop();
        assertThat(load(16 << 20, shared).entries()).isEqualTo(MANY);
    }
}

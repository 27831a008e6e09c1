package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.InvalidationLog;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** The tier in SQLite, beside another process on the same file. */
class SqlTierTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path directory;
    private final Vertx vertx = Vertx.vertx();
    private Database database;
    private SqlTier tier;

    @BeforeEach
    void open() {
        database = Databases.sqlite(vertx, directory.resolve("r.db"));
        await(database.open());
        tier = new SqlTier(
                vertx, database, new Metrics(), new PartHealth("cache", "", Duration.ofSeconds(1), InstantSource.fixed(NOW)));
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError(late);
        }
    }

    private static StoredAnswer answer(String question, Instant fetchedAt, String body) {
        Entry entry = new Entry(
                CacheKey.of(question), "properties", question, "/properties", 200,
                List.of(new Header("Content-Type", "application/json")), "\"tag\"", Validators.NONE, fetchedAt,
                Duration.ZERO, fetchedAt.plusSeconds(60));
        return new StoredAnswer(entry, Buffer.buffer(body), null);
    }

    /** What another process does needs the lock that no statement of ours may keep. */
    private void writeFromOutside() throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("r.db"));
                Statement statement = other.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 100");
            statement.execute("UPDATE cache_entries SET hit_count = hit_count + 1");
        }
    }

    @Test
    void everyWriteTakesEffectAndLetsGoOfTheLock() throws SQLException {
        await(tier.put(answer("a", NOW, "[1]")));
        await(tier.put(answer("b", NOW.minusSeconds(1_000), "[2]")));
        writeFromOutside();
        await(tier.touch(Map.of(CacheKey.of("a"), 3), NOW));
        writeFromOutside();
        assertThat(await(tier.purge(NOW, Duration.ofSeconds(100)))).isEqualTo(1);
        writeFromOutside();
        assertThat(await(tier.invalidate(new Invalidation.OfEndpoint("properties"), NOW))).isEqualTo(1);
        writeFromOutside();
        assertThat(await(tier.get(CacheKey.of("a")))).isEmpty();
        assertThat(await(tier.inspect(CacheKey.of("a")))).hasValueSatisfying(kept -> {
            assertThat(kept.hits()).isEqualTo(3 + 4);
            assertThat(kept.invalidatedAt()).isEqualTo(NOW);
        });
        assertThat(await(tier.inspect(CacheKey.of("b")))).isEmpty();
    }

    private final class Putting extends VerticleBase {
        Future<Void> putAndStop() {
            Promise<Void> stopped = Promise.promise();
            context.runOnContext(here -> {
                tier.put(answer("a", NOW, "[1]"));
                vertx.undeploy(context.deploymentID()).onComplete(stopped);
            });
            return stopped.future();
        }
    }

    @Test
    void whatAVerticlePutIsWrittenAlsoWhereItHasStopped() {
        Putting verticle = new Putting();
        await(vertx.deployVerticle(verticle));
        await(verticle.putAndStop());
        await(tier.flush());
        assertThat(await(tier.inspect(CacheKey.of("a")))).isPresent();
    }

    @Test
    void anAnswerThatWasFetchedEarlierDoesNotReplaceALaterOne() {
        await(tier.put(answer("a", NOW, "[\"later\"]")));
        await(tier.put(answer("a", NOW.minusSeconds(5), "[\"earlier\"]")));
        assertThat(await(tier.get(CacheKey.of("a")))).hasValueSatisfying(
                kept -> assertThat(kept.body().toString()).isEqualTo("[\"later\"]"));
    }

    @Test
    void whatALaterInvalidationCoversStaysInvalidWhenAnEarlierOneIsUndone() {
        await(tier.put(answer("a", NOW, "[1]")));
        await(tier.put(answer("b", NOW, "[2]")));
        SqlTier.Invalidated all = await(tier.invalidateNumbered(new Invalidation.All(), NOW.plusSeconds(1)));
        SqlTier.Invalidated one =
                await(tier.invalidateNumbered(new Invalidation.OfKey(CacheKey.of("a")), NOW.plusSeconds(2)));
        assertThat(all.count()).isEqualTo(2);
        assertThat(one.count()).isZero();
        assertThat(await(tier.undo(all.seq(), NOW.plusSeconds(3)))).contains(1);
        assertThat(await(tier.get(CacheKey.of("a")))).isEmpty();
        assertThat(await(tier.get(CacheKey.of("b")))).isPresent();
        assertThat(await(tier.undo(one.seq(), NOW.plusSeconds(3)))).contains(1);
        assertThat(await(tier.get(CacheKey.of("a")))).isPresent();
    }

    @Test
    void whoHearsOfAnInvalidationAfterItWasUndoneLeavesItAtThat() {
        await(tier.put(answer("a", NOW, "[1]")));
        Invalidation all = new Invalidation.All();
        SqlTier.Invalidated done = await(tier.invalidateNumbered(all, NOW.plusSeconds(1)));
        await(tier.undo(done.seq(), NOW.plusSeconds(2)));
        assertThat(await(tier.forget(all, new InvalidationLog.Line(done.seq(), all.scope(), NOW.plusSeconds(1), null)))).isZero();
        assertThat(await(tier.get(CacheKey.of("a")))).isPresent();
    }
}

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsLoader;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;

/**
 * How the database's look-ups and size grow with its answers of 2 KB: fills it step by step, and at each step looks up
 * answers chosen at random, one after another. Arguments: the most answers, and a working directory. The environment:
 * {@code DATABASE_URL} where it is not to be a SQLite file in the directory.
 */
public final class Growth {
    private static final int LOOK_UPS = 5_000;
    private static final int AT_ONCE = 2_000;

    public static void main(String[] arguments) throws Exception {
        int most = Integer.parseInt(arguments[0]);
        Path directory = Path.of(arguments[1]);
        Vertx vertx = Vertx.vertx();
        Settings settings = SettingsLoader.load(new SettingsLoader.Sources(
                directory, Optional.empty(), System.getenv(), Map.of()));
        Database database = new Database(vertx, settings.storage());
        database.open().await();
        SqlTier tier = new SqlTier(vertx, database, new Metrics(), new PartHealth(
                "bench", "", Duration.ofMinutes(1), InstantSource.system()));
        System.out.println("    answers   median µs   p99 µs   bytes an answer   answers written a second");
        int filled = 0;
        for (int step = 1_000; step <= most; step *= 10) {
            long begun = System.nanoTime();
            int written = step - filled;
            while (filled < step) {
                List<Future<Void>> puts = new ArrayList<>();
                for (int i = 0; i < AT_ONCE && filled < step; i++) {
                    puts.add(tier.put(answer(filled++)));
                }
                Future.all(puts).await();
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            long[] nanos = lookUps(tier, step);
            System.out.printf("%11d %11.0f %8.0f %17.0f %26.0f%n", step, nanos[LOOK_UPS / 2] / 1e3,
                    nanos[LOOK_UPS * 99 / 100] / 1e3, (double) size(database, directory) / step, written / seconds);
        }
        System.exit(0);
    }

    private static long[] lookUps(SqlTier tier, int answers) {
        Random random = new Random(answers);
        long[] nanos = new long[LOOK_UPS];
        for (int i = -LOOK_UPS / 5; i < LOOK_UPS; i++) {
            CacheKey key = key(random.nextInt(answers));
            long begun = System.nanoTime();
            if (tier.get(key).await().isEmpty()) {
                throw new IllegalStateException("an answer is missing");
            }
            if (i >= 0) {
                nanos[i] = System.nanoTime() - begun;
            }
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private static long size(Database database, Path directory) throws Exception {
        if (database.place().contains(":")) {
            return database.reader().query("SELECT pg_total_relation_size('cache_entries')").execute().await()
                    .iterator().next().getLong(0);
        }
        long bytes = 0;
        for (String suffix : new String[] {"", "-wal"}) {
            Path file = Path.of(database.place() + suffix);
            bytes += Files.exists(file) ? Files.size(file) : 0;
        }
        return bytes;
    }

    private static CacheKey key(int number) {
        return CacheKey.of("{\"number\":" + number + "}");
    }

    private static StoredAnswer answer(int number) {
        byte[] body = new byte[2_048];
        new Random(number).nextBytes(body);
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) ('a' + (body[i] & 15));
        }
        return new StoredAnswer(
                new Entry(
                        key(number), "properties", "{\"number\":" + number + "}", "/properties/" + number, 200,
                        List.of(new Header("content-type", "application/json; charset=utf-8")), "\"tag-" + number + "\"",
                        Validators.NONE, Instant.now(), Duration.ZERO, Instant.now().plusSeconds(86_400)),
                Buffer.buffer(body), null);
    }
}

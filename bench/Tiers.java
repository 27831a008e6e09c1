import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.config.RedisUrl;
import systems.supported.rentcache.config.Secret;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsLoader;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.RedisClient;

/**
 * A hit in a tier behind the near cache against a bare client that makes the same round trip: one look-up after
 * another, on one event loop, in turns of both. Prints medians in microseconds and their ratio.
 *
 * <p>Arguments: rounds, look-ups a round, and a working directory. The environment: {@code REDIS_URL}, and
 * {@code DATABASE_URL} where it is not to be a SQLite file in the directory.
 */
public final class Tiers {
    private static final int ANSWERS = 1_000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    private final int rounds;
    private final int lookUps;

    private Tiers(int rounds, int lookUps) {
        this.rounds = rounds;
        this.lookUps = lookUps;
    }

    public static void main(String[] arguments) throws Exception {
        new Tiers(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1])).run(Path.of(arguments[2]));
        System.exit(0);
    }

    private void run(Path directory) throws Exception {
        PartHealth health = new PartHealth("bench", "", Duration.ofMinutes(1), InstantSource.system());
        if (System.getenv("REDIS_URL") != null) {
            RedisUrl url = RedisUrl.of(new Secret(System.getenv("REDIS_URL")));
            RedisTier tier = new RedisTier(
                    vertx, new RedisClient(vertx, RedisClient.Options.standard(url, Duration.ofSeconds(1)), health),
                    new Metrics(), InstantSource.system());
            fill(tier::put);
            RedisConnection bare = Redis.createClient(vertx, System.getenv("REDIS_URL")).connect().await();
            compare("redis", i -> tier.get(key(i)),
                    i -> bare.send(Request.cmd(Command.GET, "rentcache:entry:" + key(i).hex())));
        }
        Settings settings = SettingsLoader.load(new SettingsLoader.Sources(
                directory, Optional.empty(), System.getenv(), Map.of()));
        Database database = new Database(vertx, settings.storage());
        database.open().await();
        SqlTier tier = new SqlTier(vertx, database, new Metrics(), health);
        fill(tier::put);
        tier.flush().await();
        boolean postgresql = database.place().contains(":");
        String sql = "SELECT endpoint, question, target, status_code, headers, etag, upstream_etag, last_modified, created_at, "
                + "initial_age_ms, expires_at, body, body_gzip FROM cache_entries WHERE cache_key = "
                + (postgresql ? "$1" : "?") + " AND is_valid = 1";
        compare(postgresql ? "postgresql" : "sqlite", i -> tier.get(key(i)),
                i -> database.reader().preparedQuery(sql).execute(Tuple.of(key(i).hex())));
    }

    private interface LookUp {
        Future<?> at(int number);
    }

    private interface Put {
        Future<Void> of(StoredAnswer answer);
    }

    private static void fill(Put put) {
        for (int i = 0; i < ANSWERS; i++) {
            put.of(answer(i)).await();
        }
    }

    private void compare(String name, LookUp ours, LookUp bare) throws Exception {
        median(ours);
        median(bare);
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double a = median(ours);
            double b = median(bare);
            ratios[round] = a / b;
            System.out.printf("%-10s round %d: %7.1f µs, bare %7.1f µs, ratio %.2f%n", name, round + 1, a, b, a / b);
        }
        Arrays.sort(ratios);
        System.out.printf("%-10s median ratio %.2f%n", name, ratios[rounds / 2]);
    }

    /** The median of a look-up in microseconds, each begun when the one before has come back, all on the event loop. */
    private double median(LookUp lookUp) throws Exception {
        long[] nanos = new long[lookUps];
        CompletableFuture<Void> done = new CompletableFuture<>();
        vertx.runOnContext(begin -> next(lookUp, nanos, 0, done));
        done.get();
        Arrays.sort(nanos);
        return nanos[lookUps / 2] / 1_000.0;
    }

    private void next(LookUp lookUp, long[] nanos, int number, CompletableFuture<Void> done) {
        if (number == nanos.length) {
            done.complete(null);
            return;
        }
        long begun = System.nanoTime();
        lookUp.at(number % ANSWERS).onFailure(done::completeExceptionally).onSuccess(found -> {
            nanos[number] = System.nanoTime() - begun;
            // A turn of the event loop between two, or a chain of finished futures would grow the stack.
            vertx.runOnContext(again -> next(lookUp, nanos, number + 1, done));
        });
    }

    private static CacheKey key(int number) {
        return CacheKey.of("{\"number\":" + number + "}");
    }

    private static StoredAnswer answer(int number) {
        byte[] body = new byte[2_048];
        Arrays.fill(body, (byte) ('a' + number % 26));
        return new StoredAnswer(
                new Entry(
                        key(number), "properties", "{\"number\":" + number + "}", "/properties/" + number, 200,
                        List.of(new Header("content-type", "application/json; charset=utf-8")), "\"tag-" + number + "\"",
                        Validators.NONE, Instant.now(), Duration.ZERO, Instant.now().plusSeconds(86_400)),
                Buffer.buffer(body), null);
    }
}

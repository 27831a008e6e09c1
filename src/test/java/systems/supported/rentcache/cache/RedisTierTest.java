package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;
import static systems.supported.rentcache.Await.until;
import static systems.supported.rentcache.cache.Answers.NOW;
import static systems.supported.rentcache.cache.Answers.answer;
import static systems.supported.rentcache.cache.Answers.key;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.RedisClient;

/** What the tier in Redis does when Redis, or what is in it, is not as it should be. */
class RedisTierTest {
    private static final Duration TIMEOUT = Duration.ofMillis(200);
    private static final Duration SOON = Duration.ofMillis(900);
    private static final Instant LATER = NOW.plusSeconds(10);

    private final Vertx vertx = Vertx.vertx();
    private final PartHealth health = LocalRedis.health();
    private final Metrics metrics = new Metrics();
    private LocalRedis server;
    private final List<RedisClient> clients = new ArrayList<>();
    private RedisTier tier;

    @BeforeEach
    void start() {
        server = LocalRedis.start(vertx);
        tier = another("");
    }

    /** The tier as another process has it. */
    private RedisTier another(String path) {
        return another(path, TIMEOUT);
    }

    private RedisTier another(String path, Duration timeout) {
        RedisClient client = server.client(server.url(path), timeout, health);
        clients.add(client);
        return new RedisTier(vertx, client, metrics, InstantSource.fixed(NOW));
    }

    @AfterEach
    void stop() {
        clients.forEach(client -> await(client.close()));
        server.close();
        await(vertx.close());
    }

    private static StoredAnswer one() {
        return answer("one", "properties", NOW, "body");
    }

    private static String nameOf(String question) {
        return RedisTier.PREFIX + key(question).hex();
    }

    private boolean has(RedisTier where, String question) {
        return await(where.get(key(question))).isPresent();
    }

    private boolean finds(RedisTier where, String question) {
        return await(where.get(key(question)).map(found -> found.isPresent()).otherwise(false));
    }

    private boolean isInRedis(String question) {
        return server.command(Command.EXISTS, nameOf(question)).toInteger() == 1;
    }

    private void failsSoon(Future<?> future) {
        long start = System.nanoTime();
        assertThat(failure(future)).isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    @ParameterizedTest
    @CsvSource({"-86400, 1800", "0, 1800", "1799, 1800", "1801, 1801", "7199, 7199", "7201, 7200", "86400, 7200"})
    void redisKeepsAnAnswerWhileItIsFreshWithinBounds(long freshSeconds, long keptSeconds) {
        Instant expiresAt = one().entry().expiresAt();
        assertThat(RedisTier.keptFor(one().entry(), expiresAt.minusSeconds(freshSeconds)))
                .isEqualTo(Duration.ofSeconds(keptSeconds));
    }

    @Test
    void whatIsKeptExpires() {
        await(tier.put(one()));
        assertThat(server.command(Command.PTTL, nameOf("one")).toLong()).isBetween(3_500_000L, 3_600_000L);
        await(tier.invalidate(new Invalidation.All(), LATER));
        assertThat(server.command(Command.PTTL, RedisTier.MARKERS).toLong()).isBetween(7_400_000L, 7_500_000L);
    }

    @Test
    void anAnswerAndItsCompressedFormAreOneWrite() {
        StoredAnswer whole = Answers.with(
                "one", "properties", NOW, List.of(), Validators.NONE, Buffer.buffer("body"), Answers.gzip(Buffer.buffer("body")));
        Future<Void> first = tier.putBehind(one());
        Future<Void> second = tier.put(whole);
        assertThat(await(tier.get(key("one")))).as("it is found before it is written").contains(whole);
        await(Future.all(first, second));
        assertThat(await(another("").get(key("one"))).orElseThrow().gzip()).isEqualTo(whole.gzip());
        assertThat(server.command(Command.INFO, "commandstats").toString()).containsPattern("cmdstat_set:calls=1,");
    }

    @Test
    void whatIsMadeInvalidBeforeItIsWrittenIsNotWritten() {
        Future<Void> put = tier.putBehind(one());
        Future<Integer> invalidated = tier.invalidate(new Invalidation.OfKey(key("one")), LATER);
        await(put);
        await(invalidated);
        assertThat(isInRedis("one")).isFalse();
    }

    @Test
    void whatAVerticlePutsIsWrittenAlsoWhenItHasStopped() {
        List<Future<Void>> puts = new ArrayList<>();
        String id = await(vertx.deployVerticle(new AbstractVerticle() {
            @Override
            public void start() {
                puts.add(tier.putBehind(one()));
                vertx.undeploy(context.deploymentID());
            }
        }));
        await(vertx.undeploy(id).otherwiseEmpty());
        await(puts.get(0));
        assertThat(isInRedis("one")).isTrue();
    }

    @Test
    void readsManyInFewRoundTrips() {
        RedisTier patient = another("", Duration.ofSeconds(20));
        List<Future<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            puts.add(patient.put(answer("q" + i, i % 2 == 0 ? "properties" : "markets", NOW, "body " + i)));
        }
        await(Future.all(puts));
        server.command(Command.SET, nameOf("q4"), "garbage");
        await(patient.invalidate(new Invalidation.OfEndpoint("markets"), LATER));
        var found = await(another("", Duration.ofSeconds(20)).getAll(IntStream.range(0, 700).mapToObj(i -> key("q" + i)).toList()));
        assertThat(found).hasSize(299).doesNotContainKey(key("q4"));
        assertThat(found.get(key("q598")).body()).hasToString("body 598");
    }

    @Test
    void whatIsNoAnswerIsCountedAndDeleted() {
        await(tier.put(one()));
        byte[] whole = server.command(Command.GET, nameOf("one")).toBytes();
        byte[] old = whole.clone();
        old[4] = 0;
        byte[] flipped = whole.clone();
        flipped[whole.length - 1] ^= 1;
        List<byte[]> wrong = List.of(
                new byte[0], "{\"json\":1}".getBytes(), new byte[100_000], old, flipped,
                Buffer.buffer(whole).getBytes(0, whole.length - 1), Buffer.buffer(whole).getBytes(0, 7));
        for (byte[] bytes : wrong) {
            server.command(Command.SET, nameOf("one"), Buffer.buffer(bytes));
            assertThat(has(tier, "one")).isFalse();
            until("it is deleted", () -> !isInRedis("one"));
        }
        server.command(Command.SET, nameOf("another"), Buffer.buffer(whole));
        assertThat(has(tier, "another")).as("the answer to another question").isFalse();
        assertThat(metrics.tierFailures("redis", "decode").count()).isEqualTo(wrong.size() + 1);
        assertThat(health.state().isUp()).isTrue();
    }

    @Test
    void whatANewerVersionWroteIsLeftToIt() {
        await(tier.put(one()));
        byte[] newer = server.command(Command.GET, nameOf("one")).toBytes();
        newer[4] = 2;
        server.command(Command.SET, nameOf("one"), Buffer.buffer(newer));
        assertThat(has(tier, "one")).isFalse();
        assertThat(metrics.tierFailures("redis", "decode").count()).isEqualTo(1);
        await(tier.put(one()));
        assertThat(has(tier, "one")).as("our own takes its place").isTrue();
    }

    @Test
    void aValueOfAnotherTypeIsAMissAndIsReplaced() {
        server.command(Command.LPUSH, nameOf("one"), "a", "list");
        assertThat(has(tier, "one")).isFalse();
        await(tier.put(one()));
        assertThat(has(tier, "one")).isTrue();
    }

    @Test
    void oddMarkersAreLeftOut() {
        server.command(
                Command.HSET, RedisTier.MARKERS, "all", "tomorrow", "endpoint:", "-1", "future-scope", "99999999999999");
        await(tier.put(one()));
        assertThat(has(another(""), "one")).isTrue();
    }

    @Test
    void anEarlierMarkerDoesNotTakeTheWayOfALaterOne() {
        await(tier.put(one()));
        await(another("").invalidate(new Invalidation.All(), LATER));
        await(another("").invalidate(new Invalidation.FetchedBefore(null, NOW.minusSeconds(5)), LATER));
        assertThat(has(tier, "one")).isFalse();
    }

    @Test
    void processesSeeEachOthersAnswersAndInvalidations() {
        RedisTier other = another("");
        await(tier.put(one()));
        assertThat(has(other, "one")).isTrue();
        await(other.invalidate(new Invalidation.OfKey(key("one")), LATER));
        assertThat(has(tier, "one")).isFalse();
        await(tier.put(one()));
        assertThat(has(other, "one")).as("an answer of before").isFalse();
    }

    @Test
    void whatAnotherProcessInvalidatedIsNeitherServedNorKeptAgain() {
        await(tier.put(one()));
        tier.forget(new Invalidation.OfKey(key("one")), LATER);
        assertThat(has(tier, "one")).isFalse();
        server.command(Command.DEL, nameOf("one"));
        await(tier.put(one()));
        assertThat(isInRedis("one")).isFalse();
        await(tier.put(answer("one", "properties", LATER.plusMillis(1), "new")));
        assertThat(has(tier, "one")).isTrue();
    }

    @Test
    void databasesAreApart() {
        await(tier.put(one()));
        assertThat(has(another("/2"), "one")).isFalse();
    }

    @Test
    void aRedisThatIsAwayFailsSoonAndComesBackByItself() {
        await(tier.put(one()));
        server.stop();
        for (int i = 0; i < 20; i++) {
            failsSoon(tier.get(key("one")));
            failsSoon(tier.put(one()));
        }
        assertThat(health.state().isUp()).isFalse();
        server.start();
        until("it is back", () -> failure(tier.put(one())) == null && finds(tier, "one"));
        assertThat(metrics.tierFailures("redis", "read").count()).isGreaterThanOrEqualTo(20);
        assertThat(metrics.tierFailures("redis", "write").count()).isGreaterThanOrEqualTo(20);
    }

    @Test
    void anInvalidationThatAHungRedisWasNotToldIsToldLater() {
        await(tier.put(one()));
        await(tier.put(answer("two", "markets", NOW, "2")));
        server.freeze();
        failsSoon(tier.invalidate(new Invalidation.OfKey(key("one")), LATER));
        failsSoon(tier.invalidate(new Invalidation.OfEndpoint("markets"), LATER));
        server.thaw();
        until("it is read again", () -> failure(tier.get(key("none"))) == null);
        assertThat(finds(tier, "one")).isFalse();
        assertThat(finds(tier, "two")).isFalse();
        RedisTier other = another("");
        until("others do not find them either",
                () -> !finds(other, "one") && !finds(other, "two") && !isInRedis("one"));
    }

    @Test
    void whatAFullRedisDidNotTakeIsNotHiddenByWhatItHas() {
        await(tier.put(one()));
        server.command(Command.CONFIG, "SET", "maxmemory", "1");
        failsSoon(tier.put(answer("one", "properties", LATER, "new")));
        assertThat(has(tier, "one")).as("the old one is not served").isFalse();
        assertThat(await(tier.getAll(List.of(key("one"), key("none"))))).as("reads go on").isEmpty();
        server.command(Command.CONFIG, "SET", "maxmemory", "0");
        until("the old one goes", () -> !isInRedis("one"));
        until("writes go on", () -> failure(tier.put(answer("one", "properties", LATER, "new"))) == null);
        assertThat(has(tier, "one")).isTrue();
    }

    @Test
    void tooManyWritesAtOnceAreDroppedAndCounted() {
        RedisTier patient = another("", Duration.ofSeconds(20));
        await(patient.put(one()));
        server.freeze();
        Buffer body = Answers.random(9 << 20, 1);
        List<Future<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            puts.add(patient.put(Answers.with("q" + i, "properties", NOW, List.of(), Validators.NONE, body, null)));
        }
        assertThat(failure(puts.get(7))).hasMessageContaining("too many writes");
        assertThat(metrics.dropped("redis-write").count()).isEqualTo(1);
        server.thaw();
        await(patient.flush());
    }

    @Test
    void manyInvalidationsByTagBecomeOneOfAll() {
        await(tier.put(one()));
        for (int i = 0; i < 250; i++) {
            await(tier.invalidate(new Invalidation.OfTags(null, List.of("zipCode:" + i)), LATER));
        }
        assertThat(server.command(Command.HLEN, RedisTier.MARKERS).toInteger()).isLessThanOrEqualTo(200);
        assertThat(await(another("").get(one().entry().key()))).as("more is covered, never less").isEmpty();
    }
}

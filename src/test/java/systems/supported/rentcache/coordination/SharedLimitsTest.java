package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.KeyLimits;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.limits.SlidingWindow;
import systems.supported.rentcache.limits.TokenBucket;
import systems.supported.rentcache.storage.LocalRedis;

/** Three nodes with clocks that differ by seconds and one Redis: together they admit no more than the limit. */
class SharedLimitsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int NODES = 3;

    private final Vertx vertx = Vertx.vertx();
    private final List<TestNode> nodes = new ArrayList<>();
    private LocalRedis redis;

    /** A node's limiter, whose clock is some seconds off. */
    private final class TestNode {
        final SharedLimits shared;
        final LimitStates states = new LimitStates(1, true);
        final long skewSeconds;

        TestNode(int number, boolean strict) {
            skewSeconds = 7L * number - 7;
            shared = new SharedLimits(
                    vertx, redis.client(url(redis), Duration.ofSeconds(1), LocalRedis.health()),
                    new NoQuotas(), List.of("properties"), strict, () -> System.nanoTime() + skewSeconds * SECOND);
            await(shared.start());
        }

        LimitRequest request(long key, LimitPolicy policy) {
            KeyLimits limits = states.of(key, Quota.Usage.NONE);
            Instant now = Instant.now().plusSeconds(skewSeconds);
            return new LimitRequest(
                    key, limits, policy, 0, Quota.Period.at(now, ZoneOffset.UTC), now.toEpochMilli());
        }

        Admission ask(long key, LimitPolicy policy) {
            LimitRequest request = request(key, policy);
            Admission admission = shared.admit(request);
            return admission != null ? admission : await(shared.await(request));
        }
    }

    /** An admitted request: when it was asked for and when it was admitted, in true time. */
    private record Admitted(int node, long asked, long admitted, long askedMillis, long admittedMillis) {
    }

    @BeforeEach
    void startRedis() {
        redis = server(vertx);
    }

    /** The server that holds the limits. */
    LocalRedis server(Vertx on) {
        return LocalRedis.start(on);
    }

    /** How the nodes find it. */
    String url(LocalRedis server) {
        return server.url("");
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> await(node.shared.stop()));
        redis.close();
        await(vertx.close());
    }

    private void startNodes(boolean strict) {
        for (int i = 0; i < NODES; i++) {
            nodes.add(new TestNode(i, strict));
        }
        until("all know of all", () -> nodes.stream().allMatch(node -> node.shared.nodes() == NODES));
    }

    private static LimitPolicy policy(String global, String endpoint) {
        return new LimitPolicy(
                SlidingWindow.of(Rate.parse(global)), List.of(TokenBucket.of(Rate.parse(endpoint))),
                Quota.UNLIMITED, Quota.UNLIMITED);
    }

    /** All nodes ask as fast as they can, with two threads each. */
    private List<Admitted> storm(long key, LimitPolicy policy, Duration length) {
        ConcurrentLinkedQueue<Admitted> admitted = new ConcurrentLinkedQueue<>();
        long end = System.nanoTime() + length.toNanos();
        CompletableFuture.allOf(IntStream.range(0, 2 * NODES).mapToObj(i -> CompletableFuture.runAsync(() -> {
            while (System.nanoTime() < end) {
                long askedMillis = System.currentTimeMillis();
                long asked = System.nanoTime();
                if (nodes.get(i % NODES).ask(key, policy).admitted()) {
                    long at = System.nanoTime();
                    admitted.add(new Admitted(i % NODES, asked, at, askedMillis, System.currentTimeMillis()));
                }
                Thread.yield();
            }
        }, runnable -> new Thread(runnable).start())).toArray(CompletableFuture[]::new)).join();
        return List.copyOf(admitted);
    }

    private static void assertNoStretchHasMore(List<Admitted> admitted, long capacity, Duration window) {
        double perNano = (double) capacity / window.toNanos();
        for (Admitted first : admitted) {
            List<Long> ends = admitted.stream().filter(one -> one.asked >= first.asked).map(Admitted::admitted)
                    .sorted().toList();
            for (int i = 0; i < ends.size(); i++) {
                assertThat((double) (i + 1)).isLessThanOrEqualTo(
                        capacity + (ends.get(i) - first.asked) * perNano + 1e-3);
            }
        }
    }

    @Test
    void noStretchOfTimeSeesMoreThanABucketAndItsRefill() {
        startNodes(false);
        List<Admitted> admitted = storm(1, policy("unlimited", "60/second"), Duration.ofSeconds(3));
        assertNoStretchHasMore(admitted, 60, Duration.ofSeconds(1));
        // What nodes held while others were refused, and the refill that a full bucket with leases does not take.
        assertThat(admitted).hasSizeGreaterThan((60 + 3 * 60) * 3 / 4);
    }

    @Test
    void noWindowSeesMoreThanItsLimit() {
        startNodes(false);
        List<Admitted> admitted = storm(1, policy("40/second", "unlimited"), Duration.ofSeconds(3));
        long first = admitted.stream().mapToLong(one -> one.askedMillis / 1_000).min().orElseThrow();
        for (long second = first; second < first + 5; second++) {
            long window = second;
            assertThat(admitted.stream()
                    .filter(one -> one.askedMillis / 1_000 == window && one.admittedMillis / 1_000 == window))
                    .hasSizeLessThanOrEqualTo(40);
        }
        assertThat(admitted).hasSizeGreaterThan(60);
    }

    @Test
    void aLongWindowIsUsedUpToTheLastButWhatOthersHold() {
        startNodes(false);
        List<Admitted> admitted = storm(1, policy("60/hour", "100/hour"), Duration.ofMillis(1_500));
        assertThat(admitted).hasSizeBetween(60 - (NODES - 1) * 60 / 4 / NODES, 60);
        assertThat(nodes.get(0).ask(1, policy("60/hour", "100/hour")).refusal()).isEqualTo(Refusal.GLOBAL_RATE);
    }

    @Test
    void aRefusedRequestCountsAgainstNothing() {
        startNodes(false);
        LimitPolicy policy = policy("10/hour", "3/hour");
        long admitted = IntStream.range(0, 30).filter(i -> nodes.get(i % NODES).ask(1, policy).admitted()).count();
        assertThat(admitted).isEqualTo(3);
        LimitPolicy other = policy("10/hour", "unlimited");
        int[] rest = {0};
        until("the other seven are admitted", () -> {
            rest[0] += nodes.get(0).ask(1, other).admitted() ? 1 : 0;
            return rest[0] == 7;
        });
        nodes.forEach(node -> assertThat(node.ask(1, other).refusal()).isEqualTo(Refusal.GLOBAL_RATE));
    }

    @Test
    void whatANodeDoesNotSpendComesBack() {
        startNodes(false);
        LimitPolicy policy = policy("unlimited", "120/hour");
        for (int i = 0; i < 40; i++) {
            assertThat(nodes.get(0).ask(1, policy).admitted()).isTrue();
        }
        List<Integer> rest = new ArrayList<>();
        until("the others can spend all that is left", () -> {
            for (int node = 1; node < NODES; node++) {
                rest.addAll(nodes.get(node).ask(1, policy).admitted() ? List.of(node) : List.of());
            }
            return rest.size() >= 80;
        });
    }

    @Test
    void aRequestWithoutAnAnswerIsGivenBack() {
        startNodes(false);
        LimitPolicy policy = policy("5/hour", "5/hour");
        for (int i = 0; i < 5; i++) {
            assertThat(nodes.get(0).ask(1, policy).admitted()).isTrue();
        }
        assertThat(nodes.get(0).ask(1, policy).admitted()).isFalse();
        nodes.get(0).shared.giveBack(nodes.get(0).request(1, policy), 10);
        until("one more is admitted", () -> nodes.get(0).ask(1, policy).admitted());
        assertThat(nodes.get(0).ask(1, policy).admitted()).isFalse();
    }

    @Test
    void aRedisThatComesBackEmptyGrantsNothingTwice() {
        startNodes(false);
        LimitPolicy windowed = policy("60/hour", "unlimited");
        LimitPolicy bucketed = policy("unlimited", "90/hour");
        // The third node spent nothing and knows of nothing that was spent.
        int before = 0;
        int beforeBucket = 0;
        for (int i = 0; i < 40; i++) {
            before += nodes.get(i % 2).ask(1, windowed).admitted() ? 1 : 0;
            beforeBucket += nodes.get(i % 2).ask(2, bucketed).admitted() ? 1 : 0;
        }
        assertThat(before).isEqualTo(40);
        redis.stop();
        redis.start();
        long begun = System.nanoTime();
        int afterBucket = storm(2, bucketed, Duration.ofSeconds(7)).size();
        int after = storm(1, windowed, Duration.ofSeconds(2)).size();
        assertThat(redis.command(Command.KEYS, LimitScripts.PREFIX + "*").size()).isGreaterThan(2);
        assertThat(before + after).isBetween(60 - NODES * 60 / 4 / NODES, 60);
        assertThat(afterBucket).as("what was held, an empty bucket and its refill").isLessThanOrEqualTo(
                90 / 4 + (int) ((System.nanoTime() - begun) / SECOND * 90 / 3_600) + 1);
        assertThat(beforeBucket).isEqualTo(40);
    }

    @Test
    void aNewNodeThatMeetsAnEmptyRedisFirstGrantsNothingTwice() {
        startNodes(false);
        LimitPolicy policy = policy("60/hour", "unlimited");
        int admitted = 0;
        for (int i = 0; i < 50; i++) {
            admitted += nodes.get(0).ask(1, policy).admitted() ? 1 : 0;
        }
        redis.command(Command.FLUSHALL);
        nodes.add(new TestNode(NODES, false));
        until("the nodes noticed", () -> redis.command(Command.HGET, LimitScripts.PREFIX + "epoch", "birth")
                .toLong() > 0);
        admitted += storm(1, policy, Duration.ofSeconds(7)).size();
        for (int i = 0; i < 20; i++) {
            admitted += nodes.get(NODES).ask(1, policy).admitted() ? 1 : 0;
        }
        assertThat(admitted).isBetween(50, 60);
    }

    @Test
    void aRedisWithAnOlderStateIsOneThatLostIt() {
        startNodes(false);
        String key = LimitScripts.PREFIX + "epoch";
        String epoch = redis.command(Command.HGET, key, "id").toString();
        redis.command(Command.HSET, key, "beat", "1");
        until("a new epoch began", () -> !redis.command(Command.HGET, key, "id").toString().equals(epoch));
        assertThat(redis.command(Command.HGET, key, "birth").toLong()).isPositive();
    }

    @Test
    void withoutRedisEachNodeHasItsShare() {
        startNodes(false);
        LimitPolicy policy = policy("unlimited", "60/second");
        assertThat(storm(1, policy, Duration.ofMillis(300))).isNotEmpty();
        redis.stop();
        storm(1, policy, Duration.ofMillis(500));
        List<Admitted> admitted = storm(1, policy, Duration.ofSeconds(1));
        for (int i = 0; i < NODES; i++) {
            int node = i;
            assertThat(admitted.stream().filter(one -> one.node == node)).hasSizeBetween(15, 30);
        }
        assertNoStretchHasMore(admitted, 60, Duration.ofSeconds(1));
        redis.start();
        until("leases go on", () -> nodes.get(0).ask(1, policy).admitted()
                && redis.command(Command.KEYS, LimitScripts.PREFIX + "*:key:1:*").size() > 0);
    }

    @Test
    void strictlyEveryRequestAsksAndIsRefusedWithoutRedis() {
        startNodes(true);
        LimitPolicy policy = policy("30/hour", "20/hour");
        assertThat(storm(1, policy, Duration.ofMillis(500))).hasSize(20);
        Admission refused = nodes.get(0).ask(1, policy);
        assertThat(refused.refusal()).isEqualTo(Refusal.ENDPOINT_RATE);
        assertThat(refused.retryAfterSeconds()).isBetween(170L, 180L);
        assertThat(refused.globalRemaining()).isEqualTo(10);
        nodes.get(0).shared.giveBack(nodes.get(0).request(1, policy), 10);
        until("what came back is there", () -> nodes.get(1).ask(1, policy).admitted());
        assertThat(nodes.get(0).ask(1, policy).admitted()).isFalse();
        redis.stop();
        assertThat(nodes.get(0).ask(1, policy).refusal()).isEqualTo(Refusal.STORE_AWAY);
        redis.start();
        until("Redis is asked again", () -> nodes.get(0).ask(1, policy).refusal() == Refusal.ENDPOINT_RATE);
    }

    @Test
    void aWindowOfAnotherLengthBeginsAnewAndIsNotStuck() {
        startNodes(false);
        assertThat(nodes.get(0).ask(1, policy("2/minute", "unlimited")).admitted()).isTrue();
        assertThat(nodes.get(0).ask(1, policy("2/hour", "unlimited")).admitted()).isTrue();
        assertThat(nodes.get(0).ask(1, policy("2/hour", "unlimited")).admitted()).isTrue();
        assertThat(nodes.get(0).ask(1, policy("2/hour", "unlimited")).admitted()).isFalse();
    }

    @Test
    void aNodeThatStopsGivesBackWhatItHolds() {
        startNodes(false);
        LimitPolicy policy = policy("unlimited", "240/hour");
        for (int i = 0; i < 60; i++) {
            nodes.get(0).ask(1, policy);
        }
        await(nodes.remove(0).shared.stop());
        until("it is gone", () -> nodes.get(0).shared.nodes() == NODES - 1);
        int[] rest = {0};
        until("the others can spend all that is left", () -> {
            nodes.forEach(node -> rest[0] += node.ask(1, policy).admitted() ? 1 : 0);
            return rest[0] >= 180;
        });
        // A token comes every 15 s.
        assertThat(rest[0]).isLessThanOrEqualTo(182);
    }
}

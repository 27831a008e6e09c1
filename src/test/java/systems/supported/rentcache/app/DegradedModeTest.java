package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.Cable;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.PostgresqlServer;

/**
 * Redis, PostgreSQL and Rentcast go and come back in every combination, cut off or hanging, while two nodes are asked:
 * what is kept is answered as it was, and where nothing can answer it is said within the time-outs. A failure names its
 * seed; {@code -Ddegraded.seed=…} runs it again.
 */
class DegradedModeTest {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(1);
    /** A question that is kept and fresh waits for no more than a reading of each tier; with room for a busy machine. */
    private static final Duration KEPT = Duration.ofSeconds(6);
    /** A question that needs a call waits for that, too. */
    private static final Duration CALLED = Duration.ofSeconds(12);
    /** How soon after PostgreSQL is back nodes know what is invalid: as soon as they have a connection. */
    private static final Duration KNOWN = Duration.ofSeconds(6);
    private static final int NODES = 2;
    private static final int ROUNDS = 3;
    /** Longer than a circuit is open at most, and than a market is fresh. */
    private static final Duration STEP = Duration.ofSeconds(61);
    private static final Set<Integer> NO_ANSWER = Set.of(502, 503, 504);
    /** Rentcast's data change by the day: here it is always the same one. */
    private static final SandboxOptions RENTCAST = SandboxOptions.standard(0)
            .withClock(() -> Instant.parse("2026-03-01T12:00:00Z")).withCallsPerSecond(0);

    @TempDir
    private Path directory;
    private final long seed = Long.getLong("degraded.seed", 22_344_620_441_255L);
    private final Random random = new Random(seed);
    private final Vertx vertx = Vertx.vertx();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, byte[]> said = new HashMap<>();
    private final String database = PostgresqlServer.newDatabase();
    private SandboxServer rentcast;
    /** Says the same, and is never away. */
    private SandboxServer oracle;
    private LocalRedis redis;
    private Cable redisWay;
    private Cable sqlWay;
    private Cable rentcastWay;
    private State state = new State(false, false, false);
    private final List<String> history = new ArrayList<>();
    private long sqlBack = System.nanoTime();
    private int questions;
    private int paidAnswers;
    private int failedAnswers;
    private int answers;

    /** What is away. */
    private record State(boolean redisAway, boolean sqlAway, boolean rentcastAway) {
        static State of(int bits) {
            return new State((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
        }
    }

    /** What a question finds. */
    private enum Kind {
        /** It was answered before, and is fresh. */
        WARM,
        /** It was answered before, and may be stale by now, but not for longer than stale answers are given. */
        STALE,
        /** It was never answered. */
        COLD
    }

    private record Asked(Kind kind, String target, CompletableFuture<Timed> answer) {
    }

    private record Timed(Answer answer, Duration took) {
    }

    @BeforeEach
    void start() {
        rentcast = Node.await(SandboxServer.start(vertx, RENTCAST));
        oracle = Node.await(SandboxServer.start(vertx, RENTCAST));
        redis = LocalRedis.start(vertx);
        redisWay = new Cable(vertx, redis.port());
        sqlWay = new Cable(vertx, PostgresqlServer.port());
        rentcastWay = new Cable(vertx, rentcast.port());
        for (int i = 0; i < NODES; i++) {
            nodes.add(Node.in(directory).file("""
                            endpoints:
                              markets: {ttl: 60s, stale-if-error: 24h}
                            """)
                    .with("SANDBOX", false)
                    .with("RENTCAST_API_URL", "http://127.0.0.1:" + rentcastWay.port() + "/v1")
                    .with("RENTCAST_API_KEY", SandboxServer.API_KEY)
                    .with("RENTCAST_MAX_RETRIES", 0)
                    .with("RENTCAST_TIMEOUT", CALL_TIMEOUT.toSeconds())
                    .with("UPSTREAM_RATE_LIMIT", "1000/second")
                    .with("GLOBAL_RATE_LIMIT", "1000000/minute")
                    .with("PER_ENDPOINT_RATE_LIMIT", "1000000/minute")
                    .with("STALE_IF_SLOW", "300ms")
                    .with("CHANGES_INTERVAL", "200ms")
                    .with("REDIS_URL", "redis://127.0.0.1:" + redisWay.port())
                    .with("DATABASE_URL", PostgresqlServer.url(database)
                            .replace(":" + PostgresqlServer.port(), ":" + sqlWay.port()))
                    .start());
        }
    }

    @AfterEach
    void stop() {
        mendAll();
        nodes.forEach(Node::close);
        redisWay.close();
        sqlWay.close();
        rentcastWay.close();
        redis.close();
        Node.await(rentcast.close());
        Node.await(oracle.close());
        Node.await(vertx.close());
    }

    private void mendAll() {
        redisWay.mend();
        sqlWay.mend();
        rentcastWay.mend();
        rentcast.faults(Faults.NONE);
    }

    private static String warm(int i) {
        return "/properties?zipCode=78244&limit=3&offset=" + 3 * i;
    }

    private static String market(int i) {
        return "/markets?zipCode=" + List.of("78201", "78209", "78229", "78249").get(i);
    }

    private String cold() {
        return "/properties?zipCode=78249&limit=2&offset=" + questions++;
    }

    private byte[] sandboxSays(String target) {
        return said.computeIfAbsent(target, asked -> Node.askUpstream(oracle, asked));
    }

    @Test
    void whateverIsAwayTheRestAnswers() {
        try {
            run();
        } catch (AssertionError failure) {
            throw new AssertionError("seed " + seed + " after " + history + ": " + failure.getMessage(), failure);
        }
    }

    @Test
    void aKeyThatWasNeverSeenIsNotLeftWaitingByADatabaseThatHangs() {
        sqlWay.stall();
        String key = keyThatNoNodeHeardOf();
        Answer answer = nodes.get(0).getWithKey(key, "/v1" + warm(0));
        assertThat(answer.status()).isEqualTo(503);
        sqlWay.mend();
        Node.until("it is known", () -> nodes.get(0).getWithKey(key, "/v1" + warm(0)).status() == 200);
    }

    /** Nodes learn of a new key within moments where they can, so this one is made where they cannot look. */
    private String keyThatNoNodeHeardOf() {
        String value = KeyHash.newValue();
        Database direct = Databases.postgresql(vertx, database);
        Node.await(direct.open());
        Node.await(new SqlApiKeyStore(direct).create(KeySpec.named("never seen"), value, RENTCAST.clock().instant()));
        Node.await(direct.close());
        return value;
    }

    private void run() {
        warmUp();
        for (State next : order()) {
            become(next);
            for (int round = 0; round < ROUNDS; round++) {
                check(askRound(), round);
            }
        }
        recovered();
        bills();
    }

    private void warmUp() {
        for (Node node : nodes) {
            for (int i = 0; i < 8; i++) {
                assertThat(node.get("/v1" + warm(i)).bytes()).isEqualTo(sandboxSays(warm(i)));
            }
            for (int i = 0; i < 4; i++) {
                assertThat(node.get("/v1" + market(i)).bytes()).isEqualTo(sandboxSays(market(i)));
            }
        }
        questions = 0;
    }

    /** Every combination, and half of them once more, in an order of the seed's. */
    private List<State> order() {
        List<State> order = new ArrayList<>();
        for (int times = 0; times < 2; times++) {
            List<State> all = new ArrayList<>();
            for (int bits = 0; bits < 8; bits++) {
                all.add(State.of(bits));
            }
            Collections.shuffle(all, random);
            order.addAll(all.subList(0, all.size() / (times + 1)));
        }
        return order;
    }

    /** Changes what is away while questions are under way. */
    private void become(State next) {
        List<Asked> underWay = askRound();
        List<Runnable> changes = new ArrayList<>();
        if (next.redisAway != state.redisAway) {
            changes.add(() -> away("redis", redisWay, next.redisAway));
        }
        if (next.sqlAway != state.sqlAway) {
            changes.add(() -> away("sql", sqlWay, next.sqlAway));
        }
        if (next.rentcastAway != state.rentcastAway) {
            changes.add(() -> rentcastAway(next.rentcastAway));
        }
        Collections.shuffle(changes, random);
        changes.forEach(Runnable::run);
        state = next;
        for (Asked asked : underWay) {
            Answer answer = join(asked);
            if (asked.kind == Kind.COLD && answer.status() != 200) {
                assertProblem(asked, answer);
            } else {
                assertAnswer(asked, answer);
            }
        }
        nodes.forEach(node -> node.clock.advance(STEP));
    }

    private void away(String name, Cable way, boolean away) {
        boolean hangs = random.nextBoolean();
        history.add(away ? name + (hangs ? " hangs" : " is cut off") : name + " is back");
        if (!away) {
            way.mend();
            sqlBack = System.nanoTime();
        } else if (hangs) {
            way.stall();
        } else {
            way.cut();
        }
    }

    private void rentcastAway(boolean away) {
        int how = random.nextInt(3);
        history.add("rentcast " + (away ? List.of("is cut off", "hangs", "fails").get(how) : "is back"));
        if (!away) {
            rentcastWay.mend();
            rentcast.faults(Faults.NONE);
        } else if (how == 0) {
            rentcastWay.cut();
        } else {
            rentcast.faults(Faults.parse(how == 1 ? JsonObject.of("hang", true) : JsonObject.of("status", 503)));
        }
    }

    /** Some questions to each node at once; the same cold one to all. */
    private List<Asked> askRound() {
        List<Asked> round = new ArrayList<>();
        String cold = cold();
        for (Node node : nodes) {
            for (int i = 0; i < 3; i++) {
                round.add(ask(node, Kind.WARM, warm(random.nextInt(8))));
            }
            for (int i = 0; i < 2; i++) {
                round.add(ask(node, Kind.STALE, market(random.nextInt(4))));
            }
            round.add(ask(node, Kind.COLD, cold));
        }
        return round;
    }

    private Asked ask(Node node, Kind kind, String target) {
        answers++;
        long from = System.nanoTime();
        return new Asked(kind, target, node.sendAsync("/v1" + target)
                .thenApply(answer -> new Timed(answer, Duration.ofNanos(System.nanoTime() - from))));
    }

    private Answer join(Asked asked) {
        Timed timed = asked.answer.join();
        Answer answer = timed.answer;
        assertThat(timed.took).as("how long %s took, with %s", asked, state)
                .isLessThan(asked.kind == Kind.WARM ? KEPT : CALLED);
        if (answer.status() != 200) {
            failedAnswers++;
        } else if ("MISS".equals(answer.header("X-Cache")) && !answer.header("Cache-Status").contains("collapsed")) {
            paidAnswers++;
        }
        return answer;
    }

    /** What is answered while nothing changes. */
    private void check(List<Asked> all, int round) {
        for (Asked asked : all) {
            Answer answer = join(asked);
            if (asked.kind != Kind.COLD) {
                assertAnswer(asked, answer);
            } else if (state.rentcastAway) {
                assertProblem(asked, answer);
            } else if (answer.status() == 200) {
                assertAnswer(asked, answer);
            } else {
                // The endpoint was left alone: whether it works again is tried by one call before the others.
                assertThat(round).as("%s with %s", asked, state).isLessThan(ROUNDS - 1);
                assertProblem(asked, answer);
                assertThat(answer.json().getString("error")).as("%s with %s", asked, state)
                        .isEqualTo("upstream-circuit-open");
            }
        }
    }

    private void assertProblem(Asked asked, Answer answer) {
        assertThat(answer.status()).as("%s with %s: %s", asked, state, answer.text()).isIn(NO_ANSWER);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    }

    private void assertAnswer(Asked asked, Answer answer) {
        assertThat(answer.status()).as("%s with %s: %s", asked, state, answer.text()).isEqualTo(200);
        assertThat(answer.bytes()).as("%s", asked).isEqualTo(sandboxSays(asked.target));
        String status = answer.header("Cache-Status");
        switch (answer.header("X-Cache")) {
            case "HIT" -> assertThat(status).as("%s", asked)
                    .matches("RentCache; hit; ttl=\\d+; detail=(near|redis|sql)");
            case "STALE" -> {
                assertThat(status).as("%s", asked).containsPattern("; hit; ttl=-?\\d+; detail=|; fwd=stale; ");
                // What is fresh is called stale only where nobody can say whether it was invalidated.
                assertThat(asked.kind == Kind.STALE || state.sqlAway || System.nanoTime() - sqlBack < KNOWN.toNanos())
                        .as("%s with %s: %s", asked, state, status).isTrue();
            }
            case "MISS" -> assertThat(status).as("%s", asked).contains("; fwd=").contains("; stored");
            default -> throw new AssertionError(asked + ": " + answer.header("X-Cache"));
        }
        assertThat(asked.kind != Kind.WARM || !"MISS".equals(answer.header("X-Cache")))
                .as("%s: %s", asked, status).isTrue();
    }

    /** All is back: in some seconds everything is as if nothing had been, and nobody had to do anything. */
    private void recovered() {
        become(State.of(0));
        history.add("all is back");
        for (Node node : nodes) {
            for (int i = 0; i < 8; i++) {
                String target = warm(i);
                Node.until("it is a hit again", () -> "HIT".equals(node.get("/v1" + target).header("X-Cache")));
                assertThat(node.get("/v1" + target).bytes()).isEqualTo(sandboxSays(target));
            }
            for (int i = 0; i < 4; i++) {
                String target = market(i);
                Node.until("it is fresh again", () -> "HIT".equals(node.get("/v1" + target).header("X-Cache")));
                assertThat(node.get("/v1" + target).bytes()).isEqualTo(sandboxSays(target));
            }
        }
        rentcast.faults(Faults.parse(JsonObject.of("latencyMillis", 200)));
        Node.until("one call is enough for all nodes", () -> {
            long before = rentcast.bill().billed();
            String cold = cold();
            List<Asked> both = nodes.stream().map(node -> ask(node, Kind.COLD, cold)).toList();
            both.forEach(asked -> assertAnswer(asked, join(asked)));
            return rentcast.bill().billed() == before + 1;
        });
        // Last, for time goes on: of Rentcast nothing is known but by calls, which the other node may make from here on,
        // and a use that failed and is not made again is held against a part for a while.
        for (Node node : nodes) {
            Node.until(() -> "it is healthy: " + node.get("/health").text(), () -> {
                node.clock.advance(Duration.ofSeconds(5));
                return node.get("/health").json().getString("status").equals("healthy");
            });
        }
    }

    private void bills() {
        long billed = rentcast.bill().billed();
        int generations = history.size() + 20;
        assertThat(billed).as("calls of %d answers", answers).isBetween(
                (long) paidAnswers, (long) NODES * (questions + 8 + 4 * generations));
        Node.until("the ledger has what was billed", () -> committed() >= billed);
        assertThat(committed()).as("what was in doubt counts as billed, and nothing else")
                .isLessThanOrEqualTo(billed + failedAnswers);
    }

    private long committed() {
        return nodes.get(0).database(open -> new BudgetStore(open).uses("2026-03-01")).stream()
                .filter(use -> use.scope().equals("account")).mapToLong(BudgetUse::committedCalls).sum();
    }
}

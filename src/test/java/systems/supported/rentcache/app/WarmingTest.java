package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.PostgresqlServer;

/** Answers that are fetched at their times before anybody asks: what they cost, by the sandbox's bill. */
class WarmingTest {
    private static final String DEMANDED = "/v1/properties?zipCode=78244&limit=1";
    private static final String ONCE = "/v1/properties?zipCode=78244&limit=2";
    private static final String LISTINGS = "/v1/listings/sale?zipCode=78244&limit=1";

    @TempDir
    private Path directory;
    private Node node;

    @AfterEach
    void close() {
        if (node != null) {
            node.close();
        }
    }

    private Node warming() {
        node = Node.in(directory).with("ENABLE_CACHE_WARMING", true).with("ENABLE_STALE_WHILE_REVALIDATE", false)
                .with("TTL_PROPERTIES", "12h");
        return node;
    }

    private static void askTwice(Node node, String target) {
        assertThat(node.get(target).header("X-Cache")).isEqualTo("MISS");
        assertThat(node.get(target).header("X-Cache")).isEqualTo("HIT");
    }

    private static int inDemand(Node node) {
        return node.database(database -> new SqlTier(
                node.vertx(), database, new Metrics(),
                new PartHealth("cache", "", Duration.ofSeconds(1), InstantSource.system()))
                .mostAsked(Instant.EPOCH, 100)).size();
    }

    private static void untilInDemand(Node node, int questions) {
        Node.until("it is written what was asked again", () -> inDemand(node) == questions);
    }

    /** The clock comes to five in the morning. */
    private static void morning(Node node) {
        node.clock.advance(Duration.between(
                node.clock.instant(), Instant.parse("2026-03-02T05:00:00Z")));
    }

    private static long warmed(Node node, String outcome) {
        return node.get("/metrics").text().lines()
                .filter(line -> line.startsWith("rentcache_warming_questions_total{outcome=\"" + outcome + "\"}"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst().orElse(0);
    }

    @Test
    void whatIsInDemandIsFetchedAtItsTimeAndWhatIsNotIsLeft() {
        warming().start();
        askTwice(node, DEMANDED);
        node.get(ONCE);
        untilInDemand(node, 1);
        assertThat(node.bill().billed()).isEqualTo(2);

        morning(node);
        Node.until("it was fetched", () -> warmed(node, "fetched") == 1);

        assertThat(node.bill().billed()).isEqualTo(3);
        assertThat(node.get(DEMANDED).header("X-Cache")).isEqualTo("HIT");
        assertThat(node.get(ONCE).header("X-Cache")).isNotEqualTo("HIT");
        assertThat(node.bill().billed()).isEqualTo(4);
        Node.until("what it cost is recorded", () -> node.<Integer>database(database -> database.reader().query(
                "SELECT 1 FROM usage_rollup_hourly WHERE cache_result = 'refreshed' AND cost_micros = 30000").execute()
                .map(SqlResult::size)) == 1);
    }

    @Test
    void whatIsSoonStaleIsFetchedTooAndWhatIsGoodForLongerIsNot() {
        warming().with("TTL_PROPERTIES", "63000s")
                .with("TTL_LISTINGS_SALE", "19h").start();
        askTwice(node, DEMANDED);
        askTwice(node, LISTINGS);
        untilInDemand(node, 2);

        morning(node);
        Node.until("one was fetched", () -> warmed(node, "fetched") == 1);

        assertThat(warmed(node, "fresh")).isEqualTo(1);
        assertThat(node.bill().billed()).isEqualTo(3);
    }

    @Test
    void aFileIsWarmedWithinThePartOfTheBudgetThatTheBackgroundMaySpend() throws Exception {
        Path file = Files.writeString(directory.resolve("warm.txt"), IntStream.range(0, 25)
                .mapToObj(i -> "/v1/properties?zipCode=78244&limit=1&offset=" + i)
                .collect(Collectors.joining("\n", "# each morning\n", "\n/v1/nowhere\n")));
        warming().with("WARMING_FILE", file).with("BUDGET_MONTHLY_CALLS", 20).with("UPSTREAM_RATE_LIMIT", "unlimited")
                .start();

        morning(node);
        Node.until("the round has ended", () -> warmed(node, "fetched") + warmed(node, "gave-way") == 25);

        assertThat(node.bill().billed()).isEqualTo(18);
        assertThat(warmed(node, "fetched")).isEqualTo(18);
        assertThat(warmed(node, "wrong-line")).isEqualTo(1);
        assertThat(node.get(DEMANDED + "&offset=0").header("X-Cache")).isEqualTo("HIT");
        assertThat(node.get(DEMANDED + "&offset=100").status()).as("consumers have what is left").isEqualTo(200);
    }

    @Test
    void anEndpointsBudgetStopsThatEndpointOnly() throws Exception {
        Path file = Files.writeString(directory.resolve("warm.txt"), IntStream.range(0, 10)
                .mapToObj(i -> LISTINGS + "&offset=" + i)
                .collect(Collectors.joining("\n", "", "\n" + DEMANDED + "\n" + ONCE)));
        warming().with("WARMING_FILE", file).with("UPSTREAM_RATE_LIMIT", "unlimited").start();
        node.database(database -> new BudgetStore(database).setCap(
                BudgetScope.ofEndpoint("listings_sale"), new BudgetCap(0, BudgetCap.NO_LIMIT), node.clock.instant()));
        AtomicInteger other = new AtomicInteger(100);
        Node.until("the node heard of it",
                () -> node.get(LISTINGS + "&offset=" + other.getAndIncrement()).status() == 402);

        morning(node);
        Node.until("the round has ended", () -> warmed(node, "fetched") + warmed(node, "gave-way") == 12);

        assertThat(warmed(node, "fetched")).isEqualTo(2);
        assertThat(node.get(ONCE).header("X-Cache")).isEqualTo("HIT");
    }

    @Test
    void nodesOfOneDatabaseFetchItOnce() {
        Vertx vertx = Vertx.vertx();
        SandboxServer upstream = Node.await(SandboxServer.start(vertx, SandboxOptions.standard(0)
                .withApiKeys(Set.of("shared-key")).withCallsPerSecond(0)));
        String database = PostgresqlServer.url(PostgresqlServer.newDatabase());
        try (Node one = of(upstream, database); Node other = of(upstream, database)) {
            askTwice(one, DEMANDED);
            askTwice(one, LISTINGS);
            untilInDemand(one, 2);
            assertThat(upstream.bill().billed()).isEqualTo(2);

            morning(one);
            morning(other);
            Node.until("both have ended", () -> handled(one) == 2 && handled(other) == 2);

            assertThat(upstream.bill().billed()).isEqualTo(4);
        } finally {
            Node.await(upstream.close());
            Node.await(vertx.close());
        }
    }

    private Node of(SandboxServer upstream, String database) {
        return Node.in(directory).with("ENABLE_CACHE_WARMING", true).with("DATABASE_URL", database)
                .with("ENABLE_STALE_WHILE_REVALIDATE", false).with("TTL_PROPERTIES", "12h").with("SANDBOX", false)
                .with("RENTCAST_API_URL", "http://127.0.0.1:" + upstream.port() + "/v1")
                .with("RENTCAST_API_KEY", "shared-key").start();
    }

    private static long handled(Node node) {
        return warmed(node, "fetched") + warmed(node, "superseded") + warmed(node, "fresh");
    }
}

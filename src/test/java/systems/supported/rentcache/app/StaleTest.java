package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.sandbox.Faults;

/** Stale answers: given at once while they are refreshed, and where Rentcast fails; and what requests may say of it. */
class StaleTest {
    private static final String TARGET = "/v1/listings/sale?zipCode=78244&limit=3";
    private static final Duration TTL = Duration.ofMinutes(30);

    @TempDir
    Path directory;
    private Node node;

    @BeforeEach
    void start() {
        node = Node.in(directory).with("RENTCAST_MAX_RETRIES", 0).start();
    }

    private void restartImpatient() {
        node.stop();
        node = Node.in(directory).with("STALE_IF_SLOW", "100ms").with("RENTCAST_MAX_RETRIES", 0).start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void fault(String name, Object value) {
        node.sandbox().faults(Faults.parse(JsonObject.of(name, value)));
    }

    private Answer asking(String cacheControl) {
        return node.get(TARGET, "Cache-Control", cacheControl);
    }

    @Test
    void aStaleAnswerGoesOutAtOnceAndIsRefreshedOnce() {
        Answer first = node.get(TARGET);
        node.clock.advance(TTL.plusSeconds(30));
        fault("latencyMillis", 3_000);
        List<CompletableFuture<Answer>> crowd = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            crowd.add(node.sendAsync(TARGET));
        }
        assertThat(crowd).allSatisfy(one -> {
            Answer stale = one.join();
            assertThat(stale.status()).isEqualTo(200);
            assertThat(stale.bytes()).isEqualTo(first.bytes());
            assertThat(stale.header("X-Cache")).isEqualTo("STALE");
            assertThat(stale.header("Cache-Status")).isEqualTo("RentCache; hit; ttl=-30; detail=near");
            assertThat(stale.header("X-Estimated-Cost")).isEqualTo("0.0");
        });
        Node.until("it is fresh again", () -> node.get(TARGET).header("X-Cache").equals("HIT"));
        assertThat(node.bill().billed()).as("the first answer and one refresh").isEqualTo(2);
        Node.until("the refresh is counted", () ->
                node.get("/metrics").text().contains("rentcache_refreshes_total{outcome=\"fetched\"} 1.0"));
    }

    @Test
    void whatNobodyAsksForIsNotRefreshed() {
        node.get(TARGET);
        node.get("/v1/listings/sale?zipCode=78244&limit=2");
        node.clock.advance(TTL.plusSeconds(1));
        node.get(TARGET);
        Node.until("it is fresh again", () -> node.get(TARGET).header("X-Cache").equals("HIT"));
        assertThat(node.bill().billed()).isEqualTo(3);
    }

    @Test
    void beyondItsWindowAStaleAnswerIsFetchedFirst() {
        node.get(TARGET);
        node.clock.advance(TTL.multipliedBy(2).plusSeconds(1));
        Answer fetched = node.get(TARGET);
        assertThat(fetched.header("X-Cache")).isEqualTo("MISS");
        assertThat(fetched.header("Cache-Status")).isEqualTo("RentCache; fwd=stale; fwd-status=200; stored");
    }

    @ParameterizedTest
    @CsvSource({
        "status, 500, 'RentCache; fwd=stale; fwd-status=500; detail=server-error'",
        "status, 429, 'RentCache; fwd=stale; fwd-status=429; detail=rate-limited'",
    })
    void whereRentcastFailsTheStaleAnswerIsGiven(String fault, int value, String cacheStatus) {
        Answer first = node.get(TARGET);
        node.clock.advance(TTL.multipliedBy(3));
        fault(fault, value);
        Answer stale = node.get(TARGET);
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.bytes()).isEqualTo(first.bytes());
        assertThat(stale.header("X-Cache")).isEqualTo("STALE");
        assertThat(stale.header("Cache-Status")).isEqualTo(cacheStatus);
    }

    @Test
    void aLostCallIsPaidByOneOfThoseWhoSharedIt() {
        node.get(TARGET);
        node.clock.advance(TTL.multipliedBy(3));
        node.sandbox().faults(Faults.parse(JsonObject.of("latencyMillis", 1_000, "disconnect", true)));
        List<CompletableFuture<Answer>> crowd = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            crowd.add(node.sendAsync(TARGET));
        }
        assertThat(crowd).allSatisfy(one -> assertThat(one.join().header("X-Cache")).isEqualTo("STALE"));
        assertThat(crowd).filteredOn(one -> !one.join().header("X-Estimated-Cost").equals("0.0")).hasSize(1);
        assertThat(crowd).filteredOn(one -> one.join().header("Cache-Status").contains("collapsed")).hasSize(4);
    }

    @Test
    void theCallThatWasNotWaitedForIsNotLost() {
        restartImpatient();
        node.get(TARGET);
        node.clock.advance(TTL.multipliedBy(3));
        fault("latencyMillis", 400);
        assertThat(node.get(TARGET).header("Cache-Status"))
                .isEqualTo("RentCache; fwd=stale; collapsed; detail=timed-out");
        Node.until("its answer is kept", () -> node.get(TARGET).header("X-Cache").equals("HIT"));
        assertThat(node.bill().billed()).isEqualTo(2);
    }

    @Test
    void tooStaleAnAnswerIsNotGivenHoweverRentcastFails() {
        node.get(TARGET);
        node.clock.advance(TTL.plusHours(24).plusSeconds(1));
        fault("status", 500);
        assertThat(node.get(TARGET).status()).isEqualTo(502);
    }

    @Test
    void whatIsStaleOutlivesARestart() {
        Answer first = node.get(TARGET);
        node.stop();
        node = Node.in(directory).with("RENTCAST_MAX_RETRIES", 0).start();
        node.clock.advance(TTL.plusSeconds(10));
        Answer stale = node.get(TARGET);
        assertThat(stale.bytes()).isEqualTo(first.bytes());
        assertThat(stale.header("Cache-Status")).isEqualTo("RentCache; hit; ttl=-10; detail=sql");
        Node.until("it is fresh again", () -> node.get(TARGET).header("X-Cache").equals("HIT"));
    }

    @Test
    void onlyIfCachedCostsNothing() {
        Answer refused = asking("only-if-cached");
        assertThat(refused.status()).isEqualTo(504);
        assertThat(refused.json().getString("type")).endsWith("not-cached");
        assertThat(refused.header("Cache-Status")).isEqualTo("RentCache; detail=only-if-cached");
        assertThat(node.bill().calls()).isZero();
        node.get(TARGET);
        assertThat(asking("only-if-cached").header("X-Cache")).isEqualTo("HIT");
    }

    @Test
    void aRequestMayAskForWhatIsNewer() {
        node.get(TARGET);
        node.clock.advance(Duration.ofSeconds(60));
        assertThat(asking("max-age=60").header("X-Cache")).isEqualTo("HIT");
        assertThat(asking("max-age=59").header("Cache-Status"))
                .isEqualTo("RentCache; fwd=request; fwd-status=200; stored");
        assertThat(asking("no-cache").header("X-Cache")).isEqualTo("MISS");
        assertThat(node.bill().billed()).isEqualTo(3);
    }

    @Test
    void whatMustNotBeStoredIsNot() {
        assertThat(asking("no-store").header("Cache-Status")).isEqualTo("RentCache; fwd=uri-miss; fwd-status=200");
        assertThat(node.get(TARGET).header("X-Cache")).isEqualTo("MISS");
        assertThat(asking("no-store").header("X-Cache")).as("what others had stored answers it").isEqualTo("HIT");
    }

    @Test
    void directivesThatCostNeedThePermission() {
        String key = node.newKey(KeySpec.named("reader"));
        node.get(TARGET);
        for (String directive : List.of("no-cache", "no-store", "max-age=0", "min-fresh=9999999")) {
            Answer answer = node.getWithKey(key, TARGET, "Cache-Control", directive);
            assertThat(answer.header("X-Cache")).as(directive).isEqualTo("HIT");
        }
        assertThat(node.bill().billed()).isEqualTo(1);
    }

    @Test
    void theSwitchTurnsItOff() {
        node.stop();
        node = Node.in(directory).with("ENABLE_STALE_WHILE_REVALIDATE", false).start();
        node.get(TARGET);
        node.clock.advance(TTL.plusSeconds(1));
        assertThat(node.get(TARGET).header("X-Cache")).isEqualTo("MISS");
    }

    @Test
    void anEndpointHasWindowsAndADemandOfItsOwn() {
        node.stop();
        node = Node.in(directory).file("""
                endpoints:
                  listings_sale: {stale-while-revalidate: 1m, stale-if-error: 2m, min-refresh-demand: 3}
                """).with("RENTCAST_MAX_RETRIES", 0).start();
        node.get(TARGET);
        node.clock.advance(TTL.plusSeconds(30));
        node.get(TARGET);
        node.get(TARGET);
        assertThat(node.bill().calls()).isEqualTo(1);
        node.get(TARGET);
        Node.until("the third has it refreshed", () -> node.get(TARGET).header("X-Cache").equals("HIT"));
        fault("status", 500);
        node.clock.advance(TTL.plusSeconds(120));
        assertThat(node.get(TARGET).header("X-Cache")).isEqualTo("STALE");
        node.clock.advance(Duration.ofSeconds(1));
        assertThat(node.get(TARGET).status()).isEqualTo(502);
    }

    @Test
    void aSpentBudgetLeavesWhatIsStale() {
        node.stop();
        node = Node.in(directory).with("BUDGET_MONTHLY_CALLS", 1).start();
        Answer first = node.get(TARGET);
        node.clock.advance(TTL.multipliedBy(3));
        Answer stale = node.get(TARGET);
        assertThat(stale.bytes()).isEqualTo(first.bytes());
        assertThat(stale.header("X-Cache")).isEqualTo("STALE");
        assertThat(stale.header("Cache-Status")).isEqualTo("RentCache; fwd=stale; detail=budget-spent");
        assertThat(node.get(TARGET + "&offset=3").status()).isEqualTo(402);
        assertThat(node.bill().calls()).isEqualTo(1);
    }

    @Test
    void refreshesStopBeforeTheBudgetIsSpent() {
        node.stop();
        node = Node.in(directory).with("BUDGET_MONTHLY_CALLS", 10).start();
        for (int i = 0; i < 9; i++) {
            assertThat(node.get(TARGET + "&offset=" + 3 * i).status()).isEqualTo(200);
        }
        node.clock.advance(TTL.plusSeconds(1));
        assertThat(node.get(TARGET + "&offset=0").header("X-Cache")).isEqualTo("STALE");
        Node.until("the refresh was refused", () ->
                node.get("/metrics").text().contains("rentcache_refreshes_total{outcome=\"failed\"} 1.0"));
        assertThat(node.bill().calls()).isEqualTo(9);
        assertThat(node.get(TARGET + "&offset=30").status()).as("who waits may spend the rest").isEqualTo(200);
        assertThat(node.get(TARGET + "&offset=33").status()).isEqualTo(402);
    }
}

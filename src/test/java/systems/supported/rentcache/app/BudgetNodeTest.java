package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.PostgresqlServer;

/** Budgets as consumers meet them: whole nodes, and what one upstream bills them all. */
class BudgetNodeTest {
    private static final int FLOOD = 1_000;
    private static final String PERIOD = "2026-03-01";
    private static final String RENEWAL = "2026-04-01T00:00:00Z";

    @TempDir
    Path directory;
    private final Vertx vertx = Vertx.vertx();
    private final List<Node> nodes = new ArrayList<>();
    private SandboxServer upstream;
    private int questions;

    @BeforeEach
    void start() {
        upstream = Node.await(SandboxServer.start(vertx, SandboxOptions.standard(0)
                .withApiKeys(Set.of("shared-key")).withCallsPerSecond(0)));
    }

    @AfterEach
    void stop() {
        nodes.forEach(Node::close);
        Node.await(upstream.close());
        Node.await(vertx.close());
    }

    /** A node that asks the upstream that all nodes share. */
    private Node node() {
        Node node = Node.in(directory)
                .with("SANDBOX", "false")
                .with("RENTCAST_API_URL", "http://127.0.0.1:" + upstream.port() + "/v1")
                .with("RENTCAST_API_KEY", "shared-key")
                .with("UPSTREAM_RATE_LIMIT", "unlimited")
                .with("GLOBAL_RATE_LIMIT", "unlimited")
                .with("RATE_LIMIT_PROPERTIES", "unlimited")
                .with("RENTCAST_MAX_RETRIES", 0)
                .with("RENTCAST_TIMEOUT", "15s");
        nodes.add(node);
        return node;
    }

    /** A question that was not asked before. */
    private String question() {
        return "/v1/properties?zipCode=78244&limit=1&offset=" + questions++;
    }

    private static BudgetUse account(Node node) {
        return node.database(database -> new BudgetStore(database).history(BudgetScope.ACCOUNT, 1)).stream()
                .findFirst().orElse(BudgetUse.none(BudgetScope.ACCOUNT, PERIOD));
    }

    private static void assertSpent(Answer answer, String budget) {
        assertThat(answer.status()).isEqualTo(402);
        JsonObject problem = answer.json();
        assertThat(problem.getString("type")).isEqualTo("urn:rentcache:problem:budget-spent");
        assertThat(problem.getString("budget")).isEqualTo(budget);
        assertThat(problem.getString("renewsAt")).isEqualTo(RENEWAL);
        assertThat(problem.getString("detail")).contains(RENEWAL);
        assertThat(Long.parseLong(answer.header("Retry-After"))).isBetween(2_600_000L, 2_678_400L);
    }

    @Test
    void aThousandColdQuestionsOnThreeNodesWithTenCallsLeftAreBilledTen() {
        String database = PostgresqlServer.newDatabase();
        for (int i = 0; i < 3; i++) {
            node().with("DATABASE_URL", PostgresqlServer.url(database)).with("BUDGET_MONTHLY_CALLS", 30).start();
        }
        for (int i = 0; i < 20; i++) {
            assertThat(nodes.get(i % 3).get(question()).status()).isEqualTo(200);
        }
        assertThat(upstream.bill().billed()).isEqualTo(20);

        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = 0; i < FLOOD; i++) {
            asked.add(nodes.get(i % 3).sendAsync(question()));
        }
        List<Answer> answers = asked.stream().map(CompletableFuture::join).toList();

        assertThat(upstream.bill().billed()).isEqualTo(30);
        assertThat(upstream.bill().calls()).isEqualTo(30);
        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(10);
        assertThat(answers).filteredOn(answer -> answer.status() != 200).hasSize(FLOOD - 10)
                .allSatisfy(answer -> assertSpent(answer, "account"));
        Node.until("all of it is committed", () -> account(nodes.get(0)).committedCalls() == 30);
        assertThat(account(nodes.get(0)).reservedCalls()).isZero();
    }

    @Test
    void whatIsKeptIsAnsweredAllTheSameAndTheNextMonthPaysAgain() {
        Node node = node().with("BUDGET_MONTHLY_DOLLARS", "0.06").with("TTL_PROPERTIES", "300d").start();
        String kept = question();
        node.get(kept);
        node.get(question());
        assertSpent(node.get(question()), "account");
        assertThat(node.get(kept).header("X-Cache")).isEqualTo("HIT");
        assertThat(upstream.bill().billed()).isEqualTo(2);
        node.clock.advance(Duration.ofDays(31));
        assertThat(node.get(question()).status()).isEqualTo(200);
    }

    @Test
    void onlyWhatIsBilledIsSpent() {
        Node node = node().with("BUDGET_MONTHLY_CALLS", 2).start();
        upstream.faults(Faults.parse(JsonObject.of("status", 500)));
        for (int i = 0; i < 4; i++) {
            assertThat(node.get(question()).status()).isEqualTo(502);
        }
        upstream.faults(Faults.NONE);
        Node.until("all are released", () -> account(node).reservedCalls() == 0);
        assertThat(account(node).committedCalls()).isZero();
        assertThat(node.get(question()).status()).isEqualTo(200);
        assertThat(node.get(question()).status()).isEqualTo(200);
        assertSpent(node.get(question()), "account");
    }

    @Test
    void aCallWhoseAnswerWasLostCountsAsSpent() {
        Node node = node().with("BUDGET_MONTHLY_CALLS", 1).with("RENTCAST_TIMEOUT", "300ms").start();
        upstream.faults(Faults.parse(JsonObject.of("hang", true)));
        assertThat(node.get(question()).status()).isEqualTo(504);
        upstream.faults(Faults.NONE);
        assertSpent(node.get(question()), "account");
    }

    @Test
    void aKeysBudgetIsItsOwn() {
        Node node = node().start();
        String poor = node.newKey(KeySpec.named("poor"));
        long id = node.keys(keys -> keys.find("poor")).orElseThrow().id();
        node.database(database -> new BudgetStore(database)
                .setCap(BudgetScope.ofKey(id), new BudgetCap(0, BudgetCap.NO_LIMIT), node.clock.instant()));
        Node.until("the node heard of it", () -> node.getWithKey(poor, question()).status() == 402);
        assertSpent(node.getWithKey(poor, question()), "key");
        assertThat(node.get(question()).status()).isEqualTo(200);
    }

    @Test
    void aRedirectIsFreeWhateverThePriceForDisplay() {
        HttpServer redirecting = Node.await(vertx.createHttpServer()
                .requestHandler(request -> request.response().setStatusCode(302).putHeader("Location", "/").end())
                .listen(0, "127.0.0.1"));
        Node node = node().with("RENTCAST_API_URL", "http://127.0.0.1:" + redirecting.actualPort() + "/v1")
                .with("PRICE_PER_CALL", 0).with("BUDGET_MONTHLY_CALLS", 2).start();
        for (int i = 0; i < 3; i++) {
            assertThat(node.get(question()).json().getString("type")).endsWith("upstream-broken");
        }
        Node.until("all are released", () -> account(node).reservedCalls() == 0);
        assertThat(account(node).committedCalls()).isZero();
    }

    @Test
    void aLostAnswerCountsAsSpentAlsoAtNoPriceForDisplay() {
        Node node = node().with("PRICE_PER_CALL", 0).with("BUDGET_MONTHLY_CALLS", 1).with("RENTCAST_TIMEOUT", "300ms")
                .start();
        upstream.faults(Faults.parse(JsonObject.of("hang", true)));
        assertThat(node.get(question()).status()).isEqualTo(504);
        upstream.faults(Faults.NONE);
        assertSpent(node.get(question()), "account");
    }
}

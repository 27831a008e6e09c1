package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.coordination.BudgetAnswer.Refused;
import systems.supported.rentcache.coordination.BudgetAnswer.Reserved;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** Reservations over a real database: SQLite here, PostgreSQL in the test that extends this one. */
class BudgetLedgerTest {
    static final Plan PLAN = new Plan(5_000_000, 3, 30_000);
    static final Instant START = Instant.parse("2026-03-20T12:00:00Z");
    static final String PERIOD = "2026-03-15";
    private static final Instant RENEWAL = Instant.parse("2026-04-15T00:00:00Z");
    static final BudgetAsk ASK = new BudgetAsk(7, "properties", true, false);
    private static final BudgetAsk BACKGROUND = new BudgetAsk(7, "properties", true, true);

    @TempDir
    Path directory;
    final Vertx vertx = Vertx.vertx();
    private final List<Database> databases = new ArrayList<>();
    private final List<TestNode> nodes = new ArrayList<>();
    private final Queue<BudgetStepReached> steps = new ConcurrentLinkedQueue<>();
    private volatile Instant now = START;

    /** The database that all nodes of a test share, not opened. */
    Database database() {
        return Databases.sqlite(vertx, directory.resolve("test.db"));
    }

    Database open() {
        Database opened = database();
        databases.add(opened);
        await(opened.open());
        return opened;
    }

    /** A ledger on an event loop of its own. */
    final class TestNode {
        final Context context = vertx.getOrCreateContext();
        final Database database;
        final BudgetStore store;
        final BudgetLedger ledger;

        TestNode(BudgetCap account) {
            this(account, open());
        }

        TestNode(BudgetCap account, Database database) {
            this.database = database;
            store = new BudgetStore(database);
            ledger = new BudgetLedger(
                    vertx, store, new BudgetTerms(PLAN, 15, ZoneOffset.UTC, account), new Metrics(), () -> now,
                    steps::add);
            await(on(ledger::start));
            nodes.add(this);
        }

        <T> Future<T> on(Supplier<Future<T>> use) {
            Promise<T> done = Promise.promise();
            context.runOnContext(turn -> use.get().onComplete(done));
            return done.future();
        }

        BudgetAnswer reserve(BudgetAsk ask) {
            return await(on(() -> ledger.reserve(ask)));
        }

        Reserved reserved(BudgetAsk ask) {
            return (Reserved) reserve(ask);
        }

        void commit(Reserved reserved) {
            await(on(() -> {
                ledger.commit(reserved);
                return ledger.flush();
            }));
        }

        void release(Reserved reserved) {
            await(on(() -> {
                ledger.release(reserved);
                return ledger.flush();
            }));
        }

        BudgetUse use(String scope) {
            return await(store.uses(PERIOD)).stream().filter(use -> use.scope().equals(scope)).findFirst()
                    .orElse(BudgetUse.none(scope, PERIOD));
        }

        void untilHeard(BudgetAsk ask, Class<? extends BudgetAnswer> kind) {
            until("the budget is heard of", () -> {
                BudgetAnswer answer = reserve(ask);
                if (answer instanceof Reserved reserved) {
                    release(reserved);
                }
                return kind.isInstance(answer);
            });
        }
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> await(node.on(node.ledger::stop)));
        databases.forEach(database -> await(database.close()));
        await(vertx.close());
    }

    static BudgetCap calls(long calls) {
        return new BudgetCap(calls, BudgetCap.NO_LIMIT);
    }

    @Test
    void nodesTogetherReserveExactlyTheBudget() {
        for (int i = 0; i < 3; i++) {
            new TestNode(calls(10));
        }
        List<Future<BudgetAnswer>> asked = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            TestNode node = nodes.get(i % 3);
            BudgetAsk ask = new BudgetAsk(1 + i % 4, i % 2 == 0 ? "properties" : "market_stats", true, false);
            asked.add(node.on(() -> node.ledger.reserve(ask)));
        }
        List<BudgetAnswer> answers = asked.stream().map(answer -> await(answer)).toList();
        assertThat(answers).filteredOn(Reserved.class::isInstance).hasSize(10);
        assertThat(answers).filteredOn(answer -> !(answer instanceof Reserved)).hasSize(140)
                .allMatch(new Refused("account", RENEWAL)::equals);
        assertThat(nodes.get(0).use("account")).isEqualTo(new BudgetUse("account", PERIOD, 0, 10, 0, 0, 0));
        assertThat(nodes.get(0).use("endpoint:properties").reservedCalls()
                + nodes.get(0).use("endpoint:market_stats").reservedCalls()).isEqualTo(10);
    }

    @Test
    void whatIsReleasedIsThereAgainAndWhatIsCommittedIsNot() {
        TestNode node = new TestNode(calls(2));
        Reserved first = node.reserved(ASK);
        Reserved second = node.reserved(ASK);
        assertThat(node.reserve(ASK)).isEqualTo(new Refused("account", RENEWAL));
        node.commit(first);
        node.release(second);
        assertThat(node.use("account")).returns(1L, BudgetUse::committedCalls).returns(0L, BudgetUse::reservedCalls);
        until("the refusal is not believed any more", () -> node.reserve(ASK) instanceof Reserved);
        now = RENEWAL;
        assertThat(node.reserved(ASK).period()).as("the next billing month").isEqualTo("2026-04-15");
    }

    @Test
    void callsThatTheFeeIncludesCostNothingAndTheOthersTheirPrice() {
        TestNode node = new TestNode(new BudgetCap(BudgetCap.NO_LIMIT, 5_060_000));
        List<Long> costs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Reserved reserved = node.reserved(ASK);
            costs.add(reserved.costMicros());
            node.commit(reserved);
        }
        assertThat(costs).containsExactly(0L, 0L, 0L, 30_000L, 30_000L);
        assertThat(node.reserve(ASK)).isInstanceOf(Refused.class);
        assertThat(node.use("account").committedMicros()).isEqualTo(60_000);
        assertThat(node.use("key:7").committedMicros()).isEqualTo(60_000);
        assertThat(PLAN.billOf(node.use("account").committedCalls())).isEqualTo(5_060_000);
    }

    @Test
    void theBackgroundStopsAtNineTenths() {
        TestNode node = new TestNode(calls(10));
        for (int i = 0; i < 9; i++) {
            node.commit(node.reserved(BACKGROUND));
        }
        assertThat(node.reserve(BACKGROUND)).isEqualTo(new Refused("account", RENEWAL));
        assertThat(node.reserve(ASK)).isInstanceOf(Reserved.class);
    }

    @Test
    void aKeyAndAnEndpointHaveBudgetsOfTheirOwnAndNoneIsTouchedByARefusal() {
        TestNode node = new TestNode(BudgetCap.NONE);
        await(node.store.setCap("key:7", new BudgetCap(BudgetCap.NO_LIMIT, 0), START));
        await(node.store.setCap("endpoint:market_stats", calls(0), START));
        BudgetAsk other = new BudgetAsk(8, "market_stats", true, false);
        node.untilHeard(other, Refused.class);
        assertThat(node.reserve(other)).isEqualTo(new Refused("endpoint:market_stats", RENEWAL));
        for (int i = 0; i < 3; i++) {
            node.commit(node.reserved(ASK));
        }
        assertThat(node.reserve(ASK)).as("included calls need no money").isEqualTo(new Refused("key:7", RENEWAL));
        assertThat(node.use("account")).returns(3L, BudgetUse::committedCalls).returns(0L, BudgetUse::reservedCalls);
        assertThat(node.use("endpoint:properties").reservedCalls()).isZero();
        await(node.store.removeCap("key:7"));
        node.untilHeard(ASK, Reserved.class);
    }

    @Test
    void withoutABudgetCallsAreCountedAllTheSame() {
        TestNode node = new TestNode(BudgetCap.NONE);
        for (int i = 0; i < 5; i++) {
            Reserved reserved = node.reserved(ASK);
            assertThat(reserved.held()).isEqualTo(BudgetAnswer.Held.NOWHERE);
            node.commit(reserved);
        }
        node.release(node.reserved(ASK));
        until("they are written", () -> node.use("account").committedCalls() == 5);
        assertThat(node.use("account").committedMicros()).isEqualTo(60_000);
        assertThat(node.use("key:7").committedCalls()).isEqualTo(5);
        assertThat(node.use("endpoint:properties").committedCalls()).isEqualTo(5);
    }

    @Test
    void whatAGoneNodeReservedCountsAsSpentUntilProvenOtherwise() {
        TestNode gone = new TestNode(calls(4));
        Reserved lost = gone.reserved(ASK);
        Reserved late = gone.reserved(ASK);
        TestNode node = new TestNode(calls(4));
        Instant later = START.plus(BudgetLedger.GONE).plusSeconds(1);
        assertThat(await(node.store.presumeSpent(START.minusSeconds(1), PLAN, START))).isEmpty();
        assertThat(await(node.store.presumeSpent(later.minus(BudgetLedger.GONE), PLAN, later))).hasSize(2);
        assertThat(node.use("account")).returns(2L, BudgetUse::committedCalls).returns(0L, BudgetUse::reservedCalls);
        assertThat(await(node.store.presumedSpent(PERIOD))).isEqualTo(2);
        gone.release(late);
        assertThat(node.use("account").committedCalls()).isEqualTo(1);
        gone.commit(lost);
        gone.commit(lost);
        assertThat(node.use("account").committedCalls()).as("settled once").isEqualTo(1);
        assertThat(await(node.store.presumedSpent(PERIOD))).isZero();
    }

    @Test
    void aReservationWhoseAnswerWasLostHoldsNothingWhetherItCameOrIsYetToCome() {
        TestNode node = new TestNode(calls(4));
        List<String> scopes = BudgetScope.of(ASK);
        Supplier<Future<BudgetStore.Line>> late = () -> node.store.reserve(
                "late", "node", PERIOD, scopes, ASK, Map.of(), PLAN, 4, START);
        BudgetStore.Line asked = new BudgetStore.Line("late", PERIOD, scopes, 4, 0);
        assertThat(await(late.get()).micros()).isEqualTo(30_000);
        assertThat(await(node.store.forestall(asked, "node", PLAN, START))).isTrue();
        assertThat(await(node.store.forestall(asked, "node", PLAN, START))).as("once").isFalse();
        assertThat(failure(late.get())).isNotNull();
        BudgetStore.Line never = new BudgetStore.Line("never", PERIOD, scopes, 1, 0);
        assertThat(await(node.store.forestall(never, "node", PLAN, START))).isFalse();
        assertThat(failure(node.store.reserve("never", "node", PERIOD, scopes, ASK, Map.of(), PLAN, 1, START)))
                .isNotNull();
        for (String scope : scopes) {
            assertThat(node.use(scope)).as(scope).returns(0L, BudgetUse::usedCalls).returns(0L, BudgetUse::usedMicros);
        }
    }

    @Test
    void eachStepIsToldOnceABillingMonth() {
        TestNode node = new TestNode(calls(10));
        new TestNode(calls(10));
        for (int percent : new int[] {80, 90, 100}) {
            while (node.use("account").committedCalls() * 10 < percent) {
                node.commit(node.reserved(ASK));
            }
            until("it is told of " + percent, () -> steps.stream().anyMatch(told -> told.step().percent() == percent));
        }
        assertThat(steps).extracting(told -> told.step().percent()).containsExactly(80, 90, 100);
        assertThat(steps).extracting(told -> told.use().scope()).containsOnly("account");
    }

    @Test
    void withoutTheDatabaseAHundredthIsSpentAndThenNothing() {
        TestNode node = new TestNode(calls(500));
        until("some are reserved in advance", () -> node.use("account").reservedCalls() == 5);
        await(node.database.close());
        for (int i = 0; i < 5; i++) {
            assertThat(node.reserved(ASK).held()).isEqualTo(BudgetAnswer.Held.IN_ADVANCE);
        }
        assertThat(node.reserve(ASK)).isInstanceOf(BudgetAnswer.Away.class);
        assertThat(node.reserve(BACKGROUND)).isInstanceOf(BudgetAnswer.Away.class);
    }

    @Test
    void whatWasSpentWithoutTheDatabaseIsSettledWhenItIsBack() {
        TestNode node = new TestNode(calls(500));
        until("some are reserved in advance", () -> node.use("account").reservedCalls() == 5);
        await(node.database.close());
        Reserved spent = node.reserved(ASK);
        Reserved unspent = node.reserved(ASK);
        await(node.database.open());
        node.commit(spent);
        node.release(unspent);
        until("it is settled, and the next are reserved", () -> node.use("account").committedCalls() == 1
                && node.use("account").reservedCalls() == 4);
        until("it counts for the key", () -> node.use("key:7").committedCalls() == 1);
    }

    @Test
    void whatWasReservedInAdvanceGoesBackAtTheEnd() {
        TestNode node = new TestNode(calls(500));
        until("some are reserved in advance", () -> node.use("account").reservedCalls() == 5);
        await(node.on(node.ledger::stop));
        assertThat(node.use("account")).returns(0L, BudgetUse::reservedCalls).returns(0L, BudgetUse::committedCalls);
    }

    @Test
    void aConsumersOwnAccountIsNotOurs() {
        TestNode node = new TestNode(calls(0));
        Reserved own = node.reserved(new BudgetAsk(7, "properties", false, false));
        node.commit(own);
        until("it is counted", () -> node.use("key:7").committedCalls() == 1);
        assertThat(node.use("account").committedCalls()).isZero();
    }

    @Test
    void aReservationIsReleasedWithWhatWasWrittenOfIt() {
        TestNode node = new TestNode(calls(10));
        for (int i = 0; i < 3; i++) {
            node.commit(node.reserved(ASK));
        }
        Reserved reserved = node.reserved(ASK);
        assertThat(node.use("key:7").reservedMicros()).isEqualTo(30_000);
        BudgetStore.Line unknown = new BudgetStore.Line(reserved.id(), PERIOD, BudgetScope.of(ASK), 1, 0);
        assertThat(await(node.store.settle(unknown, BudgetStore.End.RELEASED, 0, PLAN, START))).isTrue();
        for (String scope : BudgetScope.of(ASK)) {
            assertThat(node.use(scope)).as(scope)
                    .returns(0L, BudgetUse::reservedCalls).returns(0L, BudgetUse::reservedMicros);
        }
    }

    @Test
    void untilTheDatabaseSaidWhichBudgetsThereAreFewCallsAreMade() {
        TestNode other = new TestNode(BudgetCap.NONE);
        await(other.store.setCap("account", calls(0), START));
        Database away = open();
        await(away.close());
        TestNode node = new TestNode(BudgetCap.NONE, away);
        assertThat(node.reserve(BACKGROUND)).isInstanceOf(BudgetAnswer.Away.class);
        node.release(node.reserved(ASK));
        for (int i = 0; i < 20; i++) {
            assertThat(node.reserve(ASK)).isInstanceOf(Reserved.class);
        }
        assertThat(node.reserve(ASK)).isInstanceOf(BudgetAnswer.Away.class);
        await(away.open());
        until("the budget is heard of", () -> node.reserve(ASK).equals(new Refused("account", RENEWAL)));
    }
}

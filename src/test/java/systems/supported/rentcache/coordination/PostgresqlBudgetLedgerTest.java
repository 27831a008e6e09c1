package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.LostCommit;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The same on PostgreSQL, and what becomes of a reservation whose answer comes late or never. */
class PostgresqlBudgetLedgerTest extends BudgetLedgerTest {
    private final String name = PostgresqlServer.newDatabase();

    @Override
    Database database() {
        return Databases.postgresql(vertx, name);
    }

    /** How many calls the ledger's lines hold, by state. */
    private static Map<String, Long> lines(Database database) {
        return await(database.reader()
                .query("SELECT state, SUM(calls)::BIGINT AS calls FROM budget_ledger GROUP BY state").execute()
                .map(rows -> StreamSupport.stream(rows.spliterator(), false).collect(Collectors.toMap(
                        row -> row.getString("state"), row -> row.getLong("calls")))));
    }

    @Test
    void aReservationThatArrivesAfterItWasGivenUpIsReleased() {
        TestNode node = new TestNode(calls(50));
        for (int i = 0; i < 3; i++) {
            node.commit(node.reserved(ASK));
        }
        Promise<Void> letGo = Promise.promise();
        Promise<Void> held = Promise.promise();
        Future<Void> lock = open().write(connection -> connection
                .query("SELECT 1 FROM budget_periods WHERE scope = 'account' FOR UPDATE").execute()
                .onSuccess(locked -> held.complete())
                .compose(locked -> letGo.future()));
        await(held.future());
        assertThat(node.reserve(ASK)).as("after four seconds").isInstanceOf(BudgetAnswer.Away.class);
        await(node.on(node.ledger::flush));
        letGo.complete();
        await(lock);
        until("it came too late", () ->
                lines(node.database).equals(Map.of("committed", 3L, "released", 1L)));
        assertThat(node.use("account").reservedCalls()).isZero();
        assertThat(node.use("key:7")).returns(0L, BudgetUse::reservedCalls).returns(0L, BudgetUse::reservedMicros);
    }

    @Test
    void whatWasReservedInAdvanceAndNotHeardOfIsReleased() {
        Database watching = open();
        try (LostCommit lost = LostCommit.of(vertx, PostgresqlServer.port(), "INSERT INTO budget_ledger")) {
            Database cut = Databases.postgresql(vertx, lost.port(), name);
            await(cut.open());
            TestNode node = new TestNode(calls(500), cut);
            until("the first is released and another is held", () -> {
                Map<String, Long> lines = lines(watching);
                return lines.containsKey("released") && lines.getOrDefault("reserved", 0L) == 5;
            });
            assertThat(lost.isDone()).isTrue();
            assertThat(node.use("account").reservedCalls()).isEqualTo(5);
            await(node.on(node.ledger::stop));
            await(cut.close());
        }
    }
}

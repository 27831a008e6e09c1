package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.coordination.CallLeases.Grant;

/** What leases of upstream calls promise, whatever store keeps them. Each subclass has two nodes on one store. */
abstract class CallLeasesContractTest {
    private static final Duration WINDOW = Duration.ofMillis(500);
    private static final String BUCKET = CallLeases.bucket("a key");

    protected final Vertx vertx = Vertx.vertx();

    /** One of two nodes. */
    protected abstract CallLeases node(int number);

    private Grant ask(int number, int want, int permits) {
        return await(node(number).lease(BUCKET, want, permits, WINDOW));
    }

    @Test
    void bothNodesTogetherGetNoMoreThanAWindowHolds() {
        List<Future<Grant>> asked = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            asked.add(node(i % 2).lease(BUCKET, 4, 20, Duration.ofSeconds(30)));
        }
        List<Grant> grants = asked.stream().map(future -> await(future)).toList();
        assertThat(grants.stream().mapToInt(Grant::calls).sum()).isEqualTo(20);
        assertThat(grants).allSatisfy(grant -> {
            assertThat(grant.calls()).isBetween(0, 4);
            if (grant.calls() < 4) {
                assertThat(grant.retryAfter()).isBetween(Duration.ofNanos(1), Duration.ofSeconds(30));
            } else {
                assertThat(grant.retryAfter()).isZero();
            }
        });
    }

    @Test
    void noWindowHoldsMoreHoweverLongItGoesOn() {
        List<Long> answered = new ArrayList<>();
        List<Long> sent = new ArrayList<>();
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        for (int i = 0; System.nanoTime() < end; i++) {
            long before = System.nanoTime();
            Grant grant = ask(i % 2, 3, 7);
            long after = System.nanoTime();
            for (int call = 0; call < grant.calls(); call++) {
                sent.add(before);
                answered.add(after);
            }
        }
        assertThat(sent.size()).as("it goes on").isGreaterThanOrEqualTo(21);
        for (int i = 7; i < sent.size(); i++) {
            // Stores count whole milliseconds.
            assertThat(answered.get(i) - sent.get(i - 7)).isGreaterThanOrEqualTo(WINDOW.toNanos() - 2_000_000);
        }
    }

    @Test
    void itSaysWhenThereIsRoomAgain() {
        assertThat(ask(0, 2, 2).calls()).isEqualTo(2);
        Grant refused = ask(1, 1, 2);
        assertThat(refused.calls()).isZero();
        assertThat(refused.retryAfter()).isBetween(Duration.ofMillis(1), WINDOW);
        await(vertx.timer(refused.retryAfter().toMillis() + 2));
        assertThat(ask(1, 2, 2).calls()).isEqualTo(2);
    }

    @Test
    void bucketsAreApartAndDoNotTellTheKey() {
        assertThat(ask(0, 2, 2).calls()).isEqualTo(2);
        String other = CallLeases.bucket("another key");
        assertThat(other).doesNotContain("another").isNotEqualTo(BUCKET);
        assertThat(await(node(0).lease(other, 2, 2, WINDOW)).calls()).isEqualTo(2);
    }

    @Test
    void itCountsTheNodes() {
        assertThat(ask(0, 1, 5).nodes()).isEqualTo(2);
    }
}

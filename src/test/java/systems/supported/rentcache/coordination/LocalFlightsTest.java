package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import org.junit.jupiter.api.Test;
import systems.supported.rentcache.catalog.CacheKey;

/** Flights of one process: nobody waits for anybody. */
class LocalFlightsTest {
    private static final CacheKey KEY = CacheKey.of("{}");

    @Test
    void whoeverBoardsIsTheOwner() {
        Flights flights = Flights.local();
        for (int i = 0; i < 3; i++) {
            assertThat(await(flights.board(KEY))).isInstanceOfSatisfying(Boarding.Owner.class, owner -> {
                assertThat(owner.flight().fence()).isZero();
                assertThat(owner.flight().isHeld()).isTrue();
                await(owner.flight().landFailed("{}"));
            });
        }
        assertThat(await(flights.isOpen(KEY))).as("it is known to its process alone").isFalse();
        await(flights.close());
    }
}

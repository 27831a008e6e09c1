package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.RedisClient;

/** The contract of flights, held by Redis. */
class RedisFlightsContractTest extends FlightsContractTest {
    private Vertx vertx;
    private LocalRedis server;

    LocalRedis server(Vertx on) {
        return LocalRedis.start(on);
    }

    /** How the URL ends that says what the server is. */
    String form() {
        return "";
    }

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        server = server(vertx);
    }

    @Override
    void stopStore() {
        if (server != null) {
            server.close();
        }
        await(vertx.close());
    }

    @Override
    Opened open(Vertx on, FlightTerms terms, Metrics metrics) {
        RedisClient redis = server.client(on, server.url(form()), Duration.ofSeconds(2), LocalRedis.health());
        return new Opened(
                Flights.onRedis(on, redis, RedisTier.PREFIX, terms, metrics), new RedisFlightStore(redis, RedisTier.PREFIX), () -> await(redis.close()));
    }

    @Override
    void emptyStore() {
        server.command(Command.FLUSHALL);
    }

    @Override
    void breakStore() {
        server.close();
        server = null;
    }

    /** Whether flights and answers can be seen in one step. */
    boolean seesAnswers() {
        return true;
    }

    /** Whether the store is taken for a single server. */
    private boolean isTakenForOne() {
        return form().isEmpty();
    }

    private static Optional<Boarding> boardUnlessKept(TestNode node) {
        return await(node.flights.boardUnlessKept(KEY));
    }

    @Test
    void whoBoardsWhileTheStoreIsAskedBoardsOnlyWhereItHasNoAnswer() throws Exception {
        TestNode one = node(patient());
        TestNode other = node(patient());
        server.command(Command.SET, RedisTier.PREFIX + KEY.hex(), "an answer");
        assertThat(boardUnlessKept(one)).isEmpty();
        assertThat(await(other.flights.isOpen(KEY))).as("nobody has boarded").isFalse();
        server.command(Command.DEL, RedisTier.PREFIX + KEY.hex());
        Optional<Boarding> boarding = boardUnlessKept(one);
        assertThat(boarding.isPresent()).isEqualTo(seesAnswers());
        if (seesAnswers()) {
            Flight flight = owner(boarding.get());
            Future<Outcome> outcome = passenger(boardUnlessKept(other).orElseThrow());
            assertThat(outcome.isComplete()).isFalse();
            await(flight.landStored());
            assertThat(await(outcome)).isEqualTo(new Outcome.Stored(flight.fence()));
            assertThat(await(passenger(boardUnlessKept(other).orElseThrow())))
                    .isEqualTo(new Outcome.Stored(flight.fence()));
        }
    }

    @Test
    void whereTheStoreIsAwayNobodyBoardsAhead() throws Exception {
        TestNode one = node(patient());
        breakStore();
        if (isTakenForOne()) {
            assertThat(failure(one.flights.boardUnlessKept(KEY))).isNotNull();
        } else {
            assertThat(boardUnlessKept(one)).isEmpty();
        }
        assertThat(one.metrics.localFlights().count()).isZero();
        assertThat(owner(one.flights.alone()).isHeld()).isTrue();
        assertThat(one.metrics.localFlights().count()).isEqualTo(1);
    }

    private static FlightTerms patient() {
        return terms(LEASE, Duration.ofSeconds(15), Duration.ofMillis(50));
    }
}

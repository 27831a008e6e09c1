package systems.supported.rentcache.coordination;

import static systems.supported.rentcache.Await.await;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
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
                Flights.onRedis(on, redis, terms, metrics), new RedisFlightStore(redis), () -> await(redis.close()));
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
}

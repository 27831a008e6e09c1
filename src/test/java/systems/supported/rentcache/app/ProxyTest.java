package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;

/** The main path: one question, paid for once. */
class ProxyTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=3";

    @TempDir
    Path directory;
    private Node node;

    @BeforeEach
    void start() {
        node = Node.in(directory).start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aQuestionIsPaidForOnceAndAnsweredByteForByte() {
        Answer miss = node.get(TARGET);
        assertThat(miss.status()).as(miss.text()).isEqualTo(200);
        assertThat(miss.header("X-Cache")).isEqualTo("MISS");
        assertThat(miss.header("Cache-Status")).isEqualTo("RentCache; fwd=uri-miss; fwd-status=200; stored");

        node.clock.advance(Duration.ofSeconds(90));
        Answer hit = node.get(TARGET);
        assertThat(hit.header("X-Cache")).isEqualTo("HIT");
        assertThat(hit.header("Cache-Status")).isEqualTo("RentCache; hit; ttl=86310; detail=near");
        assertThat(hit.header("Age")).isEqualTo("90");
        assertThat(hit.bytes()).isEqualTo(miss.bytes());
        assertThat(node.bill().billed()).isEqualTo(1);

        assertThat(miss.bytes()).isEqualTo(node.askSandbox("/properties?zipCode=78244&limit=3"));
    }

    @Test
    void aNearHitSendsNoMessage() {
        node.get(TARGET);
        AtomicInteger messages = new AtomicInteger();
        node.vertx().eventBus().addOutboundInterceptor(delivery -> {
            if (!delivery.message().address().equals("rentcache.analytics.usage")) {
                messages.incrementAndGet();
            }
            delivery.next();
        });
        int hits = 200;
        for (int i = 0; i < hits; i++) {
            assertThat(node.get(TARGET).header("X-Cache")).isEqualTo("HIT");
        }
        // What is told of the miss may come meanwhile, and what the node says by itself each second.
        assertThat(messages.get()).isLessThan(hits / 10);
        node.get("/v1/properties?zipCode=78244&limit=4");
        assertThat(messages.get()).as("the interceptor sees what is sent").isPositive();
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.events.Addresses;

/** Two nodes that join each other on this machine, and what they hear of each other. */
class ClusterTest {
    @TempDir
    private static Path directory;
    private static Node one;
    private static Node other;

    @BeforeAll
    static void start() {
        int port = ClusterPorts.some();
        one = ClusterPorts.joining(Node.in(directory.resolve("one")), port).with("NODE_NAME", "one").start();
        other = ClusterPorts.joining(Node.in(directory.resolve("other")), port).with("NODE_NAME", "other").start();
    }

    @AfterAll
    static void stop() {
        other.close();
        one.close();
    }

    @Test
    void nodesFindEachOtherByTheirSeeds() {
        assertThat(((VertxInternal) one.vertx()).clusterManager().getNodes()).hasSize(2);
    }

    @Test
    void anEventIsHeardByTheNodeThatDidNotPublishIt() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        for (Node node : List.of(one, other)) {
            String name = node == one ? "one" : "other";
            Node.await(node.vertx().eventBus().<JsonObject>consumer(Addresses.CACHE_MISS).handler(message -> {
                if (!message.body().getString("node").equals(name)) {
                    heard.complete(message.body().getString("node"));
                }
            }).completion());
        }
        assertThat(one.get("/v1/properties?zipCode=78244&limit=1").status()).isEqualTo(200);
        assertThat(heard.get(10, TimeUnit.SECONDS)).isIn("one", "other");
    }
}

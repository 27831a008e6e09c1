package systems.supported.rentcache.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that find each other by the addresses of one name, as a headless service of Kubernetes has. */
class NamedServiceTest {
    private static final String SERVICE = "rentcache-nodes.test";

    private static final Duration PACE = Duration.ofMillis(100);

    @TempDir
    private Path directory;
    private final List<NodeProcess> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(NodeProcess::close);
    }

    @Test
    void theAddressesOfTheNameAreTheNodes() throws Exception {
        assumeTrue(NetworkSpaces.arePossible() || "true".equals(System.getenv("CI")), "this takes root and iproute2");
        try (NetworkSpaces network = new NetworkSpaces(2)) {
            Path names = directory.resolve("hosts");
            StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n");
            for (NetworkSpaces.Space space : network.spaces()) {
                lines.append("%1$s %2$s%n%1$s %3$s%n".formatted(space.back(), SERVICE, space.name()));
            }
            Files.writeString(names, lines);
            for (NetworkSpaces.Space space : network.spaces()) {
                nodes.add(node(space, names).launch());
            }
            nodes.forEach(NodeProcess::awaitReady);
            Node.until(() -> "they are one cluster: " + nodes.get(0).said(), NodeProcess.STARTS_WITHIN, PACE,
                    () -> nodes.stream().allMatch(node -> node.linked() == 2 && node.said().contains("is there: http")));
            nodes.forEach(NodeProcess::close);
        }
    }

    private NodeProcess node(NetworkSpaces.Space space, Path names) throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "EVENT_LOOPS", "1",
                "SANDBOX", "true",
                "HOST", "0.0.0.0",
                "BOOTSTRAP_API_KEY", Node.ADMIN,
                "CLUSTER_HOST", space.name(),
                "CLUSTER_PORT_COUNT", "1",
                "CLUSTER_BUS_PORT", "0",
                "CLUSTER_KUBERNETES_SERVICE", SERVICE,
                "JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + names));
        return new NodeProcess(
                space.name(), Files.createDirectory(directory.resolve(space.name())), space.front(), 8_000, settings,
                space.wrapper());
    }
}

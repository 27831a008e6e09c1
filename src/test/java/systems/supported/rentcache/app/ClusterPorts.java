package systems.supported.rentcache.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** How nodes of a test find each other on this machine, and nobody else's. */
final class ClusterPorts {
    private static final int NODES = 8;

    private ClusterPorts() {
    }

    /** The first of some ports for Hazelcast that nobody listens on. */
    static int some() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return Math.min(probe.getLocalPort(), 65_535 - NODES);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A node that joins those of the same port. */
    static Node joining(Node node, int port) {
        return node.with("CLUSTER", true)
                .with("CLUSTER_NAME", "test-" + port)
                .with("CLUSTER_HOST", "127.0.0.1")
                .with("CLUSTER_PORT", port)
                .with("CLUSTER_PORT_COUNT", NODES)
                .with("CLUSTER_BUS_PORT", 0)
                .with("CLUSTER_SEEDS", "127.0.0.1:" + port);
    }
}

package systems.supported.rentcache.app;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.Cable;
import systems.supported.rentcache.storage.LocalRedis;
import systems.supported.rentcache.storage.PostgresqlServer;

/**
 * Nodes in processes of their own, which share a PostgreSQL, an upstream, and maybe a Redis: on loopback ports, or each in
 * a network of its own.
 */
final class ProcessCluster implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int HTTP_PORT = 8_000;
    private static final int HAZELCAST_PORT = 5_701;
    private static final Duration PACE = Duration.ofMillis(100);

    private final Vertx vertx;
    private final Path directory;
    private final List<NetworkSpaces.Space> spaces;
    private final SandboxServer sandbox;
    private final Optional<LocalRedis> redis;
    private final List<Cable> cables = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private final List<NodeProcess> nodes = new ArrayList<>();
    private SteadyLoad load;

    private ProcessCluster(Vertx vertx, Path directory, boolean withRedis, List<NetworkSpaces.Space> spaces) {
        this.vertx = vertx;
        this.directory = directory;
        this.spaces = spaces;
        try {
            Files.createDirectories(directory);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        sandbox = Node.await(SandboxServer.start(vertx, SandboxOptions.standard(0)));
        redis = withRedis ? Optional.of(LocalRedis.start(vertx)) : Optional.empty();
    }

    /** A cluster without nodes, whose nodes are on loopback ports; it keeps its logs in a directory of its own. */
    static ProcessCluster onLoopback(Vertx vertx, Path directory, boolean withRedis) {
        ProcessCluster cluster = new ProcessCluster(vertx, directory, withRedis, List.of());
        int first = ClusterPorts.some();
        cluster.configure(
                LOOPBACK, cluster.sandbox.port(), PostgresqlServer.port(),
                cluster.redis.map(LocalRedis::port).orElse(0));
        cluster.join("test-" + first, first, IntStream.range(first, first + 4).mapToObj(port -> LOOPBACK + ":" + port)
                .collect(Collectors.joining(",")));
        cluster.settings.put("CLUSTER_HOST", LOOPBACK);
        return cluster;
    }

    /** The same whose nodes are in networks of their own; they reach the servers by cables. */
    static ProcessCluster in(NetworkSpaces network, List<NetworkSpaces.Space> spaces, Vertx vertx, Path directory,
            boolean withRedis) {
        ProcessCluster cluster = new ProcessCluster(vertx, directory, withRedis, spaces);
        cluster.configure(
                network.servers(), cluster.cable(network, cluster.sandbox.port()),
                cluster.cable(network, PostgresqlServer.port()),
                cluster.redis.map(server -> cluster.cable(network, server.port())).orElse(0));
        cluster.join("test-" + spaces.get(0).name(), HAZELCAST_PORT,
                spaces.stream().map(NetworkSpaces.Space::back).collect(Collectors.joining(",")));
        return cluster;
    }

    private int cable(NetworkSpaces network, int port) {
        Cable cable = new Cable(vertx, network.servers(), port);
        cables.add(cable);
        return cable.port();
    }

    private void configure(String servers, int sandboxPort, int databasePort, int redisPort) {
        settings.putAll(Map.of(
                "EVENT_LOOPS", "1",
                "RENTCAST_API_URL", "http://" + servers + ":" + sandboxPort + "/v1",
                "RENTCAST_API_KEY", SandboxServer.API_KEY,
                "DATABASE_URL", "postgresql://postgres:postgres@" + servers + ":" + databasePort + "/"
                        + PostgresqlServer.newDatabase(),
                "DATABASE_POOL_SIZE", "5",
                "DATABASE_MAX_OVERFLOW", "5",
                "BOOTSTRAP_API_KEY", Node.ADMIN));
        if (redisPort != 0) {
            settings.put("REDIS_URL", "redis://" + servers + ":" + redisPort);
            // Many processes share the test's machine.
            settings.put("REDIS_TIMEOUT", "1s");
        }
    }

    private void join(String name, int port, String seeds) {
        settings.putAll(Map.of(
                "CLUSTER_NAME", name,
                "CLUSTER_PORT", Integer.toString(port),
                "CLUSTER_PORT_COUNT", "8",
                "CLUSTER_BUS_PORT", "0",
                "CLUSTER_SEEDS", seeds));
    }

    /** Adds a node, which is not started yet. */
    NodeProcess add(String name) {
        NodeProcess node = spaces.isEmpty() ? onLoopback(name) : in(spaces.get(nodes.size()), name);
        nodes.add(node);
        return node;
    }

    private NodeProcess onLoopback(String name) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("HOST", LOOPBACK);
        return new NodeProcess(name, directory, LOOPBACK, freePort(), own, List.of());
    }

    private NodeProcess in(NetworkSpaces.Space space, String name) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("HOST", "0.0.0.0");
        own.put("CLUSTER_HOST", space.back());
        return new NodeProcess(name, directory, space.front(), HTTP_PORT, own, space.wrapper());
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            return probe.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The nodes, in the order in which they were added. */
    List<NodeProcess> nodes() {
        return nodes;
    }

    NodeProcess node(int number) {
        return nodes.get(number);
    }

    /** Those but one. */
    List<NodeProcess> but(NodeProcess one) {
        return nodes.stream().filter(node -> node != one).toList();
    }

    /** Waits until each node wants requests, hears all the others over the event bus, and is linked to them for good. */
    void awaitWhole(Duration within) {
        Node.until(() -> "the cluster is whole; its nodes said: " + nodes.stream()
                        .map(node -> node.name() + ":\n" + node.said()).collect(Collectors.joining("\n")),
                within, PACE, () -> nodes.stream().allMatch(NodeProcess::isReady)
                        && nodes.stream().allMatch(node ->
                                node.members() == nodes.size() && node.linked() == nodes.size()));
    }

    /** The node that looks a question up and calls the upstream for it, while all are there. Costs a call. */
    NodeProcess thatCallsFor(String target) {
        List<Long> before = nodes.stream().map(NodeProcess::calls).toList();
        Node.until("it is answered", () -> node(0).get(target, "Cache-Control", "no-cache").status() == 200);
        return nodes.stream().filter(node -> node.calls() > before.get(nodes.indexOf(node))).findFirst().orElseThrow();
    }

    /** Has all answers to an endpoint's questions invalidated, by a node. */
    void invalidate(NodeProcess by, String endpoint) {
        Node.Answer done = by.send("POST", "/admin/v1/cache/invalidate", new JsonObject().put("endpoint", endpoint));
        if (done.status() != 200) {
            throw new AssertionError(done.text());
        }
    }

    /** Has the upstream take its time. */
    void upstreamTakes(Duration time) {
        sandbox.faults(Faults.parse(JsonObject.of("latencyMillis", time.toMillis())));
    }

    /** Has the upstream give new answers, by moving its time on. */
    void upstreamChanges() {
        sandbox.advance(Duration.ofDays(40));
    }

    /** How many calls the upstream had. */
    long calls() {
        return sandbox.bill().calls();
    }

    /** Puts a load on the nodes. */
    SteadyLoad load(Map<String, Buffer> questions, int perSecond) {
        load = new SteadyLoad(nodes, questions, perSecond);
        Node.await(vertx.deployVerticle(load));
        return load;
    }

    /** Ends the load, where there is one. */
    SteadyLoad.Result endLoad() {
        SteadyLoad ending = load;
        load = null;
        if (ending == null) {
            return null;
        }
        Node.await(vertx.undeploy(ending.deploymentID()));
        return ending.result();
    }

    /** Brings everything back to the start, whatever was done to it. */
    void mend() {
        endLoad();
        sandbox.faults(Faults.NONE);
        nodes.forEach(NodeProcess::revive);
        awaitWhole(NodeProcess.STARTS_WITHIN);
    }

    @Override
    public void close() {
        endLoad();
        nodes.forEach(NodeProcess::close);
        cables.forEach(Cable::close);
        redis.ifPresent(LocalRedis::close);
        Node.await(sandbox.close());
    }
}

package systems.supported.rentcache.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import systems.supported.rentcache.config.HostPort;
import systems.supported.rentcache.config.Settings;

/**
 * How Hazelcast tells nodes of each other. It keeps who is there and who listens at which address of the event bus, and
 * nothing else: its maps may lose what they hold when the network parts, and this can be told anew.
 */
public final class HazelcastLink {
    /** A member that was silent for so long is taken to be gone; one whose connections break is gone at once. */
    private static final String SILENT_SECONDS = "10";
    private static final String HEARTBEAT_SECONDS = "1";
    /** Parts of a cluster that was parted look for each other so often. */
    private static final String MERGE_SECONDS = "5";
    private static final String JOIN_WAIT_SECONDS = "1";

    private HazelcastLink() {
    }

    /** What makes Vert.x a member of the cluster that the settings tell of. */
    public static ClusterManager manager(Settings.Cluster settings) {
        // Hazelcast reads this before it has a configuration.
        System.setProperty("hazelcast.logging.type", "slf4j");
        return new HazelcastClusterManager(config(settings));
    }

    static Config config(Settings.Cluster settings) {
        Config config = ConfigUtil.loadConfig();
        config.setClusterName(settings.name());
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        // Vert.x closes it, after the node has put its things away.
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.heartbeat.interval.seconds", HEARTBEAT_SECONDS);
        config.setProperty("hazelcast.max.no.heartbeat.seconds", SILENT_SECONDS);
        config.setProperty("hazelcast.merge.first.run.delay.seconds", MERGE_SECONDS);
        config.setProperty("hazelcast.merge.next.run.delay.seconds", MERGE_SECONDS);
        config.setProperty("hazelcast.wait.seconds.before.join", JOIN_WAIT_SECONDS);
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        network(config, settings);
        return config;
    }

    private static void network(Config config, Settings.Cluster settings) {
        NetworkConfig network = config.getNetworkConfig()
                .setPort(settings.port())
                .setPortCount(settings.ports())
                .setPortAutoIncrement(settings.ports() > 1)
                .setReuseAddress(true);
        settings.publicAddress().map(HostPort::toString).ifPresent(network::setPublicAddress);
        settings.host().map(HazelcastLink::address).ifPresent(address -> {
            // Not its interfaces: with those it leaves out seeds whose names stand for other addresses.
            config.setProperty("hazelcast.local.localAddress", address);
            config.setProperty("hazelcast.socket.bind.any", "false");
        });
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(settings.multicast());
        join.getTcpIpConfig().setEnabled(!settings.seeds().isEmpty());
        settings.seeds().forEach(seed -> join.getTcpIpConfig().addMember(seed.toString()));
        settings.kubernetesService().ifPresent(name ->
                join.getKubernetesConfig().setEnabled(true).setProperty("service-dns", name));
    }

    /** The address that a name has now. */
    private static String address(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException unknown) {
            throw new UncheckedIOException("CLUSTER_HOST: nobody knows the name '" + host + "'", unknown);
        }
    }

    /**
     * How nodes connect to each other's event bus.
     *
     * @param port the port to listen on
     */
    public static EventBusOptions bus(Settings.Cluster settings, int port) {
        EventBusOptions options = new EventBusOptions().setPort(port);
        settings.host().map(HazelcastLink::address).ifPresent(options::setHost);
        settings.busPublicAddress().ifPresent(place -> options.setClusterPublicHost(place.host()));
        settings.busPublicAddress().flatMap(HostPort::port).ifPresent(options::setClusterPublicPort);
        settings.tls().ifPresent(tls -> BusTls.over(options, tls));
        return options;
    }

    /**
     * Has something told the id on the event bus of each node that Hazelcast takes to be gone, and something else of each
     * that has come, on a thread of its own. They hear no more once the instance is closed.
     */
    static void onChange(Vertx vertx, Consumer<String> lost, Runnable came) {
        ClusterManager manager = ((VertxInternal) vertx).clusterManager();
        if (manager instanceof HazelcastClusterManager hazelcast) {
            hazelcast.getHazelcastInstance().getCluster().addMembershipListener(new MembershipListener() {
                @Override
                public void memberAdded(MembershipEvent joined) {
                    came.run();
                }

                @Override
                public void memberRemoved(MembershipEvent left) {
                    lost.accept(left.getMember().getAttribute("__vertx.nodeId"));
                }
            });
        }
    }

    /**
     * Has this node say anew where it is reached and at which addresses of the event bus it listens, and look anew where
     * the others listen. Whoever joins a part of a cluster leaves its own with the same id, and the members forget what
     * they know of one that left, which may be after it told them again.
     */
    static Future<Void> tellAnew(Vertx vertx) {
        return ((VertxInternal) vertx).clusterManager() instanceof HazelcastClusterManager hazelcast
                ? vertx.executeBlocking(() -> {
                    hazelcast.stateChanged(new LifecycleEvent(LifecycleEvent.LifecycleState.MERGED));
                    return null;
                })
                : Future.succeededFuture();
    }

    /** How many nodes Hazelcast takes to be there, this one among them; 1 without it. */
    static int linked(Vertx vertx) {
        return ((VertxInternal) vertx).clusterManager() instanceof HazelcastClusterManager hazelcast
                ? hazelcast.getHazelcastInstance().getCluster().getMembers().size() : 1;
    }

    /** The id of this node on the event bus. */
    static String busId(Vertx vertx) {
        return ((VertxInternal) vertx).clusterManager().getNodeId();
    }
}

package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import systems.supported.rentcache.config.Settings;

/** A Vert.x instance that is a member of a cluster. */
public final class ClusteredVertx {
    private ClusteredVertx() {
    }

    /** The options with those of the event bus between nodes. */
    public static VertxOptions options(VertxOptions options, Settings.Cluster settings) {
        int port = FreePort.of(settings.host(), settings.busPort(), settings.ports())
                .orElse(settings.busPort());
        return options.setEventBusOptions(HazelcastLink.bus(settings, port));
    }

    /**
     * Joins the cluster, or begins one where no other node is found.
     *
     * @return the instance, whose {@code close} leaves the cluster; fails where the ports are taken
     */
    public static Future<Vertx> join(VertxBuilder builder, Settings.Cluster settings) {
        return builder.withClusterManager(HazelcastLink.manager(settings)).buildClustered();
    }

    /** How many members there are to Hazelcast, this one among them. For any thread. */
    public static int linked(Vertx vertx) {
        return HazelcastLink.linked(vertx);
    }

    /** The id of a member on the event bus. */
    public static String busId(Vertx vertx) {
        return HazelcastLink.busId(vertx);
    }
}

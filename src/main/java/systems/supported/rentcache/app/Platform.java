package systems.supported.rentcache.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.io.UncheckedIOException;
import systems.supported.rentcache.cluster.ClusteredVertx;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.ops.Metrics;

/** Makes the Vert.x instances that nodes and tools run on. */
public final class Platform {
    private Platform() {
    }

    /** An instance by itself, with as many event loops as the settings say and the platform's own transport. */
    public static Vertx vertx(Settings settings) {
        return builder(options(settings)).build();
    }

    /**
     * The same for a node: with its pools among the metrics, and a member of its cluster where the settings want that.
     *
     * @param metrics where they are shown; with metrics off by the settings, nowhere
     * @return the instance; fails with a {@link StartException} where the cluster cannot be joined
     */
    public static Future<Vertx> vertx(Settings settings, Metrics metrics) {
        Settings.Cluster cluster = settings.cluster();
        VertxBuilder builder;
        try {
            VertxOptions options = options(settings);
            builder = builder(cluster.enabled() ? ClusteredVertx.options(options, cluster) : options);
        } catch (UncheckedIOException unknown) {
            return Future.failedFuture(notJoined(cluster, unknown));
        }
        if (settings.metrics().enabled()) {
            builder.withMetrics(new PoolMetrics(metrics));
        }
        return Tracing.build(builder, settings.tracing(), ready -> cluster.enabled()
                ? ClusteredVertx.join(ready, cluster).recover(failure -> Future.failedFuture(notJoined(cluster, failure)))
                : Future.succeededFuture(ready.build()));
    }

    private static VertxOptions options(Settings settings) {
        return new VertxOptions().setEventLoopPoolSize(settings.server().eventLoops());
    }

    private static VertxBuilder builder(VertxOptions options) {
        VertxBuilder builder = Vertx.builder().with(options);
        // The builder does not look at the option that prefers it.
        Transport ownTransport = Transport.nativeTransport();
        if (ownTransport != null && ownTransport.available()) {
            builder.withTransport(ownTransport);
        }
        return builder;
    }

    private static StartException notJoined(Settings.Cluster cluster, Throwable failure) {
        return new StartException(
                "The cluster '" + cluster.name() + "' cannot be joined: " + failure.getMessage()
                        + ". Look at CLUSTER_HOST, CLUSTER_PORT and CLUSTER_BUS_PORT.",
                failure);
    }
}

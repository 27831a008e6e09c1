package systems.supported.rentcache.app;

import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.spi.metrics.VertxMetrics;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import systems.supported.rentcache.ops.Metrics;

/**
 * What Vert.x measures of itself, as far as a hit has no part in it: its pools of worker threads, and of connections to
 * SQL, Redis and HTTP servers. Its HTTP server, its connections and its event bus have no metrics at all, rather than
 * ones that are dropped: so nothing is called for a request.
 */
final class PoolMetrics implements VertxMetricsFactory {
    private final Metrics metrics;
    private VertxMetrics made;

    PoolMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    /** The same each time: for an instance that joins a cluster they are asked for twice. */
    @Override
    public VertxMetrics metrics(VertxOptions options) {
        if (made == null) {
            made = chosen(options);
        }
        return made;
    }

    private VertxMetrics chosen(VertxOptions options) {
        VertxMetrics[] all = new VertxMetrics[1];
        metrics.bind(registry -> all[0] = new MicrometerMetricsFactory(registry).metrics(
                new VertxOptions(options).setMetricsOptions(new MicrometerMetricsOptions()
                        .setEnabled(true)
                        .setLabels(EnumSet.of(Label.POOL_NAME, Label.POOL_TYPE)))));
        return new Chosen(all[0]);
    }

    /** The metrics of pools; those of one name share them, or Micrometer would warn of each that comes later. */
    private static final class Chosen implements VertxMetrics {
        private final VertxMetrics all;
        private final Map<List<String>, io.vertx.core.spi.metrics.PoolMetrics<?, ?>> pools = new ConcurrentHashMap<>();

        Chosen(VertxMetrics all) {
            this.all = all;
        }

        @Override
        public io.vertx.core.spi.metrics.PoolMetrics<?, ?> createPoolMetrics(String type, String name, int size) {
            return pools.computeIfAbsent(List.of(type, name), first -> all.createPoolMetrics(type, name, size));
        }

        @Override
        public void close() {
            all.close();
        }
    }
}

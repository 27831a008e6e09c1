import com.hazelcast.config.Config;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;

/** Joins a cluster of RentCache and prints each question that Rentcast is asked. */
public final class PrintMisses extends VerticleBase {
    @Override
    public Future<?> start() {
        return vertx.eventBus().<JsonObject>consumer("rentcache.cache.miss")
                .handler(message -> print(message.body()))
                .completion();
    }

    private static void print(JsonObject miss) {
        System.out.println(miss.getString("at") + " " + miss.getString("node") + " " + miss.getString("endpoint") + " "
                + miss.getJsonObject("parameters") + " " + miss.getString("reason"));
    }

    /** Takes the cluster's name, a node's HOST:PORT, and this machine's address that the nodes can reach. */
    public static void main(String[] words) {
        Config config = ConfigUtil.loadConfig();
        config.setClusterName(words[0]);
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(words[2]);
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember(words[1]);
        Vertx.builder()
                .with(new VertxOptions().setEventBusOptions(new EventBusOptions().setHost(words[2])))
                .withClusterManager(new HazelcastClusterManager(config))
                .buildClustered()
                .compose(vertx -> vertx.deployVerticle(new PrintMisses()))
                .onSuccess(deployed -> System.out.println("listening"))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }
}

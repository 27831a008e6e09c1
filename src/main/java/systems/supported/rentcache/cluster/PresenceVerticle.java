package systems.supported.rentcache.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Tells the other nodes each second that this one is there and what it does, and hears it of them. It is deployed when
 * the node can be asked, and stops first: then the others ask it no more. Confined to one event loop.
 */
public final class PresenceVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceVerticle.class);
    private static final String GREETING = "greeting";
    /** Who is there has answered a greeting by then. */
    private static final int BEATS_OF_GRACE = 3;
    /** Hazelcast has dropped who does not answer by then. */
    private static final int BEATS_OF_PATIENCE = 12;

    private final LiveNodes nodes;
    private final NodeCalls calls;
    private final Metrics metrics;
    private final PartHealth health;
    private final HealthReport report;
    private MessageConsumer<JsonObject> hearing;
    private Set<Role> missing = Set.of();
    private int beats;
    /** For how many beats yet fewer nodes may be heard than Hazelcast links. */
    private int patience = BEATS_OF_PATIENCE;

    /**
     * The verticle of a node.
     *
     * @param calls  is told of nodes that are gone, or may be
     * @param health is told which roles no node has
     * @param report is told whether all roles are there
     */
    public PresenceVerticle(
            LiveNodes nodes, NodeCalls calls, Metrics metrics, PartHealth health, HealthReport report) {
        this.nodes = nodes;
        this.calls = calls;
        this.metrics = metrics;
        this.health = health;
        this.report = report;
    }

    @Override
    public Future<?> start() {
        hearing = vertx.eventBus().consumer(NodeAddress.PRESENCE);
        HazelcastLink.onChange(
                vertx,
                busId -> context.runOnContext(lost -> nodes.ofBus(busId).forEach(this::lost)),
                () -> context.runOnContext(came -> patience = BEATS_OF_GRACE));
        nodes.say(Presence.State.SERVING);
        return hearing.handler(this::hear).completion().onSuccess(listening -> {
            say(true);
            vertx.setPeriodic(LiveNodes.BEAT.toMillis(), timer -> beat());
            look();
        });
    }

    @Override
    public Future<?> stop() {
        nodes.say(Presence.State.LEAVING);
        say(false);
        return hearing.unregister();
    }

    private void beat() {
        beats++;
        say(false);
        nodes.doubted(System.nanoTime()).forEach(calls::doubted);
        nodes.silent(System.nanoTime()).forEach(this::lost);
        look();
        listenAgain();
    }

    /** Where nodes are linked and not heard, what they listen at may have been forgotten. */
    private void listenAgain() {
        if (nodes.members(System.nanoTime()).size() >= HazelcastLink.linked(vertx)) {
            patience = BEATS_OF_PATIENCE;
        } else if (--patience == 0) {
            patience = BEATS_OF_PATIENCE;
            HazelcastLink.tellAnew(vertx).onFailure(failure ->
                    LOG.debug("The others could not be told where this node listens", failure));
        }
    }

    private void say(boolean greeting) {
        vertx.eventBus().publish(NodeAddress.PRESENCE, nodes.self().toJson().put(GREETING, greeting));
    }

    private void hear(Message<JsonObject> message) {
        Presence.read(message.body()).ifPresent(node -> {
            if (node.id().equals(nodes.self().id())) {
                return;
            }
            if (nodes.hear(node, System.nanoTime())) {
                metrics.clusterChanges("joined").increment();
                LOG.info("The node '{}' ({}) is there: {}.", node.name(), node.version(),
                        String.join(", ", Role.words(node.roles())));
            }
            if (message.body().getBoolean(GREETING, false)) {
                say(false);
            }
            look();
        });
    }

    private void lost(String id) {
        nodes.leave(id).ifPresent(node -> {
            boolean left = node.state() == Presence.State.LEAVING;
            metrics.clusterChanges(left ? "left" : "lost").increment();
            LOG.info("The node '{}' {}.", node.name(), left ? "has left" : "is gone");
            calls.gone(id);
            look();
        });
    }

    private void look() {
        if (nodes.self().state() == Presence.State.LEAVING) {
            return;
        }
        Set<Role> now = nodes.missing(System.nanoTime());
        report.setWhole(now.isEmpty());
        if (!now.equals(missing) && beats >= BEATS_OF_GRACE) {
            missing = now;
            if (now.isEmpty()) {
                health.worked("roles");
            } else {
                health.failed("roles", "No node has the role " + String.join(", nor ", Role.words(now)) + ".");
            }
        }
    }
}

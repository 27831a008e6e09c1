package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says every five seconds that this node is there, and tells which others are. A node that is stopped leaves; one that
 * dies is gone after fifteen seconds. While the database is away, a node knows of itself alone.
 *
 * <p>{@link #list} is thread-safe; the rest is confined to the verticle's event loop.
 */
public final class NodesVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(NodesVerticle.class);
    private static final long PATIENCE_MILLIS = 2_000;

    private final NodeStore store;
    private final NodeInfo self;
    private final InstantSource clock;
    private final Supplier<Optional<Set<String>>> members;
    private Future<Void> saying = Future.succeededFuture();
    private volatile boolean left;

    /**
     * The verticle of a node.
     *
     * @param members tells the ids of the nodes in its cluster; empty where it is in none. Asked on any thread.
     */
    public NodesVerticle(
            NodeStore store, NodeInfo self, InstantSource clock, Supplier<Optional<Set<String>>> members) {
        this.store = store;
        this.members = members;
        this.self = self;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(NodeInfo.HEARTBEAT.toMillis(), timer -> say());
        return say();
    }

    @Override
    public Future<?> stop() {
        left = true;
        return saying.compose(said -> store.leave(self)).timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    private Future<Void> say() {
        if (left || !saying.isComplete()) {
            return Future.succeededFuture();
        }
        // One that hangs is waited for: it would be written after the node has left.
        saying = store.seen(self.seenAt(clock.instant()))
                .onFailure(failure -> LOG.debug("The database could not be told that this node is there", failure))
                .otherwiseEmpty();
        return saying.timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty();
    }

    /** The nodes as the admin API shows them; this one alone where the database cannot be asked. Never fails. */
    public Future<JsonArray> list() {
        return store.list(clock.instant()).timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .otherwise(away -> List.of())
                .map(nodes -> {
                    JsonArray shown = new JsonArray();
                    boolean listed = nodes.stream().anyMatch(node -> node.id().equals(self.id()));
                    if (!listed && !left) {
                        shown.add(shown(self.seenAt(clock.instant())));
                    }
                    nodes.forEach(node -> shown.add(shown(node)));
                    return shown;
                });
    }

    private JsonObject shown(NodeInfo node) {
        JsonObject json = node.toJson(self.id(), clock.instant());
        members.get().ifPresent(ids -> json.put("member", ids.contains(node.id())));
        return json;
    }
}

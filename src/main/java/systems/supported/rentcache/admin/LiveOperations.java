package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.Supplier;

/** The figures of this moment, and the nodes. Thread-safe. */
public final class LiveOperations {
    private final Supplier<Future<JsonObject>> now;
    private final Supplier<Future<JsonArray>> nodes;

    /**
     * Operations over the figures and the nodes.
     *
     * @param now   tells the figures, on the caller's context
     * @param nodes tells the nodes, on the caller's context
     */
    public LiveOperations(Supplier<Future<JsonObject>> now, Supplier<Future<JsonArray>> nodes) {
        this.now = now;
        this.nodes = nodes;
    }

    /** The operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of(
                "now", call -> now.get().map(Document::of),
                "nodes", call -> nodes.get().map(items -> Document.of(new JsonObject().put("items", items))));
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.admin.Budgets;
import systems.supported.rentcache.admin.Call;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.KeptAnswers;
import systems.supported.rentcache.admin.Keys;
import systems.supported.rentcache.admin.Operation;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.cache.EntryIndex;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.coordination.NodeStore;

/** Operations that are done here, on the configured database. A server that runs on it hears of what they change. */
final class LocalOperations implements Operations {
    private final OpenDatabase database;
    private final Map<String, Operation> operations = new HashMap<>();

    private LocalOperations(OpenDatabase database) {
        this.database = database;
    }

    /** Opens the database. */
    static LocalOperations of(Settings settings, InstantSource clock) throws CommandFailure, SettingsException {
        Catalog catalog = RentCacheCommand.catalog(settings);
        LocalOperations local = new LocalOperations(OpenDatabase.of(settings));
        OpenDatabase database = local.database;
        List.of(
                new Keys(database.keys(), catalog, settings.limiting().zone(), clock, database::heard).operations(),
                new KeptAnswers(
                        database.answers(), new EntryIndex(database.database()), Optional.empty(), catalog,
                        settings.spending().plan().overagePriceMicros(), clock, database::heard).operations(),
                new Budgets(database.budgets(), database.keys(), catalog, settings, clock).operations(),
                nodes(new NodeStore(database.database()), clock))
                .forEach(local.operations::putAll);
        return local;
    }

    /** As the database has them: which of them are in a cluster, only its members know. */
    private static Map<String, Operation> nodes(NodeStore store, InstantSource clock) {
        return Map.of("nodes", call -> {
            Instant now = clock.instant();
            return store.list(now).map(nodes -> Document.of(new JsonObject().put("items", new JsonArray(
                    nodes.stream().map(node -> node.toJson("", now)).toList()))));
        });
    }

    @Override
    public JsonObject call(String operation, JsonObject parameters, JsonObject body) throws CommandFailure {
        try {
            return database.await(operations.get(operation).run(new Call(parameters, body, null)))
                    .body().toJsonObject();
        } catch (RefusedCall refused) {
            throw new CommandFailure(refused.getMessage(), refused.status());
        }
    }

    @Override
    public String place() {
        return database.place();
    }

    @Override
    public void close() {
        database.close();
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.admin.BudgetView;
import systems.supported.rentcache.admin.Budgets;
import systems.supported.rentcache.admin.Call;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.KeptAnswers;
import systems.supported.rentcache.admin.KeptEvents;
import systems.supported.rentcache.admin.Keys;
import systems.supported.rentcache.admin.MoneyReports;
import systems.supported.rentcache.admin.Operation;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.admin.UsageReports;
import systems.supported.rentcache.admin.WarmedAnswers;
import systems.supported.rentcache.analytics.BilledCallsStore;
import systems.supported.rentcache.app.UpstreamInForce;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Caller;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.LimitPolicies;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.CallUnderWay;
import systems.supported.rentcache.cache.EntryIndex;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.http.Explanations;
import systems.supported.rentcache.limits.KeyLimits;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.refresh.QuestionReader;
import systems.supported.rentcache.refresh.WarmingQuestions;
import systems.supported.rentcache.coordination.NodeStore;

/** Operations that are done here, on the configured database. A server that runs on it hears of what they change. */
final class LocalOperations implements Operations {
    private final OpenDatabase database;
    private final Map<String, Operation> operations = new HashMap<>();

    private final ApiKey caller;

    private LocalOperations(OpenDatabase database, ApiKey caller) {
        this.database = database;
        this.caller = caller;
    }

    /** Opens the database. */
    static LocalOperations of(Settings settings, InstantSource clock) throws CommandFailure, SettingsException {
        Catalog catalog = RentCacheCommand.catalog(settings);
        OpenDatabase database = OpenDatabase.of(settings);
        LocalOperations local = new LocalOperations(database, anyKey(clock.instant()));
        QuestionReader reader = new QuestionReader(
                catalog, settings.caching().unknownParameters(), UpstreamInForce.origin(settings));
        List.of(
                new KeptEvents(database.events(clock)).operations(),
                new Keys(database.keys(), catalog, settings.limiting().zone(), clock, database::heard).operations(),
                new KeptAnswers(
                        database.answers(), new EntryIndex(database.database()), Optional.empty(), catalog,
                        settings.spending().plan().overagePriceMicros(), clock, database::heard).operations(),
                new WarmedAnswers(
                        new WarmingQuestions(database.answers(), reader), database.budgets(), settings, clock,
                        Optional.empty()).operations(),
                new Budgets(database.budgets(), database.keys(), catalog, settings, clock).operations(),
                new MoneyReports(
                        new BilledCallsStore(database.database(), settings.limiting().zone()), database.keys(),
                        database.budgets(), settings, clock).operations(),
                new UsageReports(database.database(), catalog, settings, clock).operations(),
                explanations(database, catalog, settings, clock).operations(),
                database.webhooks(settings, clock).operations(),
                nodes(new NodeStore(database.database()), clock))
                .forEach(local.operations::putAll);
        return local;
    }

    private static Explanations explanations(
            OpenDatabase database, Catalog catalog, Settings settings, InstantSource clock) {
        LimitPolicies policies =
                new LimitPolicies(catalog, settings.limiting().global(), settings.limiting().enabled());
        return new Explanations(settings, catalog, UpstreamInForce.origin(settings), new Explanations.Sources(
                key -> new Caller(
                        key, key.hash(), policies.of(key), new KeyLimits(catalog.endpoints().size(), key.usage())),
                database.keys()::byId, Optional.empty(), Optional.empty(), database.answers(), database.budgets(),
                BudgetView.terms(settings), Optional.empty(), Optional.empty(),
                key -> Future.succeededFuture(CallUnderWay.NONE)), clock);
    }

    /** Who runs a command: a key that may read and refresh, without quotas. */
    private static ApiKey anyKey(Instant now) {
        return new ApiKey(
                0, "any", KeyHash.of(""), "", Optional.empty(), true, EnumSet.of(Permission.READ, Permission.REFRESH),
                Quota.UNLIMITED, Quota.UNLIMITED, Optional.empty(), Map.of(), Quota.Usage.NONE, now, null, null);
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
    public String answer(String operation, JsonObject parameters, JsonObject body) throws CommandFailure {
        try {
            return database.await(operations.get(operation).run(new Call(parameters, body, caller))).body().toString();
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

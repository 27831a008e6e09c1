package systems.supported.rentcache.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.admin.BilledSavings;
import systems.supported.rentcache.admin.Budgets;
import systems.supported.rentcache.admin.KeptAnswers;
import systems.supported.rentcache.admin.KeptEvents;
import systems.supported.rentcache.admin.Keys;
import systems.supported.rentcache.admin.LiveOperations;
import systems.supported.rentcache.admin.MoneyReports;
import systems.supported.rentcache.admin.Operation;
import systems.supported.rentcache.admin.RefreshedAnswers;
import systems.supported.rentcache.admin.SettingsInForce;
import systems.supported.rentcache.admin.UsageReports;
import systems.supported.rentcache.admin.WarmedAnswers;
import systems.supported.rentcache.admin.Webhooks;
import systems.supported.rentcache.analytics.BilledCallsStore;
import systems.supported.rentcache.analytics.UsageStore;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.cache.CallUnderWay;
import systems.supported.rentcache.cache.EntryIndex;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.UpstreamOutlook;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetTerms;
import systems.supported.rentcache.coordination.NodeInfo;
import systems.supported.rentcache.coordination.NodesVerticle;
import systems.supported.rentcache.coordination.SharedLimits;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.http.AdminApi;
import systems.supported.rentcache.http.Explanations;
import systems.supported.rentcache.live.LiveFeed;
import systems.supported.rentcache.live.NowFigures;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.outbox.OutboxReader;
import systems.supported.rentcache.refresh.QuestionReader;
import systems.supported.rentcache.refresh.WarmingCommand;
import systems.supported.rentcache.refresh.WarmingQuestions;
import systems.supported.rentcache.refresh.WarmingRun;
import systems.supported.rentcache.storage.Database;

/** What a node shows its operators and has done for them. Thread-safe. */
final class OperatorParts {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Sources from;
    private final BudgetStore budgets;
    private final MoneyReports money;
    private final NowFigures figures;
    private final LiveFeed live;
    private final Explanations explanations;

    /**
     * What they look at.
     *
     * @param changes has this node go by changes of keys and answers at once
     * @param limits  those that nodes hold together; null where this node keeps them alone
     * @param events  reads the events that are kept
     */
    record Sources(
            Vertx vertx,
            Settings settings,
            InstantSource clock,
            Catalog catalog,
            Database database,
            SqlApiKeyStore keys,
            Authenticator authenticator,
            NearCache near,
            Optional<RedisTier> redis,
            SqlTier sql,
            BudgetTerms terms,
            NodeInfo node,
            NodesVerticle nodes,
            HealthReport health,
            Metrics metrics,
            InvalidationWatch changes,
            SharedLimits limits,
            OutboxReader events) {
    }

    OperatorParts(Sources from) {
        this.from = from;
        this.budgets = new BudgetStore(from.database);
        this.money = new MoneyReports(
                new BilledCallsStore(from.database, from.settings.limiting().zone()), from.keys, budgets, from.settings,
                from.clock);
        this.figures = new NowFigures(
                from.vertx, from.node.name(), from.settings, budgets,
                new BilledSavings(new UsageStore(from.database), money), from.health, from.nodes::list, from.metrics,
                from.clock);
        this.live = new LiveFeed(from.node.id(), figures, from.settings.node().liveStreams());
        this.explanations = new Explanations(
                from.settings, from.catalog, UpstreamInForce.origin(from.settings),
                new Explanations.Sources(
                        from.authenticator::peek, from.authenticator::find, Optional.of(from.near), from.redis, from.sql,
                        budgets, from.terms, Optional.ofNullable(from.limits), Optional.of(this::outlook), this::underWay),
                from.clock);
    }

    private Future<UpstreamOutlook> outlook(UpstreamRequest call) {
        return ask(Addresses.UPSTREAM_OUTLOOK, call);
    }

    private Future<CallUnderWay> underWay(CacheKey key) {
        return ask(Addresses.CACHE_UNDER_WAY, new CallUnderWay.Ask(key));
    }

    private Future<WarmingRun> warming(WarmingCommand command) {
        return ask(Addresses.CACHE_WARM, command);
    }

    private <T> Future<T> ask(String address, Object what) {
        return from.vertx.eventBus().<T>request(address, what, LocalMessages.within(PATIENCE)).map(Message::body);
    }

    /**
     * The operations of the admin API over them.
     *
     * @param lookupTimeout how long an answer that is fetched anew may take
     */
    List<Map<String, Operation>> operations(Duration lookupTimeout) {
        Settings settings = from.settings;
        QuestionReader reader = UpstreamInForce.questions(settings, from.catalog);
        return List.of(
                explanations.operations(),
                new LiveOperations(figures::now, from.nodes::list).operations(),
                new KeptEvents(from.events).operations(),
                new Keys(from.keys, from.catalog, settings.limiting().zone(), from.clock, from.changes::catchUp)
                        .operations(),
                new KeptAnswers(
                        from.sql, new EntryIndex(from.database), Optional.of(from.near), from.catalog,
                        settings.spending().plan().overagePriceMicros(), from.clock, from.changes::catchUp).operations(),
                new RefreshedAnswers(from.vertx, from.sql, reader, lookupTimeout).operations(),
                new WarmedAnswers(
                        new WarmingQuestions(from.sql, reader), budgets, settings, from.clock,
                        Optional.of(new WarmedAnswers.Warming(from.node.name(), this::warming))).operations(),
                new Budgets(budgets, from.keys, from.catalog, settings, from.clock).operations(),
                Webhooks.of(
                        from.vertx, from.database, new OutboxReader(from.vertx, from.database, from.clock),
                        settings.listening().webhooks(), from.clock).operations(),
                money.operations(),
                new UsageReports(from.database, from.catalog, settings, from.clock).operations(),
                new SettingsInForce(settings).operations());
    }

    NowFigures figures() {
        return figures;
    }

    LiveFeed live() {
        return live;
    }

    Explanations explanations() {
        return explanations;
    }
}

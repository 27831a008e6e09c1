package systems.supported.rentcache.app;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.transport.Transport;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.admin.BilledSavings;
import systems.supported.rentcache.admin.Budgets;
import systems.supported.rentcache.admin.KeptAnswers;
import systems.supported.rentcache.admin.Keys;
import systems.supported.rentcache.admin.LiveOperations;
import systems.supported.rentcache.admin.MoneyReports;
import systems.supported.rentcache.admin.Operation;
import systems.supported.rentcache.admin.RefreshedAnswers;
import systems.supported.rentcache.admin.SettingsInForce;
import systems.supported.rentcache.admin.UsageReports;
import systems.supported.rentcache.analytics.AnalyticsVerticle;
import systems.supported.rentcache.analytics.AnswerTallies;
import systems.supported.rentcache.analytics.BilledCallsStore;
import systems.supported.rentcache.analytics.UsageBatch;
import systems.supported.rentcache.analytics.UsageStore;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.LimitPolicies;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.cache.CacheLookupVerticle;
import systems.supported.rentcache.cache.CachePolicy;
import systems.supported.rentcache.cache.EntryIndex;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.Tier;
import systems.supported.rentcache.cache.Tiers;
import systems.supported.rentcache.cache.TimedTier;
import systems.supported.rentcache.cache.UnawaitedReply;
import systems.supported.rentcache.cache.UpstreamOutlook;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.config.CronSchedule;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.config.RedisUrl;
import systems.supported.rentcache.config.Secret;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.UpstreamKey;
import systems.supported.rentcache.coordination.BudgetLedger;
import systems.supported.rentcache.coordination.BudgetStepReached;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetTerms;
import systems.supported.rentcache.coordination.CallLeases;
import systems.supported.rentcache.coordination.FlightTerms;
import systems.supported.rentcache.coordination.Flights;
import systems.supported.rentcache.coordination.NodeInfo;
import systems.supported.rentcache.coordination.NodeStore;
import systems.supported.rentcache.coordination.NodesVerticle;
import systems.supported.rentcache.coordination.RedisCallLeases;
import systems.supported.rentcache.coordination.SharedLimits;
import systems.supported.rentcache.coordination.SqlCallLeases;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.BudgetStepEvent;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.http.AdminApi;
import systems.supported.rentcache.http.AdminVerticle;
import systems.supported.rentcache.http.Explanations;
import systems.supported.rentcache.http.HttpVerticle;
import systems.supported.rentcache.http.ServingParts;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.live.LiveFeed;
import systems.supported.rentcache.live.LiveVerticle;
import systems.supported.rentcache.live.NowFigures;
import systems.supported.rentcache.ops.Build;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.ops.ProcessMeters;
import systems.supported.rentcache.refresh.PreloadVerticle;
import systems.supported.rentcache.refresh.QuestionReader;
import systems.supported.rentcache.refresh.RefreshVerticle;
import systems.supported.rentcache.refresh.WarmerVerticle;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.RedisClient;
import systems.supported.rentcache.upstream.UpstreamFetchVerticle;
import systems.supported.rentcache.upstream.UpstreamOptions;

/**
 * A running node: builds each part once, deploys the verticles, and stops them in the opposite order, so that a
 * request in flight finds everything that it needs until it is answered.
 *
 * <p>Thread-safe once started.
 */
public final class RentCacheApp {
    private static final Logger LOG = LoggerFactory.getLogger(RentCacheApp.class);
    private static final URI RENTCAST = URI.create("https://api.rentcast.io/v1");
    private static final String SANDBOX_ORIGIN = "sandbox";
    /** How long a part may take to put its things away. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration HELD_AGAINST = Duration.ofSeconds(30);
    /** Longer than a circuit is open: while somebody asks, a call that fails again keeps it down. */
    private static final Duration UPSTREAM_HELD_AGAINST = Duration.ofMinutes(5);
    private static final Duration LOOKUP_MARGIN = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Settings settings;
    private final InstantSource clock;
    private final Catalog catalog;
    private final Database database;
    private final Metrics metrics;
    private final AnswerTallies answers;
    private final NodeInfo node;
    private final EventPublisher events;
    private final NodesVerticle nodes;
    private final NowFigures figures;
    private final LiveFeed live;
    private final PartHealth databaseHealth;
    private final PartHealth cacheHealth;
    private final PartHealth upstreamHealth;
    private final PartHealth clockHealth;
    private final HealthReport health;
    private final SqlApiKeyStore keys;
    private final MoneyReports money;
    private final LimitStates limits;
    private final Authenticator authenticator;
    private final NearCache near;
    private final Optional<RedisClient> redis;
    /** For calls that nodes make together: apart from the tier's, whose large writes would delay them. */
    private final Optional<RedisClient> callsRedis;
    private final Optional<RedisTier> redisTier;
    /** The limits that nodes hold together; null where this process keeps them alone. */
    private final SharedLimits sharedLimits;
    private final SqlTier tier;
    private final Tiers tiers;
    private final InvalidationWatch changes;
    private final RecentInvalidations invalidations = new RecentInvalidations();
    private final Deque<Supplier<Future<?>>> stops = new ArrayDeque<>();
    private final Explanations explanations;
    private Flights flights;
    private SqlCallLeases sqlLeases;
    private SandboxServer sandbox;
    private HttpVerticle http;
    private AdminVerticle administration;
    private String demoKey;

    private RentCacheApp(Vertx vertx, Settings settings, InstantSource clock, Catalog catalog, Metrics metrics) {
        this.vertx = vertx;
        this.metrics = metrics;
        this.settings = settings;
        this.clock = clock;
        this.catalog = catalog;
        Settings.Storage storage = settings.storage();
        this.database = new Database(vertx, storage);
        this.node = NodeInfo.ofProcess(settings.node().name(), Build.version(), clock.instant());
        this.events = new EventPublisher(vertx, node.name(), clock);
        this.nodes = new NodesVerticle(new NodeStore(database), node, clock);
        this.databaseHealth = new PartHealth(
                "database", "Keys that were not seen before cannot be checked; the others go on working.",
                HELD_AGAINST, clock);
        this.cacheHealth = new PartHealth(
                "cache", "Questions are answered all the same, but answers may be lost at a restart.",
                HELD_AGAINST, clock);
        // Of the upstream nothing is known but by calls, and this node may make none any more: others make them.
        this.upstreamHealth = new PartHealth(
                "upstream", "Only what is kept and fresh is answered.", UPSTREAM_HELD_AGAINST, clock);
        PartHealth redisHealth = new PartHealth(
                "redis", "Answers come from the database instead.", Duration.ofMinutes(1), clock);
        PartHealth limitsHealth = new PartHealth(
                "limits",
                settings.limiting().strict()
                        ? "Requests of keys with limits are refused." : "Each node goes on with its share of the limits.",
                Duration.ofMinutes(1), clock);
        PartHealth callsHealth = new PartHealth(
                "calls", "Each node makes its calls alone, at its share of the pace.", Duration.ofMinutes(1), clock);
        this.clockHealth = new PartHealth(
                "clock", "How old answers are is told wrong between nodes; set it right, by NTP.",
                Duration.ofDays(365), clock);
        List<PartHealth> checked = new ArrayList<>(List.of(databaseHealth, cacheHealth, upstreamHealth));
        if (storage.redisEnabled()) {
            checked.addAll(List.of(redisHealth, limitsHealth, callsHealth));
        }
        if (sharesServers()) {
            checked.add(clockHealth);
        }
        this.health = new HealthReport(checked, dataDirectory(storage), clock);
        this.keys = new SqlApiKeyStore(database);
        this.money = new MoneyReports(
                new BilledCallsStore(database), keys, new BudgetStore(database), settings, clock);
        this.figures = new NowFigures(
                vertx, node.name(), settings, new BudgetStore(database),
                new BilledSavings(new UsageStore(database), money), health, nodes::list, metrics, clock);
        this.live = new LiveFeed(node.id(), figures, settings.node().liveStreams());
        this.limits = new LimitStates(catalog.endpoints().size(), storage.redisEnabled());
        this.authenticator = new Authenticator(
                keys, limits,
                new LimitPolicies(catalog, settings.limiting().global(), settings.limiting().enabled()),
                clock, databaseHealth);
        this.near = new NearCache(settings.caching().nearBytes());
        this.tier = new SqlTier(vertx, database, metrics, cacheHealth);
        this.redis = redisClient(redisHealth);
        this.callsRedis = redisClient(callsHealth);
        this.sharedLimits = redisClient(limitsHealth).map(client -> new SharedLimits(
                vertx, client, keys, catalog.endpoints().stream().map(Endpoint::name).toList(),
                settings.limiting().strict(), System::nanoTime)).orElse(null);
        this.redisTier = redis.map(client -> new RedisTier(vertx, client, metrics, clock));
        this.changes = new InvalidationWatch(
                database, storage.changesInterval(), authenticator, near, tier, redisTier, invalidations,
                databaseHealth, events);
        this.tiers = new Tiers(redisTier.map(this::timed), timed(tier), clock);
        this.explanations = explanations();
        metrics.gauge("rentcache.near.entries", "Answers in the near tier", near::size);
        metrics.gauge("rentcache.live.streams", "Streams of live figures that are open", live::listeners);
        metrics.gauge("rentcache.near.bytes", "Bytes that the near tier takes", near::bytes);
        metrics.gauge("rentcache.near.limit.bytes", "Bytes that the near tier may take", settings.caching()::nearBytes);
        metrics.count("rentcache.near.evictions", "Answers that had to leave the near tier for others", near, NearCache::evicted);
        metrics.gauge("rentcache.ready", "Whether the node wants requests: 1 or 0", () -> health.isReady() ? 1 : 0);
        this.answers = settings.metrics().enabled()
                ? new AnswerTallies(catalog.endpoints().stream().map(Endpoint::name).toList()) : null;
        if (answers != null) {
            metrics.collect(answers);
        }
        new KnownMeters(metrics).register(catalog, checked);
    }

    /** A client of its own connections, where there is a Redis. */
    private Optional<RedisClient> redisClient(PartHealth told) {
        Settings.Storage storage = settings.storage();
        return storage.redisUrl().filter(url -> storage.redisEnabled()).map(url -> new RedisClient(
                vertx, RedisClient.Options.standard(RedisUrl.of(url), storage.redisTimeout()), told));
    }

    private Tier timed(Tier one) {
        return settings.metrics().enabled() ? new TimedTier(one, metrics) : one;
    }

    /** A path on the disk whose room matters. */
    private static Path dataDirectory(Settings.Storage storage) {
        return storage.database() instanceof DatabaseUrl.Sqlite file ? file.path() : Path.of("");
    }

    /** A Vert.x instance with as many event loops as the settings say and the platform's own transport. */
    public static Vertx vertx(Settings settings) {
        return vertx(settings, null);
    }

    /**
     * The same, with its pools among the metrics.
     *
     * @param metrics where they are shown; null, or with metrics off by the settings, for nowhere
     */
    public static Vertx vertx(Settings settings, Metrics metrics) {
        VertxBuilder builder = Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(settings.server().eventLoops()));
        // The builder does not look at the option that prefers it.
        Transport ownTransport = Transport.nativeTransport();
        if (ownTransport != null && ownTransport.available()) {
            builder.withTransport(ownTransport);
        }
        if (metrics != null && settings.metrics().enabled()) {
            builder.withMetrics(new PoolMetrics(metrics));
        }
        return Tracing.build(builder, settings.tracing());
    }

    /**
     * Starts a node.
     *
     * @param vertx    where it runs; stays open when the node stops
     * @param settings how it runs
     * @param clock    the time of all decisions
     * @param metrics  where its counters are shown
     * @return the node, serving; fails with a {@link StartException}, a {@link SettingsException} or a
     *     {@link systems.supported.rentcache.storage.DatabaseException}, each with a message for the operator, and then
     *     nothing is left running
     */
    public static Future<RentCacheApp> start(Vertx vertx, Settings settings, InstantSource clock, Metrics metrics) {
        RentCacheApp app;
        try {
            settings.requireUpstream();
            app = new RentCacheApp(vertx, settings, clock, CatalogFile.load(
                    settings.endpoints(), settings.caching().defaultTtl(), settings.limiting().perEndpoint(),
                    settings.caching().staleWhileRevalidate()), metrics);
        } catch (SettingsException wrong) {
            return Future.failedFuture(wrong);
        }
        return app.start().map(app).recover(failure -> app.stop().transform(stopped -> Future.failedFuture(failure)));
    }

    private Future<Void> start() {
        List.of(LookupRequest.class, LookupReply.class, UpstreamOutlook.class, UpstreamRequest.class,
                        UpstreamReply.class, UsageBatch.class,
                        UnawaitedReply.class)
                .forEach(message -> LocalMessages.register(vertx, message));
        return startSandbox()
                .compose(started -> openDatabase())
                .compose(opened -> connectRedis())
                .onSuccess(connected -> openFlights())
                .compose(opened -> countAsNode())
                .compose(opened -> deployBackground())
                .compose(deployed -> deployHttp())
                .onSuccess(serving -> health.setReady(true))
                .onSuccess(serving -> measureProcess());
    }

    private void measureProcess() {
        if (!settings.metrics().enabled()) {
            return;
        }
        Future<ProcessMeters> measured = vertx.executeBlocking(() -> {
            ProcessMeters process = new ProcessMeters(dataDirectory(settings.storage()));
            metrics.bind(process);
            return process;
        }, false);
        measured.onFailure(failure -> LOG.warn("Not all of the process can be measured", failure));
        stops.push(() -> measured.onSuccess(ProcessMeters::close));
    }

    private Future<Void> startSandbox() {
        if (!settings.sandbox().enabled()) {
            return Future.succeededFuture();
        }
        int port = settings.sandbox().port();
        demoKey = KeyHash.newValue();
        authenticator.hold(BootstrapKey.demo(demoKey, clock.instant()));
        SandboxOptions options = SandboxOptions.standard(port)
                .withClock(clock)
                .withPricePerCallMicros(settings.upstream().pricePerCallMicros());
        return SandboxServer.start(vertx, options)
                .recover(failure -> Future.failedFuture(notListening("sandbox", port, "SANDBOX_PORT", failure)))
                .onSuccess(started -> {
                    sandbox = started;
                    stops.push(started::close);
                })
                .mapEmpty();
    }

    private Future<Void> openDatabase() {
        stops.push(database::close);
        return database.openOrRetry(this::opened).compose(tried -> {
            if (!database.isOpen()) {
                databaseHealth.failed("open", database.fault());
                cacheHealth.failed("open", database.fault());
            }
            return bootstrap();
        });
    }

    /** Whatever comes of it is in the log and in the health answer: Redis may come later, and go. */
    private Future<Void> connectRedis() {
        if (redis.isEmpty()) {
            return Future.succeededFuture();
        }
        stops.push(redis.get()::close);
        stops.push(callsRedis.get()::close);
        stops.push(sharedLimits::stop);
        return redis.get().check().otherwiseEmpty().compose(checked -> sharedLimits.start());
    }

    /** Whether there is a server whose clock other nodes see as well. */
    private boolean sharesServers() {
        return settings.storage().redisEnabled() || settings.storage().database() instanceof DatabaseUrl.Postgresql;
    }

    private Future<Void> deployClockWatch() {
        if (!sharesServers()) {
            return Future.succeededFuture();
        }
        Map<String, Supplier<Future<Long>>> others = new LinkedHashMap<>();
        if (settings.storage().database() instanceof DatabaseUrl.Postgresql) {
            others.put("the database", database::serverMillis);
        }
        redis.ifPresent(shared -> others.put("Redis", shared::serverMillis));
        return deploy(new ClockWatch(others, System::currentTimeMillis, clockHealth, health));
    }

    /** Where nodes share a Redis or a PostgreSQL, one makes a call for all of them. */
    private void openFlights() {
        FlightTerms terms = FlightTerms.standard(upstream().longest());
        if (callsRedis.isPresent()) {
            flights = Flights.onRedis(vertx, callsRedis.get(), terms, metrics);
        } else if (settings.storage().database() instanceof DatabaseUrl.Postgresql) {
            flights = Flights.onPostgresql(vertx, database, terms, metrics);
        } else {
            flights = Flights.local();
        }
        stops.push(flights::close);
    }

    /** Where the nodes share no Redis, PostgreSQL counts their calls upstream. */
    private Future<Void> countAsNode() {
        if (redis.isPresent() || !(settings.storage().database() instanceof DatabaseUrl.Postgresql)) {
            return Future.succeededFuture();
        }
        sqlLeases = new SqlCallLeases(vertx, database);
        stops.push(sqlLeases::stop);
        return sqlLeases.start();
    }

    /** What nodes share of the upstream's rate; null where this process is alone. */
    private CallLeases callLeases() {
        return callsRedis.<CallLeases>map(RedisCallLeases::new).orElse(sqlLeases);
    }

    private void opened() {
        databaseHealth.renewed();
        cacheHealth.renewed();
        bootstrap();
    }

    private Future<Void> bootstrap() {
        Optional<String> value = settings.security().bootstrapKey().map(Secret::reveal);
        if (value.isEmpty()) {
            return Future.succeededFuture();
        }
        BootstrapKey bootstrap = new BootstrapKey(catalog);
        return bootstrap.ensure(keys, value.get(), clock.instant()).map(stored -> {
            authenticator.release(KeyHash.of(value.get()));
            return stored;
        }).recover(failure -> {
            LOG.warn("The bootstrap key could not be stored ({}); it works until this process ends.",
                    failure.getMessage());
            authenticator.hold(bootstrap.inMemory(value.get(), clock.instant()));
            return Future.succeededFuture();
        });
    }

    private Future<Void> deployBackground() {
        UpstreamOptions upstream = upstream();
        return deploy(nodes)
                .compose(deployed -> deploy(new LiveVerticle(figures, live, metrics, clock)))
                .compose(deployed -> deploy(new AnalyticsVerticle(
                        new AnalyticsVerticle.Parts(database, keys, limits, tiers),
                        new AnalyticsVerticle.Terms(
                                settings.analytics().enabled(), settings.analytics().retention(),
                                settings.analytics().minutesRetention(), settings.limiting().zone()),
                        clock, metrics, databaseHealth)))
                .onSuccess(deployed -> stops.push(() -> tiers.flush().timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)))
                .compose(deployed -> deploy(new UpstreamFetchVerticle(
                        upstream, callLeases(), ledger(), clock, metrics, upstreamHealth, events)))
                .compose(deployed -> deploy(new CacheLookupVerticle(
                        near, tiers, invalidations, new CachePolicy(settings.caching().negativeTtl()), flights,
                        upstream.longest(), settings.caching().staleIfSlow(), clock, events)))
                .compose(deployed -> deploy(new RefreshVerticle(
                        tiers, upstream.longest().plus(LOOKUP_MARGIN), longestStale(), settings.analytics().enabled(),
                        metrics, clock)))
                .compose(deployed -> deploy(changes))
                .compose(deployed -> deployClockWatch())
                .compose(deployed -> deployPreload())
                .compose(deployed -> deployWarmer());
    }

    private Duration longestStale() {
        return catalog.endpoints().stream().map(endpoint -> endpoint.stale().longest()).max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** After the watch: what is invalidated from here on is heard of. */
    private Future<Void> deployPreload() {
        Settings.Caching caching = settings.caching();
        return caching.preloadBytes() == 0 ? Future.succeededFuture() : deploy(new PreloadVerticle(
                near, tier, redisTier, invalidations, caching.preloadBytes(), caching.preloadTimeout(), clock));
    }

    private Future<Void> deployWarmer() {
        Settings.Warming warming = settings.caching().warming();
        if (!warming.enabled()) {
            return Future.succeededFuture();
        }
        CronSchedule schedule = CronSchedule.parse(warming.schedule(), settings.limiting().zone()).orElseThrow();
        QuestionReader reader =
                new QuestionReader(catalog, settings.caching().unknownParameters(), origin(settings));
        return deploy(new WarmerVerticle(
                tier, reader, schedule, warming, upstream().longest().plus(LOOKUP_MARGIN), metrics, clock));
    }

    private BudgetLedger ledger() {
        return new BudgetLedger(vertx, new BudgetStore(database), terms(), metrics, clock, this::budgetStep);
    }

    private BudgetTerms terms() {
        Settings.Spending spending = settings.spending();
        return new BudgetTerms(spending.plan(), spending.billingDay(), settings.limiting().zone(), spending.budget());
    }

    private void budgetStep(BudgetStepReached reached) {
        LOG.warn("The budget '{}' of the billing month from {} is at {} %: {} calls. It renews at {}.",
                reached.use().scope(), reached.month().id(), reached.step().percent(), reached.use().usedCalls(),
                reached.month().end());
        events.publish(new BudgetStepEvent(
                reached.use().scope(), reached.step().percent(), reached.use().usedCalls(), reached.use().usedMicros(),
                reached.month().id(), reached.month().end()));
    }

    private UpstreamOptions upstream() {
        Settings.Upstream upstream = settings.upstream();
        boolean shared = sandbox != null || upstream.keyMode() == UpstreamKey.SHARED;
        List<ConsumerKey> paying = sandbox != null
                ? List.of(new ConsumerKey(SandboxServer.API_KEY))
                : upstream.apiKeys().stream().map(key -> new ConsumerKey(key.reveal())).toList();
        return new UpstreamOptions(
                sandbox != null ? URI.create("http://127.0.0.1:" + sandbox.port() + "/v1") : upstream.url(),
                shared ? paying : List.of(),
                upstream.timeout(),
                upstream.maxRetries(),
                upstream.maxConnections(),
                upstream.maxIdleConnections(),
                upstream.rateLimit(),
                upstream.queue(),
                upstream.maxCachedBodyBytes(),
                upstream.pricePerCallMicros());
    }

    /**
     * What tells the answers of the upstream of the settings from Rentcast's own, for both may have been kept in one
     * database; null where it is Rentcast itself.
     */
    public static String origin(Settings settings) {
        if (settings.sandbox().enabled()) {
            return SANDBOX_ORIGIN;
        }
        return settings.upstream().url().equals(RENTCAST) ? null : settings.upstream().url().toASCIIString();
    }

    /** What an operator can ask and have done. */
    private List<Map<String, Operation>> operations() {
        QuestionReader reader =
                new QuestionReader(catalog, settings.caching().unknownParameters(), origin(settings));
        return List.of(
                explanations.operations(),
                new LiveOperations(figures::now, nodes::list).operations(),
                new Keys(keys, catalog, settings.limiting().zone(), clock, changes::catchUp).operations(),
                new KeptAnswers(
                        tier, new EntryIndex(database), Optional.of(near), catalog,
                        settings.spending().plan().overagePriceMicros(), clock, changes::catchUp).operations(),
                new RefreshedAnswers(vertx, tier, reader, upstream().longest().plus(LOOKUP_MARGIN)).operations(),
                new Budgets(new BudgetStore(database), keys, catalog, settings, clock).operations(),
                money.operations(),
                new UsageReports(database, settings, clock).operations(),
                new SettingsInForce(settings).operations());
    }

    private Explanations explanations() {
        return new Explanations(
                settings, catalog, origin(settings),
                new Explanations.Sources(
                        authenticator::peek, authenticator::find, Optional.of(near), redisTier, tier,
                        new BudgetStore(database), terms(), Optional.of(this::outlook)),
                clock);
    }

    private Future<UpstreamOutlook> outlook(UpstreamRequest call) {
        return vertx.eventBus().<UpstreamOutlook>request(
                Addresses.UPSTREAM_OUTLOOK, call, LocalMessages.within(LOOKUP_MARGIN)).map(Message::body);
    }

    private Future<Void> deployHttp() {
        return AdminApi.load(vertx, operations()).compose(this::deployHttp);
    }

    private Future<Void> deployHttp(AdminApi admin) {
        ServingParts parts = new ServingParts(
                settings, upstream().longest().plus(LOOKUP_MARGIN), origin(settings), catalog, authenticator,
                sharedLimits, near, clock, metrics, answers, health, admin, explanations, live, events);
        Supplier<HttpVerticle> instances = HttpVerticle.instances(parts);
        Supplier<HttpVerticle> remembering = () -> http = instances.get();
        return vertx.deployVerticle(
                        remembering, new DeploymentOptions().setInstances(settings.server().eventLoops()))
                .recover(failure -> Future.failedFuture(
                        notListening(settings.server().host(), settings.server().port(), "PORT", failure)))
                .onSuccess(id -> stops.push(() -> vertx.undeploy(id)))
                .compose(id -> deployAdministration(parts));
    }

    private Future<Void> deployAdministration(ServingParts parts) {
        Settings.Server options = settings.server();
        if (options.adminPort().isEmpty()) {
            return Future.succeededFuture();
        }
        administration = new AdminVerticle(parts);
        return deploy(administration).recover(failure -> Future.failedFuture(
                notListening(options.adminHost(), options.adminPort().get(), "ADMIN_PORT", failure)));
    }

    private Future<Void> deploy(VerticleBase verticle) {
        return vertx.deployVerticle(verticle).onSuccess(id -> stops.push(() -> vertx.undeploy(id))).mapEmpty();
    }

    private static StartException notListening(String host, int port, String setting, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        String reason = message;
        String remedy = "Choose another " + setting;
        if (message.contains("in use")) {
            reason = "another program listens there";
            remedy += ", or stop it";
        } else if (message.contains("denied")) {
            reason = "this user may not, as ports below 1024 are the system's";
        } else if (message.contains("assign") || failure instanceof UnresolvedAddressException) {
            reason = "this machine has no such address";
            remedy = "Change " + setting.replace("PORT", "HOST");
        }
        return new StartException(
                "Cannot listen on " + host + " port " + port + ": " + reason + ". " + remedy + ".", failure);
    }

    /** The port that is listened on. */
    public int port() {
        return http.actualPort();
    }

    /** The port of administration; the same where it has none of its own. */
    public int adminPort() {
        return administration == null ? port() : administration.actualPort();
    }

    /** Where the database is, fit to be shown. */
    public String databasePlace() {
        return database.place();
    }

    /** The sandbox's port, where one runs. */
    public OptionalInt sandboxPort() {
        return sandbox == null ? OptionalInt.empty() : OptionalInt.of(sandbox.port());
    }

    /** The database in use. */
    Database database() {
        return database;
    }

    /** The sandbox, where one runs; null otherwise. */
    SandboxServer sandbox() {
        return sandbox;
    }

    /** A key for trying things out, which works until this process ends; only with the sandbox. */
    public Optional<String> demoKey() {
        return Optional.ofNullable(demoKey);
    }

    /**
     * Stops serving: takes no new requests, finishes those in flight within the grace, writes what is to be written.
     *
     * @return succeeds whatever could not be put away; that is in the log
     */
    public Future<Void> stop() {
        health.setReady(false);
        Supplier<Future<?>> next = stops.poll();
        if (next == null) {
            return Future.succeededFuture();
        }
        long patience = PATIENCE.plus(settings.server().shutdownGrace()).toMillis();
        return next.get().timeout(patience, TimeUnit.MILLISECONDS)
                .onFailure(failure -> LOG.warn("Not everything could be put away: {}", failure.toString()))
                .transform(stopped -> stop());
    }
}

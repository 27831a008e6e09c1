package systems.supported.rentcache.app;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.analytics.AnalyticsVerticle;
import systems.supported.rentcache.analytics.AnswerTallies;
import systems.supported.rentcache.analytics.GatheredUsage;
import systems.supported.rentcache.analytics.QuotaVerticle;
import systems.supported.rentcache.analytics.UsageBatch;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.LimitPolicies;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.cache.CacheLookupVerticle;
import systems.supported.rentcache.cache.CachePolicy;
import systems.supported.rentcache.cache.CallUnderWay;
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
import systems.supported.rentcache.cluster.ClusteredVertx;
import systems.supported.rentcache.config.CronSchedule;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.config.Secret;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.coordination.BudgetLedger;
import systems.supported.rentcache.coordination.BudgetStepReached;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetTerms;
import systems.supported.rentcache.coordination.NodeInfo;
import systems.supported.rentcache.coordination.NodeStore;
import systems.supported.rentcache.coordination.NodesVerticle;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.http.AdminApi;
import systems.supported.rentcache.http.AdminVerticle;
import systems.supported.rentcache.http.HttpVerticle;
import systems.supported.rentcache.http.ServingParts;
import systems.supported.rentcache.http.StreamPlaces;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.live.LiveVerticle;
import systems.supported.rentcache.ops.Build;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.ProcessMeters;
import systems.supported.rentcache.outbox.OutboxVerticle;
import systems.supported.rentcache.refresh.PreloadVerticle;
import systems.supported.rentcache.refresh.RefreshVerticle;
import systems.supported.rentcache.refresh.UnawaitedVerticle;
import systems.supported.rentcache.refresh.WarmerVerticle;
import systems.supported.rentcache.refresh.WarmingCommand;
import systems.supported.rentcache.refresh.WarmingQuestions;
import systems.supported.rentcache.refresh.WarmingRun;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.tls.CertificateWatch;
import systems.supported.rentcache.tls.ServerKeys;
import systems.supported.rentcache.tls.UnusableCertificateException;
import systems.supported.rentcache.upstream.UpstreamFetchVerticle;
import systems.supported.rentcache.upstream.UpstreamOptions;
import systems.supported.rentcache.webhooks.WebhookVerticle;

/**
 * A running node: builds each part once, deploys the verticles, and stops them in the opposite order, so that a
 * request in flight finds everything that it needs until it is answered.
 *
 * <p>Thread-safe once started.
 */
public final class RentCacheApp {
    private static final Logger LOG = LoggerFactory.getLogger(RentCacheApp.class);
    /** How long a part may take to put its things away. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final Settings settings;
    private final InstantSource clock;
    private final Catalog catalog;
    private final Database database;
    private final Metrics metrics;
    private final AnswerTallies answers;
    private final NodeInfo node;
    private final OutboxVerticle outbox;
    private final StreamPlaces streamPlaces;
    private final EventPublisher events;
    private final NodesVerticle nodes;
    private final NodeHealth health;
    private final SqlApiKeyStore keys;
    private final LimitStates limits;
    private final Authenticator authenticator;
    private final NearCache near;
    private final SharedServers shared;
    private final Optional<RedisTier> redisTier;
    private final SqlTier tier;
    private final Tiers tiers;
    private final InvalidationWatch changes;
    private final RecentInvalidations invalidations = new RecentInvalidations();
    private final Deque<Supplier<Future<?>>> stops = new ConcurrentLinkedDeque<>();
    /** Ends once the contract of the admin API is read, where that has begun. */
    private volatile Future<?> reading = Future.succeededFuture();
    private final OperatorParts operators;
    private final ListeningParts listening;
    private SandboxServer sandbox;
    private volatile Optional<ClusterParts> cluster = Optional.empty();
    /** Certificate and key, where TLS is spoken; null otherwise. */
    private ServerKeys serverKeys;
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
        this.node = NodeInfo.ofProcess(
                settings.node().name(), Build.version(), clock.instant(), Role.words(settings.cluster().roles()));
        this.database = new Database(vertx, storage.ofNode(node.name()));
        this.outbox = new OutboxVerticle(vertx, database, metrics, clock);
        this.streamPlaces = new StreamPlaces(settings.node().liveStreams());
        this.events = new EventPublisher(vertx, node.name(), clock, outbox.writer()::add);
        this.nodes = new NodesVerticle(
                new NodeStore(database), node, clock, () -> cluster.map(ClusterParts::members));
        this.health = NodeHealth.of(settings, clock);
        this.keys = new SqlApiKeyStore(database);
        this.limits = new LimitStates(catalog.endpoints().size(), storage.redisEnabled());
        this.authenticator = new Authenticator(
                keys, limits,
                new LimitPolicies(catalog, settings.limiting().global(), settings.limiting().enabled()),
                clock, health.database(), settings.inbound().badKeys(), settings.caching().keyBytes());
        this.near = new NearCache(settings.caching().nearBytes());
        this.tier = new SqlTier(vertx, database, metrics, health.cache(), outbox.writer());
        this.shared = new SharedServers(vertx, settings, database, health, catalog, keys, metrics);
        this.redisTier = shared.redis().map(client -> new RedisTier(vertx, client, metrics, clock));
        this.changes = new InvalidationWatch(
                database, storage.changesInterval(), authenticator, near, tier, redisTier, invalidations,
                health.database(), events);
        this.tiers = new Tiers(redisTier.map(this::timed), timed(tier), clock);
        this.operators = new OperatorParts(new OperatorParts.Sources(
                vertx, settings, clock, catalog, database, keys, authenticator, near, redisTier, tier, terms(), node,
                nodes, health.report(), metrics, changes, shared.limits(), outbox.reader()));
        this.listening = new ListeningParts(
                settings, authenticator, metrics,
                options -> new WebhookVerticle(database, outbox.reader(), node.id(), options, clock, metrics),
                this::deploy);
        metrics.gauge("rentcache.near.entries", "Answers in the near tier", near::size);
        metrics.gauge("rentcache.live.streams", "Streams of live figures that are open", operators.live()::listeners);
        metrics.gauge("rentcache.events.streams", "Streams of kept events that are open", streamPlaces::taken);
        metrics.gauge("rentcache.cluster.members", "Nodes of the cluster that are there, this one among them",
                () -> cluster.map(parts -> parts.members().size()).orElse(1));
        metrics.gauge("rentcache.cluster.linked", "Nodes that Hazelcast takes to be there, this one among them",
                () -> cluster.isPresent() ? ClusteredVertx.linked(vertx) : 1);
        metrics.gauge("rentcache.near.bytes", "Bytes that the near tier takes", near::bytes);
        metrics.gauge("rentcache.near.limit.bytes", "Bytes that the near tier may take", settings.caching()::nearBytes);
        metrics.count("rentcache.near.evictions", "Answers that had to leave the near tier for others", near, NearCache::evicted);
        metrics.gauge("rentcache.certificate.left.seconds", "Time until the certificate expires", this::certificateSecondsLeft);
        metrics.count(
                "rentcache.bad.keys.throttled", "Unknown keys that were refused unseen", authenticator,
                Authenticator::throttled);
        metrics.gauge("rentcache.ready", "Whether the node wants requests: 1 or 0", () -> health.report().isReady() ? 1 : 0);
        this.answers = settings.metrics().enabled()
                ? new AnswerTallies(catalog.endpoints().stream().map(Endpoint::name).toList()) : null;
        if (answers != null) {
            metrics.collect(answers);
        }
        new KnownMeters(metrics).register(catalog, health.checked());
    }

    private Tier timed(Tier one) {
        return settings.metrics().enabled() ? new TimedTier(one, metrics) : one;
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
                        UpstreamReply.class, UsageBatch.class, GatheredUsage.class, UnawaitedReply.class,
                        CallUnderWay.class, CallUnderWay.Ask.class, WarmingCommand.class, WarmingRun.class)
                .forEach(message -> LocalMessages.register(vertx, message));
        return Future.join(openDatabase(), startSandbox())
                .compose(opened -> shared.connect(upstream().longest(), stops))
                .compose(connected -> readCertificate())
                .onSuccess(read -> cluster = clusterParts())
                .compose(read -> deployBackground())
                .compose(deployed -> deployHttp());
    }

    private void measureProcess() {
        if (!settings.metrics().enabled()) {
            return;
        }
        Future<ProcessMeters> measured = vertx.executeBlocking(() -> {
            ProcessMeters process = new ProcessMeters(NodeHealth.dataDirectory(settings.storage()));
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
                health.database().failed("open", database.fault());
                health.cache().failed("open", database.fault());
            }
            return bootstrap();
        });
    }

    private Future<Void> readCertificate() {
        Optional<Settings.Tls> files = settings.inbound().tls();
        if (files.isEmpty()) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> ServerKeys.read(vertx, files.get(), clock.instant()))
                .recover(failure -> Future.failedFuture(failure instanceof UnusableCertificateException unusable
                        ? settings.refused(unusable.isKeysFault() ? "TLS_KEY" : "TLS_CERT", failure.getMessage())
                        : failure))
                .onSuccess(read -> serverKeys = read)
                .compose(read -> deploy(new CertificateWatch(read, clock, health.certificate())));
    }

    private double certificateSecondsLeft() {
        return serverKeys == null ? Double.NaN : serverKeys.timeLeft(clock.instant()).toSeconds();
    }

    private Future<Void> deployClockWatch() {
        return SharedServers.areShared(settings.storage())
                ? deploy(new ClockWatch(shared.clocks(), System::currentTimeMillis, health.clock(), health.report()))
                : Future.succeededFuture();
    }

    private void opened() {
        health.database().renewed();
        health.cache().renewed();
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
        return deploy(outbox)
                .compose(deployed -> deploy(nodes))
                .compose(deployed -> deploy(new LiveVerticle(operators.figures(), operators.live(), metrics, clock)))
                .compose(deployed -> deploy(new QuotaVerticle(keys, limits, clock, health.database())))
                .compose(deployed -> deployIf(Role.ANALYTICS, () -> new AnalyticsVerticle(
                        new AnalyticsVerticle.Parts(database, tiers),
                        new AnalyticsVerticle.Terms(
                                settings.analytics().enabled(), settings.analytics().retention(),
                                settings.analytics().minutesRetention(), settings.limiting().zone()),
                        clock, metrics, health.database())))
                .onSuccess(deployed -> stops.push(() -> tiers.flush().timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)))
                .compose(deployed -> cluster.isPresent() ? cluster.get().routes(this::deploy) : Future.succeededFuture())
                .compose(deployed -> deploy(new UnawaitedVerticle(settings.analytics().enabled(), clock)))
                .compose(deployed -> deployIf(Role.UPSTREAM, () -> new UpstreamFetchVerticle(
                        upstream(), shared.callLeases(), ledger(), clock, metrics, health.upstream(), events)))
                .compose(deployed -> deployIf(Role.LOOKUP, this::lookup))
                .compose(deployed -> deployIf(Role.REFRESH, () -> new RefreshVerticle(
                        tiers, UpstreamInForce.lookupTimeout(upstream()), longestStale(), metrics, clock)))
                .compose(deployed -> deploy(changes))
                .compose(deployed -> deployClockWatch())
                .compose(deployed -> deployPreload())
                .compose(deployed -> has(Role.REFRESH) ? deployWarmer() : Future.succeededFuture());
    }

    private Optional<ClusterParts> clusterParts() {
        return settings.cluster().enabled()
                ? Optional.of(new ClusterParts(new ClusterParts.Sources(
                        vertx, settings, catalog, node, near, invalidations, upstream(), clock, metrics, health)))
                : Optional.empty();
    }

    private CacheLookupVerticle lookup() {
        return new CacheLookupVerticle(
                cluster.isPresent() ? Addresses.CACHE_LOOKUP_HERE : Addresses.CACHE_LOOKUP, near, tiers, invalidations,
                new CachePolicy(settings.caching().negativeTtl()), shared.flights(), upstream().longest(),
                settings.caching().staleIfSlow(), clock, events);
    }

    private boolean has(Role role) {
        return settings.cluster().roles().contains(role);
    }

    private Future<Void> deployIf(Role role, Supplier<VerticleBase> verticle) {
        return has(role) ? deploy(verticle.get()) : Future.succeededFuture();
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
        Optional<CronSchedule> schedule = warming.enabled()
                ? CronSchedule.parse(warming.schedule(), settings.limiting().zone()) : Optional.empty();
        return deploy(new WarmerVerticle(
                new WarmingQuestions(tier, UpstreamInForce.questions(settings, catalog)), schedule, warming,
                UpstreamInForce.lookupTimeout(upstream()), metrics, clock));
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
    }

    private UpstreamOptions upstream() {
        return UpstreamInForce.options(settings, sandbox);
    }

    /** Serves before the contract of the admin API is read, of which consumers need nothing: it takes some time. */
    private Future<Void> deployHttp() {
        Promise<AdminApi> admin = Promise.promise();
        // It needs what is closed after this.
        stops.push(() -> reading.otherwiseEmpty());
        return deployServers(admin.future())
                .compose(deployed -> listening.start(admin.future()))
                .compose(deployed -> cluster.isPresent() ? cluster.get().answers(this::deploy) : Future.succeededFuture())
                .onSuccess(serving -> health.report().setReady(true))
                .onSuccess(serving -> measureProcess())
                .onSuccess(serving -> reading = readContract().onComplete(admin));
    }

    private Future<AdminApi> readContract() {
        return AdminApi.read(vertx)
                .map(read -> read.with(operators.operations(UpstreamInForce.lookupTimeout(upstream()))));
    }

    private Future<Void> deployServers(Future<AdminApi> admin) {
        ServingParts parts = new ServingParts(
                settings, UpstreamInForce.lookupTimeout(upstream()), UpstreamInForce.origin(settings), catalog,
                authenticator, shared.limits(), near, clock, metrics, answers, health.report(), admin,
                operators.explanations(), Optional.ofNullable(serverKeys), operators.live(), events, outbox.reader(),
                streamPlaces);
        if (!has(Role.HTTP)) {
            return deployAdministration(parts);
        }
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

    /** What stops a start where a port cannot be listened on. */
    static StartException notListening(String host, int port, String setting, Throwable failure) {
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

    /** The port that is listened on; -1 in a node that answers no requests. */
    public int port() {
        return http == null ? -1 : http.actualPort();
    }

    /** The port of administration; the same where it has none of its own. */
    public int adminPort() {
        return administration == null ? port() : administration.actualPort();
    }

    /** The port at which events are heard over TCP; only where the settings name one. */
    int bridgePort() {
        return listening.bridgePort();
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
     * Stops serving: wants no more requests, and answers those that come until it is known everywhere; then finishes
     * those in flight within the grace, and writes what is to be written.
     *
     * @return succeeds whatever could not be put away; that is in the log
     */
    public Future<Void> stop() {
        health.report().setReady(false);
        Supplier<Future<?>> next = stops.poll();
        if (next == null) {
            return Future.succeededFuture();
        }
        Settings.Server server = settings.server();
        long patience = PATIENCE.plus(server.shutdownDrain()).plus(server.shutdownGrace()).toMillis();
        return next.get().timeout(patience, TimeUnit.MILLISECONDS)
                .onFailure(failure -> LOG.warn("Not everything could be put away: {}", failure.toString()))
                .transform(stopped -> stop());
    }
}

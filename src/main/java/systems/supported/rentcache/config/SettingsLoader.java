package systems.supported.rentcache.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import systems.supported.rentcache.config.SettingsException.Problem;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.peer.TrustedProxies;

/**
 * Makes {@link Settings} from all that was given: defaults, then the file, then {@code .env}, then the environment,
 * then flags, each winning over those before it.
 *
 * <p>An empty value counts as not given, so that {@code NAME=${NAME:-}} in a Compose file leaves the default. A wrong
 * value that a stronger source replaces is not looked at.
 */
public final class SettingsLoader {
    private static final Duration SQLITE_CHANGES = Duration.ofMillis(100);

    private static final Path DEFAULT_FILE = Path.of("conf", "rentcache.yaml");

    private SettingsLoader() {
    }

    /**
     * All that settings are read from.
     *
     * @param directory   the working directory: holds {@code .env} and {@code conf/rentcache.yaml}, and relative paths
     *                    begin there
     * @param configFile  the file to read in place of {@code conf/rentcache.yaml}; then it must exist
     * @param environment the process's environment
     * @param flags       flags of the command line, by name with or without the leading {@code --}
     */
    public record Sources(
            Path directory, Optional<Path> configFile, Map<String, String> environment, Map<String, String> flags) {

        /** Copies the maps. */
        public Sources {
            Objects.requireNonNull(directory, "directory");
            Objects.requireNonNull(configFile, "configFile");
            environment = Map.copyOf(environment);
            flags = Map.copyOf(flags);
        }

        /** The paths only: environment and flags hold secrets. */
        @Override
        public String toString() {
            return "Sources[directory=" + directory + ", configFile=" + configFile + "]";
        }
    }

    /**
     * Reads and checks all settings.
     *
     * @param sources where from
     * @return the settings in force
     * @throws SettingsException with every problem at once
     */
    public static Settings load(Sources sources) throws SettingsException {
        return load(sources, endpoints -> List.of());
    }

    /**
     * Reads and checks all settings, and the file's section that is another's to read.
     *
     * @param sources   where from
     * @param endpoints says what is wrong with the {@code endpoints} section
     * @return the settings in force
     * @throws SettingsException with every problem at once
     */
    public static Settings load(Sources sources, Function<Map<String, Object>, List<Problem>> endpoints)
            throws SettingsException {
        List<Problem> problems = new ArrayList<>();
        SettingsFile file = sources.configFile().isPresent()
                ? SettingsFile.required(sources.directory(), sources.configFile().get(), problems)
                : SettingsFile.optional(sources.directory(), DEFAULT_FILE, problems);
        VariableReader variables = new VariableReader(sources.directory(), problems);
        List<Map<String, Given>> strongestFirst = List.of(
                FlagReader.read(sources.flags(), problems),
                variables.read(sources.environment(), "environment"),
                variables.read(DotenvFile.read(sources.directory(), problems), DotenvFile.NAME),
                file.given());
        SettingValues values = SettingValues.resolve(strongestFirst, problems);
        checkTogether(values, problems);
        String name = sources.configFile().orElse(DEFAULT_FILE).toString();
        endpoints.apply(EndpointOverrides.over(file.endpoints(), values)).forEach(problem -> problems.add(
                new Problem(problem.name(), problem.value(), name, problem.allowed())));
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return settings(values, file.endpoints(), sources.directory());
    }

    private static void checkTogether(SettingValues values, List<Problem> problems) {
        Optional<DatabaseUrl> replica = values.get(SettingCatalog.DATABASE_READ_URL);
        if (replica.isPresent() && !(replica.get() instanceof DatabaseUrl.Postgresql
                && values.get(SettingCatalog.DATABASE_URL) instanceof DatabaseUrl.Postgresql)) {
            problems.add(new Problem(
                    SettingCatalog.DATABASE_READ_URL.name(), replica.get().shown(),
                    values.source(SettingCatalog.DATABASE_READ_URL),
                    "allowed: a postgresql:// URL, and only where DATABASE_URL is one too"));
        }
        if (wantsRedis(values) && values.get(SettingCatalog.REDIS_URL).isEmpty()) {
            problems.add(new Problem(
                    SettingCatalog.REDIS_URL.name(), "", "not set",
                    "set it, such as redis://localhost:6379, or leave REDIS_ENABLED out"));
        }
        ClusterChecks.check(values, problems);
        if (values.get(SettingCatalog.ENABLE_CACHE_WARMING)) {
            checkWarming(values, problems);
        }
        checkPorts(values, problems);
        checkBridge(values, problems);
        checkTls(values, SettingCatalog.TLS_CERT, SettingCatalog.TLS_KEY, problems);
        checkTls(values, SettingCatalog.TLS_KEY, SettingCatalog.TLS_CERT, problems);
    }

    private static void checkPorts(SettingValues values, List<Problem> problems) {
        int port = values.get(SettingCatalog.PORT);
        int adminPort = values.get(SettingCatalog.ADMIN_PORT).orElse(0);
        int sandboxPort = values.get(SettingCatalog.SANDBOX) ? values.get(SettingCatalog.SANDBOX_PORT) : 0;
        checkPort(SettingCatalog.ADMIN_PORT, adminPort, SettingCatalog.PORT, port, values, problems);
        checkPort(SettingCatalog.SANDBOX_PORT, sandboxPort, SettingCatalog.PORT, port, values, problems);
        checkPort(SettingCatalog.ADMIN_PORT, adminPort, SettingCatalog.SANDBOX_PORT, sandboxPort, values, problems);
    }

    private static void checkBridge(SettingValues values, List<Problem> problems) {
        if (values.get(SettingCatalog.BRIDGE_CONTROL) && !values.get(SettingCatalog.BUS_CONTROL)) {
            problems.add(new Problem(
                    SettingCatalog.BRIDGE_CONTROL.name(), "true", values.source(SettingCatalog.BRIDGE_CONTROL),
                    "allowed: true only with BUS_CONTROL=true"));
        }
    }

    /** Two servers cannot listen on one port; 0 is any free one. */
    private static void checkPort(
            Setting<?> setting, int port, Setting<?> other, int taken, SettingValues values, List<Problem> problems) {
        if (port != 0 && port == taken) {
            problems.add(new Problem(
                    setting.name(), String.valueOf(port), values.source(setting),
                    "allowed: another port than " + other.name()));
        }
    }

    private static void checkTls(
            SettingValues values, Setting<Optional<Path>> given, Setting<Optional<Path>> missing,
            List<Problem> problems) {
        if (values.get(given).isPresent() && values.get(missing).isEmpty()) {
            problems.add(new Problem(
                    missing.name(), "", "not set", "set it beside " + given.name() + ", or leave that out"));
        }
    }

    private static void checkWarming(SettingValues values, List<Problem> problems) {
        String schedule = values.get(SettingCatalog.WARMING_SCHEDULE);
        if (CronSchedule.parse(schedule, values.get(SettingCatalog.TIME_ZONE)).isEmpty()) {
            problems.add(new Problem(
                    SettingCatalog.WARMING_SCHEDULE.name(), schedule, values.source(SettingCatalog.WARMING_SCHEDULE),
                    "allowed: " + CronSchedule.ALLOWED));
        }
        if (values.get(SettingCatalog.UPSTREAM_KEY) == UpstreamKey.CONSUMER && !values.get(SettingCatalog.SANDBOX)) {
            problems.add(new Problem(
                    SettingCatalog.ENABLE_CACHE_WARMING.name(), "true",
                    values.source(SettingCatalog.ENABLE_CACHE_WARMING),
                    "allowed: false with UPSTREAM_KEY=consumer, for there is no key that could pay"));
        }
    }

    private static boolean wantsRedis(SettingValues values) {
        return values.get(values.isGiven(SettingCatalog.REDIS_ENABLED)
                ? SettingCatalog.REDIS_ENABLED : SettingCatalog.ENABLE_REDIS_CACHE);
    }

    private static Settings.Inbound inbound(SettingValues values, Path directory) {
        return new Settings.Inbound(
                values.get(SettingCatalog.TLS_CERT).map(certificate -> new Settings.Tls(
                        directory.resolve(certificate),
                        directory.resolve(values.get(SettingCatalog.TLS_KEY).orElseThrow()))),
                new TrustedProxies(
                        values.get(SettingCatalog.TRUSTED_PROXIES), values.get(SettingCatalog.PROXY_HEADER)),
                values.get(SettingCatalog.MAX_CONNECTIONS),
                values.get(SettingCatalog.MAX_CONNECTIONS_PER_ADDRESS),
                values.get(SettingCatalog.BAD_KEY_LIMIT));
    }

    private static Settings settings(SettingValues values, Map<String, Object> fileEndpoints, Path directory) {
        int connections = values.get(SettingCatalog.UPSTREAM_CONNECTIONS);
        return new Settings(
                new Settings.Server(
                        values.get(SettingCatalog.HOST),
                        values.get(SettingCatalog.PORT),
                        values.get(SettingCatalog.ADMIN_HOST),
                        values.get(SettingCatalog.ADMIN_PORT),
                        values.get(SettingCatalog.EVENT_LOOPS),
                        values.get(SettingCatalog.CORS_ORIGINS),
                        values.get(SettingCatalog.ALLOWED_HOSTS),
                        values.get(SettingCatalog.IDLE_TIMEOUT),
                        values.get(SettingCatalog.MAX_HEADER_SIZE),
                        values.get(SettingCatalog.MAX_REQUEST_LINE),
                        values.get(SettingCatalog.MAX_BODY),
                        values.get(SettingCatalog.SHUTDOWN_DRAIN),
                        values.get(SettingCatalog.SHUTDOWN_GRACE)),
                inbound(values, directory),
                new Settings.Node(values.get(SettingCatalog.NODE_NAME), values.get(SettingCatalog.LIVE_STREAMS)),
                cluster(values, directory),
                new Settings.Upstream(
                        values.get(SettingCatalog.RENTCAST_API_URL),
                        values.get(SettingCatalog.RENTCAST_API_KEY),
                        values.get(SettingCatalog.UPSTREAM_KEY),
                        values.get(SettingCatalog.SHARE_ACROSS_ACCOUNTS),
                        values.get(SettingCatalog.RENTCAST_TIMEOUT),
                        values.get(SettingCatalog.RENTCAST_MAX_RETRIES),
                        connections,
                        Math.min(connections, values.get(SettingCatalog.UPSTREAM_IDLE_CONNECTIONS)),
                        values.get(SettingCatalog.UPSTREAM_RATE_LIMIT),
                        values.get(SettingCatalog.UPSTREAM_QUEUE),
                        values.get(SettingCatalog.MAX_CACHED_BODY),
                        SettingTypes.micros(values.get(SettingCatalog.PRICE_PER_CALL))),
                new Settings.Storage(
                        values.get(SettingCatalog.DATABASE_URL) instanceof DatabaseUrl.Sqlite file
                                ? file.in(directory)
                                : values.get(SettingCatalog.DATABASE_URL),
                        values.get(SettingCatalog.DATABASE_READ_URL)
                                .map(url -> (DatabaseUrl.Postgresql) url),
                        values.get(SettingCatalog.DATABASE_ECHO),
                        values.get(SettingCatalog.REDIS_URL),
                        wantsRedis(values),
                        values.get(SettingCatalog.REDIS_TIMEOUT),
                        values.get(SettingCatalog.DATABASE_READERS),
                        values.get(SettingCatalog.DATABASE_BUSY_TIMEOUT),
                        values.get(SettingCatalog.DATABASE_POOL_SIZE),
                        values.get(SettingCatalog.DATABASE_MAX_OVERFLOW),
                        values.get(SettingCatalog.DATABASE_URL) instanceof DatabaseUrl.Sqlite
                                ? SQLITE_CHANGES : values.get(SettingCatalog.CHANGES_INTERVAL),
                        new Settings.Outbox(
                                values.get(SettingCatalog.NODE_NAME).orElse(Settings.Outbox.NO_NODE),
                                values.get(SettingCatalog.EVENTS_RETENTION))),
                new Settings.Caching(
                        values.get(SettingCatalog.DEFAULT_CACHE_TTL),
                        values.get(SettingCatalog.NEGATIVE_TTL),
                        values.get(SettingCatalog.NEAR_CACHE_BYTES),
                        Math.min(
                                values.get(SettingCatalog.NEAR_CACHE_BYTES), values.get(SettingCatalog.PRELOAD_BYTES)),
                        values.get(SettingCatalog.PRELOAD_TIMEOUT),
                        values.get(SettingCatalog.ALIAS_CACHE_BYTES),
                        values.get(SettingCatalog.KEY_CACHE_BYTES),
                        new Settings.Warming(
                                values.get(SettingCatalog.ENABLE_CACHE_WARMING),
                                values.get(SettingCatalog.WARMING_SCHEDULE),
                                values.get(SettingCatalog.WARMING_TOP),
                                Duration.ofDays(values.get(SettingCatalog.WARMING_DAYS)),
                                values.get(SettingCatalog.WARMING_FILE).map(directory::resolve)),
                        values.get(SettingCatalog.ENABLE_STALE_WHILE_REVALIDATE),
                        values.get(SettingCatalog.STALE_IF_SLOW),
                        values.get(SettingCatalog.UNKNOWN_PARAMETERS)),
                new Settings.Limiting(
                        values.get(SettingCatalog.ENABLE_RATE_LIMITING),
                        values.get(SettingCatalog.GLOBAL_RATE_LIMIT),
                        values.get(SettingCatalog.PER_ENDPOINT_RATE_LIMIT),
                        values.get(SettingCatalog.STRICT_RATE_LIMITING),
                        values.get(SettingCatalog.TIME_ZONE)),
                new Settings.Spending(
                        new Plan(
                                SettingTypes.micros(values.get(SettingCatalog.PLAN_FEE)),
                                values.get(SettingCatalog.PLAN_INCLUDED_CALLS),
                                SettingTypes.micros(values.get(SettingCatalog.PLAN_OVERAGE_PRICE)
                                        .orElse(values.get(SettingCatalog.PRICE_PER_CALL)))),
                        values.get(SettingCatalog.PLAN_BILLING_DAY),
                        new BudgetCap(
                                values.get(SettingCatalog.BUDGET_MONTHLY_CALLS)
                                        .map(Integer::longValue).orElse(BudgetCap.NO_LIMIT),
                                values.get(SettingCatalog.BUDGET_MONTHLY_DOLLARS)
                                        .map(SettingTypes::micros).orElse(BudgetCap.NO_LIMIT))),
                new Settings.Sandbox(values.get(SettingCatalog.SANDBOX), values.get(SettingCatalog.SANDBOX_PORT)),
                new Settings.Analytics(
                        values.get(SettingCatalog.ENABLE_ANALYTICS),
                        values.get(SettingCatalog.USAGE_ROWS_PER_SECOND),
                        values.get(SettingCatalog.USAGE_RETENTION),
                        values.get(SettingCatalog.USAGE_MINUTES_RETENTION),
                        values.get(SettingCatalog.ANONYMIZE_ADDRESSES)),
                new Settings.Metering(
                        values.get(SettingCatalog.ENABLE_METRICS), values.get(SettingCatalog.METRICS_PUBLIC)),
                new Settings.Logging(
                        values.get(SettingCatalog.DEBUG),
                        values.get(SettingCatalog.LOG_LEVEL),
                        values.get(SettingCatalog.LOG_FORMAT)),
                new Settings.Tracing(
                        values.get(SettingCatalog.TRACING), values.get(SettingCatalog.OTEL_EXPORTER_OTLP_ENDPOINT)),
                new Settings.Listening(
                        values.get(SettingCatalog.BUS_CONTROL),
                        new Settings.Bridge(
                                values.get(SettingCatalog.BRIDGE_HOST),
                                values.get(SettingCatalog.BRIDGE_PORT),
                                values.get(SettingCatalog.BRIDGE_CLIENTS),
                                values.get(SettingCatalog.BRIDGE_CONTROL)),
                        new Settings.Webhooks(
                                values.get(SettingCatalog.WEBHOOK_SECRET),
                                values.get(SettingCatalog.WEBHOOK_HTTP),
                                values.get(SettingCatalog.WEBHOOK_LINK_LOCAL),
                                values.get(SettingCatalog.WEBHOOK_TIMEOUT),
                                values.get(SettingCatalog.WEBHOOK_TRIES))),
                new Settings.Security(values.get(SettingCatalog.BOOTSTRAP_API_KEY)),
                EndpointOverrides.over(fileEndpoints, values),
                values.effective());
    }

    private static Settings.Cluster cluster(SettingValues values, Path directory) {
        return new Settings.Cluster(
                values.get(SettingCatalog.CLUSTER_ENABLED),
                values.get(SettingCatalog.ROLES),
                values.get(SettingCatalog.CLUSTER_NAME),
                values.get(SettingCatalog.CLUSTER_SEEDS),
                values.get(SettingCatalog.CLUSTER_KUBERNETES_SERVICE),
                values.get(SettingCatalog.CLUSTER_MULTICAST),
                values.get(SettingCatalog.CLUSTER_HOST),
                values.get(SettingCatalog.CLUSTER_PORT),
                values.get(SettingCatalog.CLUSTER_BUS_PORT),
                values.get(SettingCatalog.CLUSTER_PORT_COUNT),
                values.get(SettingCatalog.CLUSTER_PUBLIC_ADDRESS),
                values.get(SettingCatalog.CLUSTER_BUS_PUBLIC_ADDRESS),
                values.get(SettingCatalog.CLUSTER_TLS_CERT).map(certificate -> new Settings.BusTls(
                        directory.resolve(certificate),
                        directory.resolve(values.get(SettingCatalog.CLUSTER_TLS_KEY).orElseThrow()),
                        directory.resolve(values.get(SettingCatalog.CLUSTER_TLS_CA).orElseThrow()))));
    }
}

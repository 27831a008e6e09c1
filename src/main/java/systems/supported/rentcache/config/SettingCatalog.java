package systems.supported.rentcache.config;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static systems.supported.rentcache.config.Section.ANALYTICS;
import static systems.supported.rentcache.config.Section.CACHING;
import static systems.supported.rentcache.config.Section.CLUSTER;
import static systems.supported.rentcache.config.Section.LIMITING;
import static systems.supported.rentcache.config.Section.LISTENING;
import static systems.supported.rentcache.config.Section.LOGGING;
import static systems.supported.rentcache.config.Section.METRICS;
import static systems.supported.rentcache.config.Section.SECURITY;
import static systems.supported.rentcache.config.Section.SERVER;
import static systems.supported.rentcache.config.Section.SPENDING;
import static systems.supported.rentcache.config.Section.STORAGE;
import static systems.supported.rentcache.config.Section.UPSTREAM;
import static systems.supported.rentcache.config.SettingTypes.bytes;
import static systems.supported.rentcache.config.SettingTypes.choice;
import static systems.supported.rentcache.config.SettingTypes.dollars;
import static systems.supported.rentcache.config.SettingTypes.duration;
import static systems.supported.rentcache.config.SettingTypes.flag;
import static systems.supported.rentcache.config.SettingTypes.integer;
import static systems.supported.rentcache.config.SettingTypes.rate;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.peer.AddressBlock;
import systems.supported.rentcache.peer.ProxyHeader;

/**
 * Every setting there is, as data: what reads the values, what {@code config show} prints and what the documentation
 * says all come from here.
 *
 * <p>A setting that follows another stands after it, for they are resolved in this order.
 */
public final class SettingCatalog {

    private static final List<Setting<?>> ALL = new ArrayList<>();

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final int MOST_CALLS = 1_000_000_000;

    private static final SettingType<Duration> TTL = duration(ZERO, ofDays(365));

    static final Setting<String> HOST = add(Setting.of(SERVER, "HOST", "0.0.0.0", SettingTypes.host(),
            "The address to listen on. 0.0.0.0 is every IPv4 address of the machine."));
    static final Setting<Integer> PORT = add(Setting.of(SERVER, "PORT", "8000", integer(0, 65_535),
            "The TCP port to listen on. 0 takes any free one."));
    static final Setting<String> ADMIN_HOST = add(Setting.of(SERVER, "ADMIN_HOST", "127.0.0.1", SettingTypes.host(),
            "The address to listen on at ADMIN_PORT."));
    static final Setting<Optional<Integer>> ADMIN_PORT = add(Setting.of(SERVER, "ADMIN_PORT", "",
            integer(0, 65_535).optional(),
            "A TCP port for administration, metrics and dashboard, which PORT then does not serve. 0 takes any free one.")
            .defaultNote("none: PORT serves them"));
    static final Setting<Integer> EVENT_LOOPS = add(Setting.of(SERVER, "EVENT_LOOPS", cores(), integer(1, 1_024),
            "How many event loops serve requests.")
            .defaultNote("the number of processor cores"));
    static final Setting<List<String>> ALLOWED_HOSTS = add(Setting.of(SERVER, "ALLOWED_HOSTS", "*",
            SettingTypes.hosts(),
            "The names under which the server answers. A request with another Host header is refused."));
    static final Setting<List<String>> CORS_ORIGINS = add(Setting.of(SERVER, "CORS_ORIGINS", "none",
            SettingTypes.origins(),
            "The web sites whose pages may call the server from a browser."));
    static final Setting<Duration> IDLE_TIMEOUT = add(Setting.of(SERVER, "IDLE_TIMEOUT", "60s",
            duration(ofSeconds(1), ofDays(1)),
            "A connection on which nothing moves for so long is closed."));
    static final Setting<Integer> MAX_HEADER_SIZE = add(Setting.of(SERVER, "MAX_HEADER_SIZE", "16KiB", bytes(KIB, MIB),
            "The most that all headers of a request may take together."));
    static final Setting<Integer> MAX_REQUEST_LINE = add(Setting.of(SERVER, "MAX_REQUEST_LINE", "16KiB",
            bytes(KIB, MIB),
            "The most that a request's first line may take, which holds its path and query."));
    static final Setting<Integer> MAX_BODY = add(Setting.of(SERVER, "MAX_BODY", "1MiB", bytes(KIB, 256 * MIB),
            "The most that a request's body may take."));
    static final Setting<Duration> SHUTDOWN_GRACE = add(Setting.of(SERVER, "SHUTDOWN_GRACE", "10s",
            duration(ZERO, ofMinutes(10)),
            "How long requests under way may take to end when the server stops."));
    static final Setting<Optional<Path>> TLS_CERT = add(Setting.of(SERVER, "TLS_CERT", "",
            SettingTypes.path().optional(),
            "A PEM file with the server's certificate and those that vouch for it, the server's first. With it the server "
                    + "speaks HTTPS alone, at ADMIN_PORT too. A file that changes is read again within some seconds."));
    static final Setting<Optional<Path>> TLS_KEY = add(Setting.of(SERVER, "TLS_KEY", "",
            SettingTypes.path().optional(),
            "A PEM file with the private key of TLS_CERT, without a password."));
    static final Setting<List<AddressBlock>> TRUSTED_PROXIES = add(Setting.of(SERVER, "TRUSTED_PROXIES", "none",
            SettingTypes.addressBlocks(),
            "The proxies whose word is taken for whom they pass on, by address. It is the last address in PROXY_HEADER "
                    + "that is none of these."));
    static final Setting<ProxyHeader> PROXY_HEADER = add(Setting.of(SERVER, "PROXY_HEADER", "x-forwarded-for",
            choice(ProxyHeader.class),
            "The header in which TRUSTED_PROXIES say whom they pass on; the other one is not looked at."));
    static final Setting<Integer> MAX_CONNECTIONS = add(Setting.of(SERVER, "MAX_CONNECTIONS", "10000",
            integer(1, 1_000_000),
            "How many connections may be open at a time. Those past it are closed at once."));
    static final Setting<Integer> MAX_CONNECTIONS_PER_ADDRESS = add(Setting.of(SERVER, "MAX_CONNECTIONS_PER_ADDRESS",
            "2000", integer(1, 1_000_000),
            "How many of them one address may have, and one network of 64 bits of IPv6. It does not hold for "
                    + "TRUSTED_PROXIES."));

    static final Setting<Optional<String>> NODE_NAME = add(Setting.of(SERVER, "NODE_NAME", "",
            SettingTypes.nodeName().optional(),
            "What this node is called among the others, and in events.")
            .defaultNote("the machine's name and a short id, new at each start"));
    static final Setting<Integer> LIVE_STREAMS = add(Setting.of(SERVER, "LIVE_STREAMS", "100", integer(0, 10_000),
            "How many may follow the figures and events of /admin/v1/live at a time."));

    static final Setting<Boolean> CLUSTER_ENABLED = add(Setting.of(CLUSTER, "CLUSTER", "false", flag(),
            "Whether the node joins others by Hazelcast, which carries messages between them. What they agree on is in "
                    + "PostgreSQL and Redis.")
            .alias("CLUSTER_ENABLED"));
    static final Setting<Duration> SHUTDOWN_DRAIN = add(Setting.of(CLUSTER, "SHUTDOWN_DRAIN", "0s",
            duration(ZERO, ofMinutes(10)),
            "How long a server that stops still answers, while /health/ready says no and each answer is the last on its "
                    + "connection, so that load balancers go to another node and no request is lost.")
            .defaultNote("2s with CLUSTER, otherwise 0s")
            .following(CLUSTER_ENABLED, joined -> joined ? Optional.of("2s") : Optional.empty()));
    static final Setting<Set<Role>> ROLES = add(Setting.of(CLUSTER, "ROLES",
            String.join(",", Role.words(Role.ALL)), SettingTypes.roles(),
            "What the node does: the rest is done by the nodes of the cluster that have the roles for it."));
    static final Setting<String> CLUSTER_NAME = add(Setting.of(CLUSTER, "CLUSTER_NAME", "rentcache",
            SettingTypes.nodeName(),
            "Nodes join only those that call their cluster the same."));
    static final Setting<List<HostPort>> CLUSTER_SEEDS = add(Setting.of(CLUSTER, "CLUSTER_SEEDS", "none",
            SettingTypes.hostPorts(),
            "Where other nodes may be. One that is there is enough. Without a port the first three from CLUSTER_PORT "
                    + "on are tried."));
    static final Setting<Optional<String>> CLUSTER_KUBERNETES_SERVICE = add(Setting.of(CLUSTER,
            "CLUSTER_KUBERNETES_SERVICE", "", SettingTypes.host().optional(),
            "The DNS name of a headless Kubernetes service, such as rentcache.default.svc.cluster.local: each of its "
                    + "addresses is a node."));
    static final Setting<Boolean> CLUSTER_MULTICAST = add(Setting.of(CLUSTER, "CLUSTER_MULTICAST", "false", flag(),
            "Whether nodes are looked for by multicast, too. Whoever is on the network can then join."));
    static final Setting<Optional<String>> CLUSTER_HOST = add(Setting.of(CLUSTER, "CLUSTER_HOST", "",
            SettingTypes.host().optional(),
            "The address to listen on for other nodes, or a name that has it. It must be in a private network: "
                    + "Hazelcast's link is not encrypted.")
            .defaultNote("one of the machine's own addresses"));
    static final Setting<Integer> CLUSTER_PORT = add(Setting.of(CLUSTER, "CLUSTER_PORT", "5701", integer(1, 65_535),
            "The TCP port of Hazelcast's link: the first free one of CLUSTER_PORT_COUNT from here on."));
    static final Setting<Integer> CLUSTER_BUS_PORT = add(Setting.of(CLUSTER, "CLUSTER_BUS_PORT", "5751",
            integer(0, 65_535),
            "The TCP port of the event bus, found in the same way. 0 takes any free one."));
    static final Setting<Integer> CLUSTER_PORT_COUNT = add(Setting.of(CLUSTER, "CLUSTER_PORT_COUNT", "10",
            integer(1, 1_000),
            "How many ports are tried from CLUSTER_PORT and from CLUSTER_BUS_PORT on."));
    static final Setting<Optional<HostPort>> CLUSTER_PUBLIC_ADDRESS = add(Setting.of(CLUSTER,
            "CLUSTER_PUBLIC_ADDRESS", "", SettingTypes.hostPort().optional(),
            "Where other nodes reach CLUSTER_PORT, where that is another address than it listens on."));
    static final Setting<Optional<HostPort>> CLUSTER_BUS_PUBLIC_ADDRESS = add(Setting.of(CLUSTER,
            "CLUSTER_BUS_PUBLIC_ADDRESS", "", SettingTypes.hostPort().optional(),
            "Where other nodes reach CLUSTER_BUS_PORT.")
            .following(CLUSTER_PUBLIC_ADDRESS, place -> place.map(HostPort::shownHost)));
    static final Setting<Optional<Path>> CLUSTER_TLS_CERT = add(Setting.of(CLUSTER, "CLUSTER_TLS_CERT", "",
            SettingTypes.path().optional(),
            "The node's certificate for the event bus, in PEM: with it, its key and its authority, nodes speak TLS on "
                    + "the bus and each checks the other."));
    static final Setting<Optional<Path>> CLUSTER_TLS_KEY = add(Setting.of(CLUSTER, "CLUSTER_TLS_KEY", "",
            SettingTypes.path().optional(),
            "The private key of CLUSTER_TLS_CERT, in PEM."));
    static final Setting<Optional<Path>> CLUSTER_TLS_CA = add(Setting.of(CLUSTER, "CLUSTER_TLS_CA", "",
            SettingTypes.path().optional(),
            "The certificate of the authority that all nodes' certificates are from, in PEM."));
    static final Setting<Boolean> BUDGET_PER_NODE = add(Setting.of(CLUSTER, "BUDGET_PER_NODE", "false", flag(),
            "With CLUSTER and SQLite, whether each node may spend the whole budget by itself."));

    static final Setting<List<Secret>> RENTCAST_API_KEY = add(Setting.of(UPSTREAM, "RENTCAST_API_KEY", "",
            SettingTypes.secrets(),
            "The key of the Rentcast account that pays. Several keys of one account share its bill, and each may make "
                    + "20 calls a second."));
    static final Setting<URI> RENTCAST_BASE_URL = add(Setting.of(UPSTREAM, "RENTCAST_BASE_URL",
            "https://api.rentcast.io", SettingTypes.webUrl(),
            "Rentcast's address without /v1, as the original RentCache has it. RENTCAST_API_URL wins over it."));
    static final Setting<URI> RENTCAST_API_URL = add(Setting.of(UPSTREAM, "RENTCAST_API_URL",
            "https://api.rentcast.io/v1", SettingTypes.webUrl(),
            "Rentcast's address, with /v1.")
            .following(RENTCAST_BASE_URL, base -> Optional.of(versioned(base))));
    static final Setting<Duration> RENTCAST_TIMEOUT = add(Setting.of(UPSTREAM, "RENTCAST_TIMEOUT", "30",
            duration(ofMillis(100), ofMinutes(10)),
            "How long one call to Rentcast may take."));
    static final Setting<Integer> RENTCAST_MAX_RETRIES = add(Setting.of(UPSTREAM, "RENTCAST_MAX_RETRIES", "3",
            integer(0, 10),
            "How often a call that failed is tried again."));
    static final Setting<UpstreamKey> UPSTREAM_KEY = add(Setting.of(UPSTREAM, "UPSTREAM_KEY", "shared",
            choice(UpstreamKey.class),
            "Whose key goes to Rentcast: with shared, RENTCAST_API_KEY; with consumer, the token that the caller "
                    + "sent."));
    static final Setting<Boolean> SHARE_ACROSS_ACCOUNTS = add(Setting.of(UPSTREAM, "SHARE_ACROSS_ACCOUNTS", "false",
            flag(),
            "With UPSTREAM_KEY=consumer, whether an answer that one account paid for is given to the others too."));
    static final Setting<Rate> UPSTREAM_RATE_LIMIT = add(Setting.of(UPSTREAM, "UPSTREAM_RATE_LIMIT", "20/second",
            SettingTypes.ratePerSecond(),
            "How many calls are made with one Rentcast key. Those past it wait. Rentcast refuses more than 20 a "
                    + "second."));
    static final Setting<Integer> UPSTREAM_QUEUE = add(Setting.of(UPSTREAM, "UPSTREAM_QUEUE", "1000",
            integer(1, 100_000),
            "How many calls may wait for their turn under UPSTREAM_RATE_LIMIT. The consumers' keys take turns; what is "
                    + "past it, or would wait longer than 10 seconds, is answered 503."));
    static final Setting<Integer> UPSTREAM_CONNECTIONS = add(Setting.of(UPSTREAM, "UPSTREAM_CONNECTIONS", "100",
            integer(1, 10_000),
            "How many connections to Rentcast may be open at once. Where Rentcast offers HTTP/2, one connection "
                    + "carries all calls, and this is how many are made at once."));
    static final Setting<Integer> UPSTREAM_IDLE_CONNECTIONS = add(Setting.of(UPSTREAM, "UPSTREAM_IDLE_CONNECTIONS",
            "20", integer(0, 10_000),
            "How many connections to Rentcast are kept open when no call needs them, each for at most 30 seconds. One "
                    + "that carries HTTP/2 is kept in any case."));
    static final Setting<Long> MAX_CACHED_BODY = add(Setting.of(UPSTREAM, "MAX_CACHED_BODY", "16MiB", bytes(KIB, GIB),
            "The largest answer that is kept. A larger one is passed on only."));
    static final Setting<BigDecimal> PRICE_PER_CALL = add(Setting.of(UPSTREAM, "PRICE_PER_CALL", "0.03", dollars(),
            "What one call to Rentcast is taken to cost, in dollars, in figures of what was spent and saved. Budgets "
                    + "go by the plan, where there is one."));

    static final Setting<DatabaseUrl> DATABASE_URL = add(Setting.of(STORAGE, "DATABASE_URL",
            "sqlite:///./data/rentcache.db", SettingTypes.databaseUrl(),
            "The database: SQLite in a file, or PostgreSQL. A path after three slashes begins at the working "
                    + "directory, after four it is absolute. PostgreSQL's password stands in it percent-encoded; "
                    + "?sslmode= takes disable, prefer, require and verify-full."));
    static final Setting<Boolean> DATABASE_ECHO = add(Setting.of(STORAGE, "DATABASE_ECHO", "false", flag(),
            "Whether SQL statements are logged."));
    static final Setting<Integer> DATABASE_READERS = add(Setting.of(STORAGE, "DATABASE_READERS", "4", integer(1, 64),
            "How many connections read from SQLite; as many more look kept answers up, and one writes."));
    static final Setting<Integer> DATABASE_POOL_SIZE = add(Setting.of(STORAGE, "DATABASE_POOL_SIZE", "20",
            integer(1, 1_000),
            "How many connections to PostgreSQL read; statements share them."));
    static final Setting<Integer> DATABASE_MAX_OVERFLOW = add(Setting.of(STORAGE, "DATABASE_MAX_OVERFLOW", "30",
            integer(0, 1_000),
            "How many connections to PostgreSQL write, besides those that read; two more keep the budgets."));
    static final Setting<Duration> CHANGES_INTERVAL = add(Setting.of(STORAGE, "CHANGES_INTERVAL", "1s",
            duration(ofMillis(50), ofSeconds(5)),
            "How often PostgreSQL is asked for revoked keys and invalidated answers that it did not tell of. It tells "
                    + "of them at once, but a message may be lost. SQLite cannot tell, and is asked every 100 ms."));
    static final Setting<Duration> EVENTS_RETENTION = add(Setting.of(STORAGE, "EVENTS_RETENTION", "7d",
            duration(ZERO, ofDays(365)),
            "How long events are kept in the database for programs that fetch them. 0 keeps none; they are then told on "
                    + "the event bus alone."));
    static final Setting<Optional<DatabaseUrl>> DATABASE_READ_URL = add(Setting.of(STORAGE, "DATABASE_READ_URL", "",
            SettingTypes.databaseUrl().optional(),
            "A read replica of PostgreSQL, which answers reports; only where DATABASE_URL is PostgreSQL, too."));
    static final Setting<Duration> DATABASE_BUSY_TIMEOUT = add(Setting.of(STORAGE, "DATABASE_BUSY_TIMEOUT", "2s",
            duration(ZERO, ofMinutes(1)),
            "How long a statement waits for a lock that another process holds."));
    static final Setting<Optional<Secret>> REDIS_URL = add(Setting.of(STORAGE, "REDIS_URL", "",
            SettingTypes.redisUrl().optional(),
            "The Redis server that nodes share answers through: redis://USER:PASSWORD@HOST:PORT/NUMBER, rediss:// for "
                    + "TLS; for Sentinel HOST,HOST/NUMBER?sentinel=NAME, for Redis Cluster HOST,HOST?cluster=true."));
    static final Setting<Boolean> REDIS_ENABLED = add(Setting.of(STORAGE, "REDIS_ENABLED", "false", flag(),
            "Whether Redis is used. Where it is not set, Redis is used when there is a REDIS_URL.")
            .following(REDIS_URL, url -> url.map(given -> "true")));
    static final Setting<Boolean> ENABLE_REDIS_CACHE = add(Setting.of(STORAGE, "ENABLE_REDIS_CACHE", "false", flag(),
            "Whether Redis is used: one more name of the original RentCache for REDIS_ENABLED, which wins over it.")
            .following(REDIS_ENABLED, enabled -> Optional.of(enabled.toString())));
    static final Setting<Duration> REDIS_TIMEOUT = add(Setting.of(STORAGE, "REDIS_TIMEOUT", "50ms",
            duration(ofMillis(1), ofSeconds(10)),
            "How long Redis may take for a look-up. One that takes longer is answered from the database."));

    static final Setting<Duration> DEFAULT_CACHE_TTL = add(Setting.of(CACHING, "DEFAULT_CACHE_TTL", "3600", TTL,
            "How long an answer is fresh where its endpoint does not say."));
    static final Setting<Optional<Duration>> EXPENSIVE_ENDPOINTS_TTL = add(Setting.of(CACHING,
            "EXPENSIVE_ENDPOINTS_TTL", "", TTL.optional(),
            "How long property records are fresh, as the original RentCache has it. TTL_PROPERTIES wins over it."));
    static final Setting<Duration> NEGATIVE_TTL = add(Setting.of(CACHING, "NEGATIVE_TTL", "10m", TTL,
            "How long it is remembered that Rentcast found nothing."));
    static final Setting<Long> NEAR_CACHE_BYTES = add(Setting.of(CACHING, "NEAR_CACHE_BYTES", ofHeap(4, 64),
            bytes(0, TIB),
            "How much of the heap holds answers. Keep it below half of what -Xmx allows.")
            .defaultNote("a quarter of the heap, at least 64MiB"));
    static final Setting<Long> PRELOAD_BYTES = add(Setting.of(CACHING, "PRELOAD_BYTES", half(ofHeap(4, 64)),
            bytes(0, TIB),
            "How much of NEAR_CACHE_BYTES the most used fresh answers of the database fill after a start. 0 loads "
                    + "none.")
            .defaultNote("half of NEAR_CACHE_BYTES")
            .following(NEAR_CACHE_BYTES, near -> Optional.of(half(near.toString()))));
    static final Setting<Duration> PRELOAD_TIMEOUT = add(Setting.of(CACHING, "PRELOAD_TIMEOUT", "10s",
            duration(ofMillis(1), ofMinutes(10)),
            "How long answers are loaded after a start; requests are answered meanwhile."));
    static final Setting<Long> ALIAS_CACHE_BYTES = add(Setting.of(CACHING, "ALIAS_CACHE_BYTES", ofHeap(16, 16),
            bytes(0, TIB),
            "How much of the heap remembers which spelling of a request asks which question.")
            .defaultNote("a sixteenth of the heap, at least 16MiB"));
    static final Setting<Long> KEY_CACHE_BYTES = add(Setting.of(CACHING, "KEY_CACHE_BYTES", ofHeap(16, 16),
            bytes(MIB, TIB),
            "How much of the heap holds API keys that are in use; a key takes about 1KiB. For a request with a key that is "
                    + "not held the database is asked.")
            .defaultNote("a sixteenth of the heap, at least 16MiB"));
    static final Setting<UnknownParameters> UNKNOWN_PARAMETERS = add(Setting.of(CACHING, "UNKNOWN_PARAMETERS", "pass",
            choice(UnknownParameters.class),
            "What becomes of a query parameter that is not in the catalog: pass sends it on as it is, refuse answers "
                    + "400."));
    static final Setting<Boolean> ENABLE_CACHE_WARMING = add(Setting.of(CACHING, "ENABLE_CACHE_WARMING", "false",
            flag(),
            "Whether questions in demand are asked again before their answers are stale, at the times of "
                    + "WARMING_SCHEDULE: those of WARMING_TOP, and those of WARMING_FILE."));
    static final Setting<String> WARMING_SCHEDULE = add(Setting.of(CACHING, "WARMING_SCHEDULE", "0 5 * * *",
            SettingTypes.cron(),
            "When, in the form of cron, on the clock of TIME_ZONE: minute, hour, day of the month, month, day of the "
                    + "week. A time that the clock leaves out in spring is left out."));
    static final Setting<Integer> WARMING_TOP = add(Setting.of(CACHING, "WARMING_TOP", "100", integer(0, 100_000),
            "How many of the most asked questions are looked at. Those are asked again whose answers are stale, or "
                    + "will be within an hour."));
    static final Setting<Integer> WARMING_DAYS = add(Setting.of(CACHING, "WARMING_DAYS", "7", integer(1, 365),
            "Only questions whose kept answer was given again within so many days are among them."));
    static final Setting<Optional<Path>> WARMING_FILE = add(Setting.of(CACHING, "WARMING_FILE", "",
            SettingTypes.path().optional(),
            "A file with further requests, one a line, such as /v1/properties?zipCode=78244. It is read each time."));
    static final Setting<Boolean> ENABLE_STALE_WHILE_REVALIDATE = add(Setting.of(CACHING,
            "ENABLE_STALE_WHILE_REVALIDATE", "true", flag(),
            "Whether a stale answer is served at once while a fresh one is fetched in the background: for as long again as "
                    + "it was fresh, or for the endpoint's staleWhileRevalidate where that is shorter."));
    static final Setting<Duration> STALE_IF_SLOW = add(Setting.of(CACHING, "STALE_IF_SLOW", "2s",
            duration(ofMillis(10), ofMinutes(10)),
            "How long Rentcast is waited for where a stale answer may be served in its place."));

    static final Setting<Boolean> ENABLE_RATE_LIMITING = add(Setting.of(LIMITING, "ENABLE_RATE_LIMITING", "true",
            flag(),
            "Whether the requests of a key are limited."));
    static final Setting<Rate> GLOBAL_RATE_LIMIT = add(Setting.of(LIMITING, "GLOBAL_RATE_LIMIT", "1000/hour", rate(),
            "How many requests one key may make, whatever the endpoint."));
    static final Setting<Rate> PER_ENDPOINT_RATE_LIMIT = add(Setting.of(LIMITING, "PER_ENDPOINT_RATE_LIMIT",
            "100/minute", rate(),
            "How many requests one key may make to an endpoint that has no limit of its own."));
    static final Setting<Boolean> STRICT_RATE_LIMITING = add(Setting.of(LIMITING, "STRICT_RATE_LIMITING", "false",
            flag(),
            "Whether Redis counts every request, where there is one, and requests are refused while it is away."));
    static final Setting<ZoneId> TIME_ZONE = add(Setting.of(LIMITING, "TIME_ZONE", "UTC", SettingTypes.zone(),
            "The time zone in which the days and months of quotas begin, and the plan's billing months; also that of "
                    + "WARMING_SCHEDULE.")
            .alias("TIMEZONE"));

    static final Setting<Optional<Plan.Preset>> PLAN = add(Setting.of(SPENDING, "PLAN", "",
            choice(Plan.Preset.class).optional(),
            "The Rentcast plan of the account, which gives PLAN_FEE, PLAN_INCLUDED_CALLS and PLAN_OVERAGE_PRICE as "
                    + "they were in 2026. Each of them wins over it."));
    static final Setting<BigDecimal> PLAN_FEE = add(Setting.of(SPENDING, "PLAN_FEE", "0", dollars(),
            "What the plan costs a month before any call past the included ones, in dollars.")
            .alias("PLAN_MONTHLY_FEE")
            .following(PLAN, named -> named.map(preset -> dollarsText(preset.plan().feeMicros()))));
    static final Setting<Integer> PLAN_INCLUDED_CALLS = add(Setting.of(SPENDING, "PLAN_INCLUDED_CALLS", "0",
            integer(0, MOST_CALLS),
            "How many calls a billing month the fee pays for.")
            .following(PLAN, named -> named.map(preset -> String.valueOf(preset.plan().includedCalls()))));
    static final Setting<Optional<BigDecimal>> PLAN_OVERAGE_PRICE = add(Setting.of(SPENDING, "PLAN_OVERAGE_PRICE", "",
            dollars().optional(),
            "What each call past the included ones costs, in dollars. PRICE_PER_CALL where neither it nor PLAN is set.")
            .following(PLAN, named -> named.map(preset -> dollarsText(preset.plan().overagePriceMicros()))));
    static final Setting<Integer> PLAN_BILLING_DAY = add(Setting.of(SPENDING, "PLAN_BILLING_DAY", "1",
            integer(1, BillingMonth.LAST_DAY),
            "The day of the month on which the plan's billing months begin: that on which it was activated. A month "
                    + "without that day has it as its last one."));
    static final Setting<Optional<Integer>> BUDGET_MONTHLY_CALLS = add(Setting.of(SPENDING, "BUDGET_MONTHLY_CALLS", "",
            integer(0, MOST_CALLS).optional(),
            "How many billed calls a billing month the account may make. Unset is no limit; 'budget set' wins over "
                    + "it."));
    static final Setting<Optional<BigDecimal>> BUDGET_MONTHLY_DOLLARS = add(Setting.of(SPENDING,
            "BUDGET_MONTHLY_DOLLARS", "", dollars().optional(),
            "What the account's bill of a billing month may come to, its fee included. Unset is no limit; 'budget set' "
                    + "wins over it."));

    static final Setting<Boolean> SANDBOX = add(Setting.of(Section.SANDBOX, "SANDBOX", "false", flag(),
            "Whether a Rentcast of RentCache's own answers in place of the real one: no key, no cost, invented data.")
            .alias("SANDBOX_ENABLED"));
    static final Setting<Integer> SANDBOX_PORT = add(Setting.of(Section.SANDBOX, "SANDBOX_PORT", "8010",
            integer(0, 65_535),
            "The TCP port of the sandbox. 0 takes any free one."));

    static final Setting<Boolean> ENABLE_ANALYTICS = add(Setting.of(ANALYTICS, "ENABLE_ANALYTICS", "true", flag(),
            "Whether usage is recorded."));
    static final Setting<Integer> USAGE_ROWS_PER_SECOND = add(Setting.of(ANALYTICS, "USAGE_ROWS_PER_SECOND", "200",
            integer(0, 100_000),
            "How many requests a second are recorded one by one. Those past it are only counted."));
    static final Setting<Duration> USAGE_RETENTION = add(Setting.of(ANALYTICS, "USAGE_RETENTION", "90d",
            duration(ofDays(1), ofDays(3_650)),
            "How long the record of a request is kept."));
    static final Setting<Duration> USAGE_MINUTES_RETENTION = add(Setting.of(ANALYTICS, "USAGE_MINUTES_RETENTION", "7d",
            duration(ofDays(1), ofDays(3_650)),
            "How long usage is kept summed by the minute. Summed by hour and day it is kept for good."));
    static final Setting<Boolean> ANONYMIZE_ADDRESSES = add(Setting.of(ANALYTICS, "ANONYMIZE_ADDRESSES", "false",
            flag(),
            "Whether the callers' IP addresses are shortened before they are recorded."));

    static final Setting<Boolean> ENABLE_METRICS = add(Setting.of(METRICS, "ENABLE_METRICS", "true", flag(),
            "Whether the server counts what it does, and answers with it at /metrics."));
    static final Setting<Boolean> METRICS_PUBLIC = add(Setting.of(METRICS, "METRICS_PUBLIC", "false", flag(),
            "Whether /metrics needs no administrator's key."));

    static final Setting<Boolean> DEBUG = add(Setting.of(LOGGING, "DEBUG", "false", flag(),
            "Whether the log is written for the search of a fault: LOG_LEVEL is DEBUG where it is not set."));
    static final Setting<String> LOG_LEVEL = add(Setting.of(LOGGING, "LOG_LEVEL", "INFO",
            SettingTypes.word(
                    List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR"), Map.of("WARNING", "WARN", "CRITICAL", "ERROR")),
            "From which level on a line is written to the log.")
            .following(DEBUG, debug -> debug ? Optional.of("DEBUG") : Optional.empty()));
    static final Setting<LogFormat> LOG_FORMAT = add(Setting.of(LOGGING, "LOG_FORMAT", "text", choice(LogFormat.class),
            "How a line of the log is written: text for people, json for machines."));
    static final Setting<TraceExport> TRACING = add(Setting.of(LOGGING, "TRACING", "off", choice(TraceExport.class),
            "Where traces of requests go: otlp sends them to an OpenTelemetry collector. With off a request's "
                    + "traceparent is still passed on to Rentcast."));
    static final Setting<URI> OTEL_EXPORTER_OTLP_ENDPOINT = add(Setting.of(LOGGING, "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://localhost:4318", SettingTypes.webUrl(),
            "The collector's address for OTLP over HTTP, without /v1/traces."));

    static final Setting<Boolean> BUS_CONTROL = add(Setting.of(LISTENING, "BUS_CONTROL", "false", flag(),
            "Whether programs on the event bus may invalidate, explain and warm by request and reply, with an "
                    + "administrator's key in each message."));
    static final Setting<String> BRIDGE_HOST = add(Setting.of(LISTENING, "BRIDGE_HOST", "127.0.0.1",
            SettingTypes.host(),
            "The address to listen on at BRIDGE_PORT."));
    static final Setting<Optional<Integer>> BRIDGE_PORT = add(Setting.of(LISTENING, "BRIDGE_PORT", "",
            integer(0, 65_535).optional(),
            "A TCP port at which programs outside of the cluster hear events, by the protocol of Vert.x's TCP event bus "
                    + "bridge. 0 takes any free one.")
            .defaultNote("none: there is no bridge"));
    static final Setting<Integer> BRIDGE_CLIENTS = add(Setting.of(LISTENING, "BRIDGE_CLIENTS", "100",
            integer(1, 10_000),
            "How many may be connected to BRIDGE_PORT at a time."));
    static final Setting<Boolean> BRIDGE_CONTROL = add(Setting.of(LISTENING, "BRIDGE_CONTROL", "false", flag(),
            "With BUS_CONTROL, whether its calls may come over BRIDGE_PORT, too."));

    static final Setting<Optional<Secret>> WEBHOOK_SECRET = add(Setting.of(LISTENING, "WEBHOOK_SECRET", "",
            SettingTypes.secret(32, 256).optional(),
            "What the secrets of all webhooks are made from, the same on all nodes. Another one changes them all. "
                    + "Without it there are no webhooks."));
    static final Setting<Boolean> WEBHOOK_HTTP = add(Setting.of(LISTENING, "WEBHOOK_HTTP", "false", flag(),
            "Whether webhooks may have http:// addresses, which others can read on the way."));
    static final Setting<Boolean> WEBHOOK_LINK_LOCAL = add(Setting.of(LISTENING, "WEBHOOK_LINK_LOCAL", "false", flag(),
            "Whether webhooks may go to link-local addresses, and to those where clouds tell their machines' "
                    + "secrets."));
    static final Setting<Duration> WEBHOOK_TIMEOUT = add(Setting.of(LISTENING, "WEBHOOK_TIMEOUT", "10s",
            duration(ofMillis(100), ofMinutes(1)),
            "How long a webhook may take to answer."));
    static final Setting<Integer> WEBHOOK_TRIES = add(Setting.of(LISTENING, "WEBHOOK_TRIES", "10", integer(1, 100),
            "How often the same events are sent to a webhook that does not take them, before they are given up: after "
                    + "5 seconds, then after twice as long each time, and after an hour at most."));

    static final Setting<Optional<Secret>> BOOTSTRAP_API_KEY = add(Setting.of(SECURITY, "BOOTSTRAP_API_KEY", "",
            SettingTypes.secret(32, 256).optional(),
            "An administrator's key that is there from the first start."));
    static final Setting<Rate> BAD_KEY_LIMIT = add(Setting.of(SECURITY, "BAD_KEY_LIMIT", "60/minute", rate(),
            "How many unknown keys an address, or a network of 64 bits of IPv6, may try. Those past it are refused "
                    + "unseen; keys that are known work all the same."));

    /**
     * The settings that one endpoint has to itself.
     *
     * @param endpoint the endpoint's name in the catalog of endpoints
     * @param ttl      how long its answers are fresh
     * @param limit    how many requests a key may make to it
     * @param cost     what a call to it is shown to cost, in dollars
     */
    record EndpointSettings(
            String endpoint,
            Setting<Optional<Duration>> ttl,
            Setting<Optional<Rate>> limit,
            Setting<Optional<BigDecimal>> cost) {
    }

    static final List<EndpointSettings> ENDPOINTS = Stream.of(
                    "properties", "properties_random", "value_estimate", "rent_estimate", "listings_sale",
                    "listings_rental", "market_stats", "comparables")
            .map(SettingCatalog::endpointSettings)
            .toList();

    private static final Map<String, Setting<?>> BY_NAME = byName();

    private SettingCatalog() {
    }

    /** Every setting, in the order in which people read about them. */
    public static List<Setting<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /**
     * The setting of a name or an alias.
     *
     * @param name the name; letter case does not matter, nor whether it is written with {@code -} or {@code _}
     */
    public static Optional<Setting<?>> find(String name) {
        return Optional.ofNullable(BY_NAME.get(SettingNames.canonical(name)));
    }

    /** Every name and alias. */
    static Set<String> names() {
        return BY_NAME.keySet();
    }

    private static <T> Setting<T> add(Setting<T> setting) {
        ALL.add(setting);
        return setting;
    }

    private static EndpointSettings endpointSettings(String endpoint) {
        String suffix = "_" + endpoint.toUpperCase(Locale.ROOT);
        Setting<Optional<Duration>> ttl = Setting.of(Section.ENDPOINTS, "TTL" + suffix, "", TTL.optional(),
                "How long answers of the endpoint " + endpoint + " are fresh.");
        return new EndpointSettings(
                endpoint,
                add(endpoint.equals("properties")
                        ? ttl.following(EXPENSIVE_ENDPOINTS_TTL, value -> value.map(SettingTypes::time))
                        : ttl),
                add(Setting.of(Section.ENDPOINTS, "RATE_LIMIT" + suffix, "", rate().optional(),
                        "How many requests one key may make to the endpoint " + endpoint + ".")),
                add(Setting.of(Section.ENDPOINTS, "COST" + suffix, "", dollars().optional(),
                        "What a call to the endpoint " + endpoint + " is shown to cost, in dollars.")));
    }

    private static Map<String, Setting<?>> byName() {
        Map<String, Setting<?>> settings = new HashMap<>();
        for (Setting<?> setting : ALL) {
            Stream.concat(Stream.of(setting.name()), setting.aliases().stream()).forEach(name -> {
                if (settings.put(name, setting) != null) {
                    throw new IllegalStateException(name + " names two settings");
                }
            });
        }
        return Map.copyOf(settings);
    }

    private static String versioned(URI base) {
        return base.getPath().endsWith("/v1") ? base.toString() : base + "/v1";
    }

    private static String dollarsText(long micros) {
        return BigDecimal.valueOf(micros, SettingTypes.MICRO_DIGITS).stripTrailingZeros().toPlainString();
    }

    private static String cores() {
        return String.valueOf(Runtime.getRuntime().availableProcessors());
    }

    private static String half(String bytes) {
        return String.valueOf(Long.parseLong(bytes) / 2);
    }

    /** A share of the heap, at least so many MiB. */
    private static String ofHeap(int share, long least) {
        return String.valueOf(Math.max(least * MIB, Runtime.getRuntime().maxMemory() / share));
    }
}

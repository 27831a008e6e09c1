package systems.supported.rentcache.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import systems.supported.rentcache.config.SettingsException.Problem;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.peer.TrustedProxies;

/**
 * All settings, checked. What each means, its default and its range stand in {@link SettingCatalog}. Immutable, and
 * fit to be printed: secrets mask themselves.
 *
 * @param server    how the server listens
 * @param inbound   whom the server lets in
 * @param node      what the server is among others
 * @param cluster   the nodes that it joins
 * @param upstream  how Rentcast is called
 * @param storage   where keys, usage and answers are kept
 * @param caching   how long answers are kept
 * @param limiting  how many requests a key may make
 * @param spending  what may be spent on Rentcast
 * @param sandbox   the Rentcast that costs nothing
 * @param analytics what is recorded about requests
 * @param metrics   what is measured of the server
 * @param logging   what is written to the log
 * @param tracing   where traces go
 * @param listening who hears events and who may call over the event bus
 * @param security  keys of the server itself
 * @param endpoints the file's {@code endpoints} section as it was read, with the settings for single endpoints merged
 *                  over it: endpoint name to a map of {@code ttl} (a text such as {@code 3600s}), {@code limit} (a text
 *                  such as {@code 60/minute}), {@code estimatedCost} (a number of dollars) and whatever the file holds
 * @param effective each setting as it is in force, in the catalog's order
 */
public record Settings(
        Server server,
        Inbound inbound,
        Node node,
        Cluster cluster,
        Upstream upstream,
        Storage storage,
        Caching caching,
        Limiting limiting,
        Spending spending,
        Sandbox sandbox,
        Analytics analytics,
        Metering metrics,
        Logging logging,
        Tracing tracing,
        Listening listening,
        Security security,
        Map<String, Object> endpoints,
        List<EffectiveSetting> effective) {

    /**
     * How the server listens.
     *
     * @param host                the address to listen on
     * @param port                the TCP port; 0 for any free one
     * @param adminHost           the address to listen on at the admin port
     * @param adminPort           the TCP port of administration, 0 for any free one; empty where it has none of its own
     * @param eventLoops          how many event loops serve, at least 1
     * @param corsOrigins         origins whose pages may call; empty for none, {@code *} for all
     * @param allowedHosts        names under which the server answers; {@code *} for all
     * @param idleTimeout         after which a silent connection is closed, at least a second
     * @param maxHeaderBytes      the most bytes that a request's headers may take together
     * @param maxInitialLineBytes the most bytes that a request's first line may take
     * @param maxBodyBytes        the most bytes that a request's body may take
     * @param shutdownDrain       how long requests are still answered at the stop, so that load balancers go elsewhere
     * @param shutdownGrace       how long requests under way may take to end after that
     */
    public record Server(
            String host,
            int port,
            String adminHost,
            Optional<Integer> adminPort,
            int eventLoops,
            List<String> corsOrigins,
            List<String> allowedHosts,
            Duration idleTimeout,
            int maxHeaderBytes,
            int maxInitialLineBytes,
            int maxBodyBytes,
            Duration shutdownDrain,
            Duration shutdownGrace) {
    }

    /**
     * Whom the server lets in, on both ports.
     *
     * @param tls                   its certificate; empty where it speaks HTTP in the clear
     * @param proxies               whose word is taken for a consumer's address
     * @param connections           how many may be open at a time, at least 1
     * @param connectionsPerAddress how many of them one address may have, at least 1
     * @param badKeys               how many unknown keys an address may try
     */
    public record Inbound(
            Optional<Tls> tls, TrustedProxies proxies, int connections, int connectionsPerAddress, Rate badKeys) {
    }

    /**
     * Files by which the server proves who it is.
     *
     * @param certificate the certificate and those that vouch for it, in PEM
     * @param key         its private key, in PEM
     */
    public record Tls(Path certificate, Path key) {
    }

    /**
     * What the server is among others.
     *
     * @param name        its name; empty for one of its own making
     * @param liveStreams how many may follow its figures and events at a time
     */
    public record Node(Optional<String> name, int liveStreams) {
    }

    /**
     * The nodes that this one joins, and what it does among them.
     *
     * @param enabled           whether it joins any
     * @param roles             what it does itself; without a cluster, all
     * @param name              what the cluster is called
     * @param seeds             where other nodes may be
     * @param kubernetesService the DNS name whose addresses are nodes
     * @param multicast         whether nodes are looked for by multicast
     * @param host              the address to listen on; empty for one of the machine's own
     * @param port              the first port to try for Hazelcast
     * @param busPort           the first port to try for the event bus; 0 for any free one
     * @param ports             how many ports to try, at least 1
     * @param publicAddress     where others reach Hazelcast's port
     * @param busPublicAddress  where others reach the event bus
     * @param tls               with what the event bus is encrypted
     */
    public record Cluster(
            boolean enabled,
            Set<Role> roles,
            String name,
            List<HostPort> seeds,
            Optional<String> kubernetesService,
            boolean multicast,
            Optional<String> host,
            int port,
            int busPort,
            int ports,
            Optional<HostPort> publicAddress,
            Optional<HostPort> busPublicAddress,
            Optional<BusTls> tls) {
    }

    /**
     * With what the event bus is encrypted; all files in PEM.
     *
     * @param certificate the node's certificate
     * @param key         its private key
     * @param authority   the certificate that other nodes' certificates are checked by
     */
    public record BusTls(Path certificate, Path key, Path authority) {
    }

    /**
     * How Rentcast is called.
     *
     * @param url                 the address, with {@code /v1} and without a slash at its end
     * @param apiKeys             the account's keys; may be empty, see {@link Settings#requireUpstream}
     * @param keyMode             whose key goes upstream
     * @param shareAcrossAccounts whether consumers with keys of their own share answers
     * @param timeout             of one call
     * @param maxRetries          how often a failed call is tried again, from 0
     * @param maxConnections      how many connections may be open, at least 1
     * @param maxIdleConnections  how many of them may be unused, at most {@code maxConnections}
     * @param rateLimit           calls with one key
     * @param queue               how many calls may wait for their turn, at least 1
     * @param maxCachedBodyBytes  the largest answer that is kept
     * @param pricePerCallMicros  what one billed call costs, in millionths of a dollar
     */
    public record Upstream(
            URI url,
            List<Secret> apiKeys,
            UpstreamKey keyMode,
            boolean shareAcrossAccounts,
            Duration timeout,
            int maxRetries,
            int maxConnections,
            int maxIdleConnections,
            Rate rateLimit,
            int queue,
            long maxCachedBodyBytes,
            long pricePerCallMicros) {
    }

    /**
     * Where keys, usage and answers are kept.
     *
     * @param database     the database; a relative path is taken from the working directory
     * @param replica      a read replica of PostgreSQL, for reports
     * @param echo         whether SQL statements are logged
     * @param redisUrl     Redis
     * @param redisEnabled whether Redis is used; then there is a URL
     * @param redisTimeout how long Redis may take for a look-up
     * @param readers      how many connections read from SQLite, at least 1
     * @param busyTimeout  how long a statement waits for another process's lock on SQLite's file
     * @param poolSize     how many connections to PostgreSQL read, at least 1
     * @param maxOverflow  how many write, besides those
     * @param changesInterval  how often the database is asked for changes of other processes
     * @param outbox       how events are kept
     */
    public record Storage(
            DatabaseUrl database,
            Optional<DatabaseUrl.Postgresql> replica,
            boolean echo,
            Optional<Secret> redisUrl,
            boolean redisEnabled,
            Duration redisTimeout,
            int readers,
            Duration busyTimeout,
            int poolSize,
            int maxOverflow,
            Duration changesInterval,
            Outbox outbox) {

        /** The same for a command that makes one use after another. */
        public Storage withFewConnections() {
            return new Storage(
                    database, replica, echo, redisUrl, redisEnabled, redisTimeout, 1, busyTimeout, 1, 1, changesInterval,
                    outbox);
        }

        /** The same for the node of a name. */
        public Storage ofNode(String name) {
            return new Storage(
                    database, replica, echo, redisUrl, redisEnabled, redisTimeout, readers, busyTimeout, poolSize,
                    maxOverflow, changesInterval, new Outbox(name, outbox.retention));
        }
    }

    /**
     * How events are kept in the database.
     *
     * @param node      in whose name
     * @param retention how long; zero for not at all
     */
    public record Outbox(String node, Duration retention) {
        /** Who changes something and is no node with a name, such as the command line. */
        public static final String NO_NODE = "command-line";
    }

    /**
     * How long answers are kept.
     *
     * @param defaultTtl           how long an answer is fresh where its endpoint does not say; zero keeps nothing
     * @param negativeTtl          how long it is remembered that nothing was found
     * @param nearBytes            how many bytes of the heap hold answers
     * @param preloadBytes         how many of {@code nearBytes} the most used answers fill after a start; 0 for none
     * @param preloadTimeout       how long they are loaded
     * @param aliasBytes           how many bytes of the heap remember spellings of requests
     * @param keyBytes             how many bytes of the heap hold API keys, about
     * @param warming              which questions are asked again before their answers are stale
     * @param staleWhileRevalidate whether stale answers are given at once while they are refreshed
     * @param staleIfSlow          how long Rentcast is waited for where a stale answer may be given in its place
     * @param unknownParameters    what becomes of a parameter that the catalog does not know
     */
    public record Caching(
            Duration defaultTtl,
            Duration negativeTtl,
            long nearBytes,
            long preloadBytes,
            Duration preloadTimeout,
            long aliasBytes,
            long keyBytes,
            Warming warming,
            boolean staleWhileRevalidate,
            Duration staleIfSlow,
            UnknownParameters unknownParameters) {
    }

    /**
     * Which questions are asked again before their answers are stale, or asked at all before anybody does.
     *
     * @param enabled  whether any are
     * @param schedule when, as {@link CronSchedule} reads it; where it is enabled, it can be read
     * @param top      how many of the most asked ones are looked at, from 0
     * @param span     how long ago the kept answer of such a one was last given, at least a day
     * @param file     a file with further requests, absolute
     */
    public record Warming(boolean enabled, String schedule, int top, Duration span, Optional<Path> file) {
    }

    /**
     * How many requests a key may make.
     *
     * @param enabled     whether there are limits at all
     * @param global      over all endpoints
     * @param perEndpoint for an endpoint without a limit of its own
     * @param strict      whether every request asks Redis, where there is one
     * @param zone        in which the days and months of quotas begin, and billing months
     */
    public record Limiting(boolean enabled, Rate global, Rate perEndpoint, boolean strict, ZoneId zone) {
    }

    /**
     * What may be spent on Rentcast.
     *
     * @param plan       what Rentcast bills
     * @param billingDay the day of the month on which billing months begin, 1 to 31
     * @param budget     of the account for a billing month; its money is the whole bill, fee and all
     */
    public record Spending(Plan plan, int billingDay, BudgetCap budget) {
    }

    /**
     * The Rentcast that costs nothing.
     *
     * @param enabled whether it answers in the real one's place; the caller then sets the upstream's address and key
     * @param port    its TCP port; 0 for any free one
     */
    public record Sandbox(boolean enabled, int port) {
    }

    /**
     * What is recorded about requests.
     *
     * @param enabled            whether anything is
     * @param rawRowsPerSecond   how many requests a second are recorded one by one, from 0
     * @param retention          how long such a record is kept, at least a day
     * @param minutesRetention   how long sums by the minute are kept, at least a day
     * @param anonymizeAddresses whether IP addresses are shortened first
     */
    public record Analytics(
            boolean enabled,
            int rawRowsPerSecond,
            Duration retention,
            Duration minutesRetention,
            boolean anonymizeAddresses) {
    }

    /**
     * What is measured of the server.
     *
     * @param enabled whether anything is
     * @param open    whether it is shown without an administrator's key
     */
    public record Metering(boolean enabled, boolean open) {
    }

    /**
     * What is written to the log.
     *
     * @param debug  whether a fault is being searched for
     * @param level  {@code TRACE}, {@code DEBUG}, {@code INFO}, {@code WARN} or {@code ERROR}
     * @param format how a line is written
     */
    public record Logging(boolean debug, String level, LogFormat format) {
    }

    /**
     * Where traces go.
     *
     * @param export   whether they are exported
     * @param endpoint the address of the collector, without {@code /v1/traces}
     */
    public record Tracing(TraceExport export, URI endpoint) {
        /** Whether requests are traced. */
        public boolean isOn() {
            return export != TraceExport.OFF;
        }
    }

    /**
     * Who hears events and who may call over the event bus.
     *
     * @param busControl whether operations can be called over the event bus
     * @param bridge     events over TCP
     * @param webhooks   events over HTTP
     */
    public record Listening(boolean busControl, Bridge bridge, Webhooks webhooks) {
    }

    /**
     * Events that are sent over HTTP.
     *
     * @param secret    what their secrets are made from; empty where there are no webhooks
     * @param http      whether their addresses may be without TLS
     * @param linkLocal whether they may go to link-local addresses and to those of cloud metadata
     * @param timeout   of one request
     * @param tries     how often the same events are sent at most, at least 1
     */
    public record Webhooks(Optional<Secret> secret, boolean http, boolean linkLocal, Duration timeout, int tries) {
    }

    /**
     * Events over TCP.
     *
     * @param host    the address to listen on
     * @param port    the TCP port, 0 for any free one; empty where there is no bridge
     * @param clients how many may be connected at a time, at least 1
     * @param control whether operations can be called over it; then they can be over the event bus
     */
    public record Bridge(String host, Optional<Integer> port, int clients, boolean control) {
    }

    /**
     * Keys of the server itself.
     *
     * @param bootstrapKey an administrator's key that is there from the first start
     */
    public record Security(Optional<Secret> bootstrapKey) {
    }

    /**
     * What to say of a setting whose value turned out to be of no use.
     *
     * @param setting the setting's name
     * @param reason  why, and what to do
     */
    public SettingsException refused(String setting, String reason) {
        EffectiveSetting given = effective.stream().filter(one -> one.name().equals(setting)).findFirst().orElseThrow();
        return new SettingsException(List.of(new Problem(setting, given.value(), given.source(), reason)));
    }

    /**
     * Checks that Rentcast can be called at all; commands that do not call it need not ask.
     *
     * @throws SettingsException when the shared key is to be used and there is none
     */
    public void requireUpstream() throws SettingsException {
        if (!sandbox.enabled() && upstream.keyMode() == UpstreamKey.SHARED && upstream.apiKeys().isEmpty()) {
            throw new SettingsException(List.of(new Problem(
                    SettingCatalog.RENTCAST_API_KEY.name(), "", "not set",
                    "set it to the key of your Rentcast account, or use --sandbox to try RentCache without one")));
        }
    }
}

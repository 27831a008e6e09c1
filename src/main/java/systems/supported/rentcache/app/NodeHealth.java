package systems.supported.rentcache.app;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.PartHealth;

/**
 * How each part of a node is, told by the parts themselves, and the report of all of them. Thread-safe.
 *
 * @param database    the database, for keys
 * @param cache       the database, for answers
 * @param upstream    Rentcast
 * @param redis       Redis as a tier
 * @param limits      Redis, for limits that nodes hold together
 * @param calls       Redis, for calls that nodes make together
 * @param certificate the server's certificate
 * @param clock       this node's clock, against those of the servers it shares
 * @param cluster     the other nodes
 * @param checked     those that this node has
 * @param report      of them
 */
record NodeHealth(
        PartHealth database,
        PartHealth cache,
        PartHealth upstream,
        PartHealth redis,
        PartHealth limits,
        PartHealth calls,
        PartHealth certificate,
        PartHealth clock,
        PartHealth cluster,
        List<PartHealth> checked,
        HealthReport report) {
    private static final Duration HELD_AGAINST = Duration.ofSeconds(30);
    private static final Duration REDIS_HELD_AGAINST = Duration.ofMinutes(1);
    /** Longer than a circuit is open: while somebody asks, a call that fails again keeps it down. */
    private static final Duration UPSTREAM_HELD_AGAINST = Duration.ofMinutes(5);
    /** What is looked at again and again: what it said last holds. */
    private static final Duration LOOKED_AT = Duration.ofDays(365);

    /** Of a node in which nothing failed yet. */
    static NodeHealth of(Settings settings, InstantSource time) {
        PartHealth database = new PartHealth(
                "database", "Keys that were not seen before cannot be checked; the others go on working.",
                HELD_AGAINST, time);
        PartHealth cache = new PartHealth(
                "cache", "Questions are answered all the same, but answers may be lost at a restart.",
                HELD_AGAINST, time);
        // Of the upstream nothing is known but by calls, and this node may make none any more: others make them.
        PartHealth upstream = new PartHealth(
                "upstream", "Only what is kept and fresh is answered.", UPSTREAM_HELD_AGAINST, time);
        PartHealth redis = new PartHealth(
                "redis", "Answers come from the database instead.", REDIS_HELD_AGAINST, time);
        PartHealth limits = new PartHealth(
                "limits",
                settings.limiting().strict()
                        ? "Requests of keys with limits are refused." : "Each node goes on with its share of the limits.",
                REDIS_HELD_AGAINST, time);
        PartHealth calls = new PartHealth(
                "calls", "Each node makes its calls alone, at its share of the pace.", REDIS_HELD_AGAINST, time);
        PartHealth clock = new PartHealth(
                "clock", "How old answers are is told wrong between nodes; set it right, by NTP.",
                LOOKED_AT, time);
        PartHealth cluster = new PartHealth(
                "cluster", "What takes that role is not done, until a node with it is there.", LOOKED_AT, time);
        PartHealth certificate = new PartHealth(
                "certificate", "Consumers will not connect to a server whose certificate has expired.",
                LOOKED_AT, time);
        List<PartHealth> checked = new ArrayList<>(List.of(database, cache, upstream));
        if (settings.storage().redisEnabled()) {
            checked.addAll(List.of(redis, limits, calls));
        }
        if (SharedServers.areShared(settings.storage())) {
            checked.add(clock);
        }
        if (settings.inbound().tls().isPresent()) {
            checked.add(certificate);
        }
        if (settings.cluster().enabled()) {
            checked.add(cluster);
        }
        return new NodeHealth(
                database, cache, upstream, redis, limits, calls, certificate, clock, cluster, List.copyOf(checked),
                new HealthReport(checked, dataDirectory(settings.storage()), time));
    }

    /** A path on the disk whose room matters. */
    static Path dataDirectory(Settings.Storage storage) {
        return storage.database() instanceof DatabaseUrl.Sqlite file ? file.path() : Path.of("");
    }
}

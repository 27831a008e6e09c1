package systems.supported.rentcache.coordination;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A node: one running process of RentCache.
 *
 * @param id        its own, new at each start
 * @param name      what it is called
 * @param version   the program's version
 * @param host      the machine's name
 * @param startedAt when it was started
 * @param lastSeen  when it last said that it is there, by its own clock
 * @param roles     what it does
 */
public record NodeInfo(
        String id, String name, String version, String host, Instant startedAt, Instant lastSeen, List<String> roles) {
    /** How often a node says that it is there. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(5);
    /** A node that was silent for so long is gone. */
    public static final Duration GONE_AFTER = Duration.ofSeconds(15);
    /** A node that is gone is shown for so long. */
    public static final Duration SHOWN_FOR = Duration.ofHours(1);

    private static final int SHORT_ID = 6;

    /**
     * This process.
     *
     * @param name  its name; without one it is called by the machine's name and a part of its id
     * @param roles what it does
     */
    public static NodeInfo ofProcess(Optional<String> name, String version, Instant now, List<String> roles) {
        String id = UUID.randomUUID().toString().replace("-", "");
        String host = hostName();
        return new NodeInfo(
                id, name.orElse(host + "-" + id.substring(0, SHORT_ID)), version, host, now, now, roles);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    /** The same, which says that it is there. */
    NodeInfo seenAt(Instant now) {
        return new NodeInfo(id, name, version, host, startedAt, now, roles);
    }

    /** Whether it has been silent for too long. */
    public boolean isGone(Instant now) {
        return lastSeen.isBefore(now.minus(GONE_AFTER));
    }

    /**
     * As the admin API shows it.
     *
     * @param self the id of the node that shows it
     */
    public JsonObject toJson(String self, Instant now) {
        return new JsonObject()
                .put("id", id)
                .put("name", name)
                .put("version", version)
                .put("host", host)
                .put("startedAt", startedAt.toString())
                .put("lastSeen", lastSeen.toString())
                .put("roles", new JsonArray(roles))
                .put("state", isGone(now) ? "gone" : "up")
                .put("self", id.equals(self));
    }
}

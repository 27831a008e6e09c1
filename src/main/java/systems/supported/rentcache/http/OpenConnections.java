package systems.supported.rentcache.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.peer.PeerAddress;

/**
 * How many connections a port has open, in all and by address. What is past a bound is closed, and counted. Proxies have
 * the connections of many, so their number is bounded in all only. Thread-safe.
 */
final class OpenConnections {
    private final Settings.Inbound bounds;
    private final Metrics metrics;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<PeerAddress, Integer> byHolder = new ConcurrentHashMap<>();

    /**
     * A port's connections, of which there is none yet.
     *
     * @param port the port's name in metrics
     */
    OpenConnections(String port, Settings.Inbound bounds, Metrics metrics) {
        this.bounds = bounds;
        this.metrics = metrics;
        metrics.connections(port, open::get);
    }

    /** Counts a connection; false where it is one too many, and is not counted. */
    boolean opened(PeerAddress peer) {
        if (open.incrementAndGet() > bounds.connections()) {
            return refused("all");
        }
        if (!bounds.proxies().contains(peer)
                && byHolder.merge(peer.holder(), 1, Integer::sum) > bounds.connectionsPerAddress()) {
            byHolder.computeIfPresent(peer.holder(), (holder, count) -> less(count));
            return refused("address");
        }
        return true;
    }

    private boolean refused(String bound) {
        open.decrementAndGet();
        metrics.connectionsRefused(bound).increment();
        return false;
    }

    /** A connection that was counted is closed. */
    void closed(PeerAddress peer) {
        open.decrementAndGet();
        if (!bounds.proxies().contains(peer)) {
            byHolder.computeIfPresent(peer.holder(), (holder, count) -> less(count));
        }
    }

    private static Integer less(int count) {
        return count == 1 ? null : Integer.valueOf(count - 1);
    }
}

package systems.supported.rentcache.limits;

import java.time.Duration;

/**
 * What one node may admit of a limit while the nodes cannot agree: a bucket with its share of the permits. The shares
 * of all nodes together are never more than the limit.
 */
public final class LimitShare {
    private LimitShare() {
    }

    /**
     * A node's share of a rate; where there are more nodes than permits, one permit in a longer time.
     *
     * @param nodes how many nodes share it, at least 1
     */
    public static Rate of(Rate rate, int nodes) {
        if (rate.isUnlimited()) {
            return rate;
        }
        long permits = rate.permits() / nodes;
        if (permits >= 1) {
            return new Rate(permits, rate.window());
        }
        long nanos = -Math.floorDiv(-rate.window().toNanos() * nodes, rate.permits());
        return new Rate(1, Duration.ofNanos(nanos));
    }
}

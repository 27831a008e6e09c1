package systems.supported.rentcache.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.limits.Rate;

/**
 * How to talk to the upstream.
 *
 * @param url              its base, with the version's path and without a slash at the end
 * @param keys             the keys that pay, used in turn; empty where each consumer's own key does
 * @param timeout          the most that a call may take, from its sending to its last byte
 * @param maxRetries       how often a call that failed for free is made again, at least 0
 * @param maxConnections   connections at once; where one carries many calls (HTTP/2), calls at once
 * @param idleConnections  how many of them stay open when no call needs them, at least 0
 * @param rate             calls that each key may make
 * @param queue            the most calls that wait for their turn, at least 1
 * @param maxBodyBytes     the largest body that is held whole; larger ones are passed on as they arrive
 * @param priceMicros      what a billed call costs, in micro-dollars
 */
public record UpstreamOptions(
        URI url,
        List<ConsumerKey> keys,
        Duration timeout,
        int maxRetries,
        int maxConnections,
        int idleConnections,
        Rate rate,
        int queue,
        long maxBodyBytes,
        long priceMicros) {

    /** The most that a call may wait for its turn under {@link #rate}. */
    public static final Duration MOST_WAITING = Duration.ofSeconds(10);

    /** The longest that a fetch can take, with its waiting and its retries. */
    public Duration longest() {
        return timeout.plus(MOST_WAITING).plusSeconds(1);
    }
}

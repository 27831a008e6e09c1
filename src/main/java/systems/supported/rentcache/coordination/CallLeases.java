package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * The calls that all nodes together make with one upstream key. Each call that was granted occupies one of so many
 * places for a window's length by the store's clock, so no window of that length ever has more grants than there are
 * places; whoever makes the call later than it was granted has to ask with a window that is longer by as much.
 *
 * <p>What was granted and is not used is lost, which errs to the strict side. Thread-safe.
 */
public interface CallLeases {
    /** The most calls that are worth asking for at once. */
    int MOST_AT_ONCE = 4;
    /** The most places that a bucket may have. */
    int MOST_PERMITS = 1_000;

    /**
     * What was granted.
     *
     * @param calls how many calls, from 0 to what was wanted
     * @param retryAfter how long until the next place is free; zero where all that was wanted was granted
     * @param nodes      how many nodes there are, at least 1
     */
    record Grant(int calls, Duration retryAfter, int nodes) {
    }

    /**
     * Asks for calls.
     *
     * @param bucket  the bucket's name, from {@link #bucket}
     * @param want    how many calls, at least 1
     * @param permits how many calls a window admits, from 1 to {@link #MOST_PERMITS}; the same on all nodes
     * @param window  the window's length, at least a millisecond
     * @return fails where the store is away
     */
    Future<Grant> lease(String bucket, int want, int permits, Duration window);

    /** The name of an upstream key's bucket, which does not tell the key. */
    static String bucket(String upstreamKey) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(upstreamKey.getBytes(StandardCharsets.UTF_8));
            return "upstream:" + HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

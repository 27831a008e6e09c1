package systems.supported.rentcache.cache;

import java.time.Duration;

/**
 * What is kept and for how long, beyond what the catalog says of each endpoint.
 *
 * @param negativeTtl the most for an answer that says that there is nothing
 */
public record CachePolicy(Duration negativeTtl) {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    /**
     * Whether an answer may be kept: one that answers the question, or says that there is nothing.
     *
     * @param cacheable whether answers of the endpoint are kept at all
     * @param status    the upstream's status
     * @param intact    whether the body is what it says it is
     */
    public boolean isStorable(boolean cacheable, int status, boolean intact) {
        return cacheable && intact && (status == OK || status == NOT_FOUND);
    }

    /** Whether an answer says that there is nothing: a 404, or a 200 with an empty list or nothing in it. */
    public static boolean isNegative(int status, byte[] start) {
        if (status == NOT_FOUND) {
            return true;
        }
        StringBuilder marks = new StringBuilder();
        for (byte b : start) {
            if (b > ' ' && marks.append((char) b).length() > 2) {
                return false;
            }
        }
        return marks.isEmpty() || marks.toString().equals("[]");
    }

    /**
     * The freshness lifetime of an answer.
     *
     * @param ttl      the endpoint's
     * @param override what the request asked for in its place, or null
     * @param negative whether the answer says that there is nothing
     */
    public Duration lifetime(Duration ttl, Duration override, boolean negative) {
        return Freshness.lifetime(negative, override != null ? override : ttl, negativeTtl);
    }
}

package systems.supported.rentcache.upstream;

import systems.supported.rentcache.cache.UpstreamReply;

/**
 * How a call ended.
 *
 * @param reply  what came of it
 * @param billed whether it was billed, or may have been: whatever the price, which may be 0 for display
 */
record Ended(UpstreamReply reply, boolean billed) {
    /** A call that was not made, or that the upstream does not bill. */
    static Ended free(UpstreamReply reply) {
        return new Ended(reply, false);
    }
}

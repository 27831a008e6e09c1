package systems.supported.rentcache.limits;

/**
 * What a node asks of the store for one key and one endpoint, and what it tells it on the way.
 *
 * @param generation which of the store's states the node speaks of
 * @param endpoint   the endpoint's ordinal
 * @param number     grows from one of the node's asks to the next, so that one that comes late is known for it
 * @param window     of the limit over all endpoints
 * @param bucket     of the endpoint's limit
 */
public record LeaseAsk(long generation, int endpoint, long number, Window window, Bucket bucket) {
    /**
     * Of a sliding window.
     *
     * @param permits       requests a window; 0 for no limit
     * @param windowNanos   its length
     * @param want          tokens to lease
     * @param returnedIndex the window that the returned tokens are of
     * @param returned      tokens that were leased and not spent
     * @param spent         requests that the store does not know of yet
     */
    public record Window(
            long permits, long windowNanos, long want, long returnedIndex, long returned, SlidingWindow.Count spent) {
    }

    /**
     * Of a token bucket.
     *
     * @param permits       its capacity; 0 for no limit
     * @param intervalNanos the time in which one token comes
     * @param want          tokens to lease
     * @param held          tokens that the node holds
     * @param returned      tokens that were leased and not spent
     * @param spent         requests that the store does not know of yet
     */
    public record Bucket(long permits, long intervalNanos, long want, long held, long returned, long spent) {
    }
}

package systems.supported.rentcache.limits;

/**
 * What the store answers to a {@link LeaseAsk}.
 *
 * @param epoch         names the store's state; another name is a state that knows nothing of what was before
 * @param storeMicros   the store's time, microseconds since 1970-01-01T00:00Z
 * @param settleMicros  while greater than 0 the store grants nothing, for it waits to hear what the nodes spent before
 *                      it lost its state; microseconds
 * @param window        of the limit over all endpoints
 * @param windowIndex   the number of the store's present window
 * @param bucket        of the endpoint's limit
 */
public record LeaseAnswer(
        String epoch, long storeMicros, long settleMicros, Grant window, long windowIndex, Grant bucket) {
    /** Of a store that need not be asked, as nothing is limited. */
    public static final LeaseAnswer NONE = new LeaseAnswer("", 0, 0, new Grant(0, 0, 0, 0), 0, new Grant(0, 0, 0, 0));

    /**
     * Of one limit.
     *
     * @param tokens      how many were granted
     * @param left        how many the store still has
     * @param retryMicros when none is left: until one comes
     * @param resetMicros until all are there again
     */
    public record Grant(long tokens, long left, long retryMicros, long resetMicros) {
    }
}

package systems.supported.rentcache.limits;

/**
 * Whether a request may go on, and what its answer can say of the limits.
 *
 * @param refusal           which limit refused it, or null when it was admitted
 * @param retryAfterSeconds when refused: whole seconds, at least 1, until it would be admitted
 * @param globalRemaining   requests left of the global limit
 * @param globalReset       seconds until the global window ends
 * @param endpointRemaining requests left of the endpoint's bucket
 * @param endpointReset     seconds until the endpoint's bucket is full
 */
public record Admission(
        Refusal refusal,
        long retryAfterSeconds,
        long globalRemaining,
        long globalReset,
        long endpointRemaining,
        long endpointReset) {

    /** The limits that can refuse a request. */
    public enum Refusal {
        /** The sliding window over all endpoints. */
        GLOBAL_RATE,
        /** The endpoint's token bucket. */
        ENDPOINT_RATE,
        /** The key's requests a calendar day. */
        DAILY_QUOTA,
        /** The key's requests a calendar month. */
        MONTHLY_QUOTA,
        /** None: whether there is room cannot be said, for the store that the nodes share is away. */
        STORE_AWAY
    }

    /** A refusal because the limits' store cannot be asked. */
    public static Admission storeAway() {
        return new Admission(Refusal.STORE_AWAY, 1, 0, 1, 0, 1);
    }

    /** Whether the request may go on. */
    public boolean admitted() {
        return refusal == null;
    }
}

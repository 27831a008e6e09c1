package systems.supported.rentcache.cache;

/**
 * What would be said to a call upstream, but for its budgets.
 *
 * @param circuit the state of the endpoint's circuit: {@code closed}, {@code open} or {@code half-open}
 * @param refusal why the call would not be made; null where it would
 * @param waiting how many calls wait for their turn
 */
public record UpstreamOutlook(String circuit, UpstreamFailure refusal, int waiting) {
}

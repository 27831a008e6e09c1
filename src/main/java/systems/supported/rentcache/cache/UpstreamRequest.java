package systems.supported.rentcache.cache;

import systems.supported.rentcache.catalog.CanonicalRequest;

/**
 * A call to make upstream.
 *
 * @param request     the question
 * @param validators  what to make the call conditional on, or {@link Validators#NONE}
 * @param consumerKey the consumer's own key where that one pays; null where the configured keys do
 */
public record UpstreamRequest(CanonicalRequest request, Validators validators, ConsumerKey consumerKey) {
}

package systems.supported.rentcache.cache;

import systems.supported.rentcache.catalog.CanonicalRequest;

/**
 * A call to make upstream.
 *
 * @param request     the question
 * @param validators  what to make the call conditional on, or {@link Validators#NONE}
 * @param consumerKey the consumer's own key where that one pays; null where the configured keys do
 * @param keyId       the id of the consumer's key
 * @param background  whether nobody waits for the answer
 */
public record UpstreamRequest(
        CanonicalRequest request, Validators validators, ConsumerKey consumerKey, long keyId, boolean background) {
}

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
 * @param trace       by what the request is known outside that brought it about
 */
public record UpstreamRequest(
        CanonicalRequest request, Validators validators, ConsumerKey consumerKey, long keyId, boolean background,
        RequestTrace trace) {

    /** A call of which nothing is known outside. */
    public UpstreamRequest(
            CanonicalRequest request, Validators validators, ConsumerKey consumerKey, long keyId, boolean background) {
        this(request, validators, consumerKey, keyId, background, RequestTrace.NONE);
    }
}

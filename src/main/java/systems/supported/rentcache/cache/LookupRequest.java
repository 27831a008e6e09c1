package systems.supported.rentcache.cache;

import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.events.AskedQuestion;

/**
 * A question that the near tier could not answer.
 *
 * @param request     the question
 * @param directives  what is asked of the cache
 * @param consumerKey the consumer's own upstream key where that one pays; null otherwise
 * @param keyId       the id of the consumer's key
 * @param background  whether nobody waits for the answer: a stale one is being refreshed
 * @param trace       by what the request is known outside
 */
public record LookupRequest(
        CanonicalRequest request,
        RequestDirectives directives,
        ConsumerKey consumerKey,
        long keyId,
        boolean background,
        RequestTrace trace) {

    /** A question of which nothing is known outside. */
    public LookupRequest(
            CanonicalRequest request, RequestDirectives directives, ConsumerKey consumerKey, long keyId,
            boolean background) {
        this(request, directives, consumerKey, keyId, background, RequestTrace.NONE);
    }

    /** The question as events have it. */
    public AskedQuestion asked() {
        return new AskedQuestion(keyId, request.endpoint().name(), request.canonicalJson(), request.key().toString());
    }

    /** Whether what answers it answers everybody who asks the same. */
    boolean isPlain() {
        return !background && directives.equals(RequestDirectives.NONE);
    }
}

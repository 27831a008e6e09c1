package systems.supported.rentcache.cache;

import java.time.Duration;
import systems.supported.rentcache.catalog.CanonicalRequest;

/**
 * A question that the near tier could not answer.
 *
 * @param request      the question
 * @param forceRefresh whether the upstream has to be asked whatever is kept
 * @param ttlOverride  how long an answer fetched for this request is to be fresh; null for the endpoint's lifetime
 * @param consumerKey  the consumer's own upstream key where that one pays; null otherwise
 */
public record LookupRequest(
        CanonicalRequest request, boolean forceRefresh, Duration ttlOverride, ConsumerKey consumerKey) {
}

package systems.supported.rentcache.cache;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;

/**
 * All that is known of a kept answer but its body: what the decisions need and what the answer's head is made of.
 *
 * @param key        the question's key
 * @param endpoint   the catalog's name of the endpoint
 * @param question   the question's canonical JSON
 * @param target     path and query that were sent upstream
 * @param status     the upstream's status
 * @param headers    the upstream's headers that mean something to a consumer, in order
 * @param etag       our strong entity tag over the body's bytes, with its quotes
 * @param validators the upstream's own validators
 * @param fetchedAt  when the answer (or its last confirmation) was received
 * @param initialAge how old it was when it was received (the upstream's {@code Age}); at least 0
 * @param expiresAt  when it stops being fresh
 */
public record Entry(
        CacheKey key,
        String endpoint,
        String question,
        String target,
        int status,
        List<Header> headers,
        String etag,
        Validators validators,
        Instant fetchedAt,
        Duration initialAge,
        Instant expiresAt) {

    /**
     * The same answer, confirmed by the upstream at a time and fresh until another (RFC 9111 §4.3.4).
     *
     * @param asked the question, whose text the near tier does not keep
     */
    public Entry renewed(CanonicalRequest asked, Instant confirmedAt, Instant freshUntil) {
        return new Entry(
                key, endpoint, asked.canonicalJson(), asked.upstreamTarget(), status, headers, etag, validators,
                confirmedAt, Duration.ZERO, freshUntil);
    }

    /** The same with the question's text, which the near tier does not keep. */
    Entry asked(CanonicalRequest request) {
        return new Entry(
                key, endpoint, request.canonicalJson(), request.upstreamTarget(), status, headers, etag, validators,
                fetchedAt, initialAge, expiresAt);
    }

    /**
     * The same for the near tier: without the question's text, which only lasting tiers need, and with what it has in
     * common with others shared.
     */
    Entry slim() {
        return new Entry(
                key, endpoint.intern(), "", "", status, SharedHeaders.of(headers).headers(), etag,
                validators.isPresent() ? validators : Validators.NONE, fetchedAt, initialAge, expiresAt);
    }
}

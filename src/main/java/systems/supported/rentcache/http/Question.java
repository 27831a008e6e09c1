package systems.supported.rentcache.http;

import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.catalog.Flags;

/**
 * What a request target asks for, remembered by its text so that a hot request is not parsed again.
 *
 * @param request  the canonical request
 * @param flags    what the target asks of the cache
 * @param dialect  in whose terms it was asked
 * @param view     which part of the answer is wanted
 * @param endpoint the endpoint whose limits, cost and name count for it
 */
record Question(CanonicalRequest request, Flags flags, Dialect dialect, View view, Endpoint endpoint) {

    /** Whose paths and headers a request uses. */
    enum Dialect {
        /** Rentcast's, under {@code /v1}. */
        RENTCAST,
        /** The original Python program's, under {@code /api/v1}. */
        ORIGINAL
    }

    /** Which part of an answer is wanted. */
    enum View {
        /** All of it, byte for byte. */
        WHOLE,
        /** The value of its member {@code comparables}. */
        COMPARABLES
    }
}

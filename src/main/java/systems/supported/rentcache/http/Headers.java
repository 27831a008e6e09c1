package systems.supported.rentcache.http;

import io.vertx.core.http.HttpHeaders;

/** The names of headers and their constant values, in the form that is cheapest to send. */
final class Headers {
    static final CharSequence ACCEPT_ENCODING = HttpHeaders.ACCEPT_ENCODING;
    static final CharSequence AGE = HttpHeaders.AGE;
    static final CharSequence ALLOW = HttpHeaders.createOptimized("Allow");
    static final CharSequence AUTHORIZATION = HttpHeaders.AUTHORIZATION;
    static final CharSequence CACHE_CONTROL = HttpHeaders.CACHE_CONTROL;
    static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized("Cache-Status");
    static final CharSequence CONTENT_ENCODING = HttpHeaders.CONTENT_ENCODING;
    static final CharSequence CONTENT_LENGTH = HttpHeaders.CONTENT_LENGTH;
    static final CharSequence CONTENT_TYPE = HttpHeaders.CONTENT_TYPE;
    static final CharSequence ETAG = HttpHeaders.ETAG;
    static final CharSequence HOST = HttpHeaders.HOST;
    static final CharSequence IF_MODIFIED_SINCE = HttpHeaders.IF_MODIFIED_SINCE;
    static final CharSequence IF_NONE_MATCH = HttpHeaders.IF_NONE_MATCH;
    static final CharSequence RATE_LIMIT = HttpHeaders.createOptimized("RateLimit");
    static final CharSequence RATE_LIMIT_POLICY = HttpHeaders.createOptimized("RateLimit-Policy");
    static final CharSequence RETRY_AFTER = HttpHeaders.RETRY_AFTER;
    static final CharSequence TRANSFER_ENCODING = HttpHeaders.TRANSFER_ENCODING;
    static final CharSequence VARY = HttpHeaders.VARY;
    static final CharSequence WWW_AUTHENTICATE = HttpHeaders.createOptimized("WWW-Authenticate");
    static final CharSequence X_API_KEY = HttpHeaders.createOptimized("X-Api-Key");
    static final CharSequence X_CACHE = HttpHeaders.createOptimized("X-Cache");
    static final CharSequence X_CACHE_HIT = HttpHeaders.createOptimized("X-Cache-Hit");
    static final CharSequence X_ESTIMATED_COST = HttpHeaders.createOptimized("X-Estimated-Cost");
    static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    static final CharSequence TRACESTATE = HttpHeaders.createOptimized("tracestate");
    static final CharSequence X_RENTCACHE_EXPLAIN = HttpHeaders.createOptimized("X-RentCache-Explain");
    static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
    static final CharSequence X_RESPONSE_TIME_MS = HttpHeaders.createOptimized("X-Response-Time-MS");
    static final CharSequence X_TOTAL_COUNT = HttpHeaders.createOptimized("X-Total-Count");

    /** No cache in front may give an answer to somebody without a key (RFC 9111 §5.2.2.7). */
    static final CharSequence PRIVATE = HttpHeaders.createOptimized("private");
    static final CharSequence GZIP = HttpHeaders.createOptimized("gzip");
    static final CharSequence VARY_BY_ENCODING = HttpHeaders.createOptimized("Accept-Encoding");
    static final CharSequence HIT = HttpHeaders.createOptimized("HIT");
    static final CharSequence STALE = HttpHeaders.createOptimized("STALE");
    static final CharSequence MISS = HttpHeaders.createOptimized("MISS");
    static final CharSequence REVALIDATED = HttpHeaders.createOptimized("REVALIDATED");
    static final CharSequence TRUE = HttpHeaders.createOptimized("true");
    static final CharSequence FALSE = HttpHeaders.createOptimized("false");
    static final CharSequence NO_COST = HttpHeaders.createOptimized("0.0");

    private Headers() {
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * Cross-origin requests of browsers (the Fetch standard, "CORS protocol"). Without configured origins there are none,
 * and nothing is looked at.
 */
final class Origins {
    private static final String EXPOSED = "Age, Cache-Status, ETag, RateLimit, RateLimit-Policy, Retry-After, X-Cache, "
            + "X-Cache-Hit, X-Estimated-Cost, X-Request-Id, X-Response-Time-MS, X-Total-Count";
    private static final String A_DAY = "86400";

    private final List<String> allowed;

    Origins(List<String> allowed) {
        this.allowed = allowed;
    }

    /** Says in a response that the request's origin may read it, where it may. */
    void allow(HttpServerRequest request, HttpServerResponse response) {
        if (allowed.isEmpty()) {
            return;
        }
        String origin = request.headers().get(HttpHeaders.ORIGIN);
        boolean any = allowed.contains("*");
        if (origin != null && (any || allowed.contains(origin))) {
            MultiMap headers = response.headers();
            headers.add(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, any ? "*" : origin);
            headers.add(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            if (!any) {
                headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
            }
        }
    }

    /** Answers a preflight. */
    void preflight(HttpServerRequest request, String methods) {
        HttpServerResponse response = request.response().setStatusCode(204);
        response.putHeader(Headers.ALLOW, methods);
        allow(request, response);
        if (response.headers().contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
                            "Authorization, X-Api-Key, X-Request-Id, If-None-Match, If-Modified-Since, Content-Type")
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, A_DAY);
        }
        response.end();
    }
}

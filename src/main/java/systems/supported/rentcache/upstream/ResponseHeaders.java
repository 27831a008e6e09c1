package systems.supported.rentcache.upstream;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import systems.supported.rentcache.cache.Header;

/** Which of the upstream's headers reach a consumer. */
final class ResponseHeaders {
    /**
     * What belongs to the connection (RFC 9110 §7.6.1), what we say ourselves of the answer or of the cache, what
     * counts against the upstream's key, and what must never be shared.
     */
    private static final Set<String> LEFT_OUT = Set.of(
            "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
            "trailer", "transfer-encoding", "upgrade",
            "content-length", "content-encoding", "accept-ranges", "vary", "etag", "age", "cache-control", "expires",
            "pragma", "cache-status", "x-cache", "x-cache-hits", "x-cache-hit", "x-request-id", "x-estimated-cost",
            "x-response-time-ms", "via", "server", "x-powered-by", "alt-svc", "strict-transport-security", "nel",
            "report-to", "retry-after", "ratelimit", "ratelimit-policy",
            "set-cookie", "set-cookie2", "www-authenticate");
    private static final List<String> LEFT_OUT_PREFIXES =
            List.of("x-ratelimit-", "ratelimit-", "x-amz-", "x-amzn-", "cf-", "access-control-");

    private ResponseHeaders() {
    }

    /** The headers that mean something to a consumer, in the upstream's order. */
    static List<Header> meaningful(MultiMap headers) {
        List<Header> meaningful = new ArrayList<>();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!LEFT_OUT.contains(lower) && LEFT_OUT_PREFIXES.stream().noneMatch(lower::startsWith)) {
                meaningful.add(new Header(name, value));
            }
        });
        return List.copyOf(meaningful);
    }
}

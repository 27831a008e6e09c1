package systems.supported.rentcache.http;

import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Rate;

/**
 * The values of {@code RateLimit} and {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers-10). Two policies
 * are named: {@code global}, and the endpoint's name. One that limits nothing is left out; where both do, the values
 * are empty and the headers are not sent.
 */
final class RateLimitHeaders {
    private RateLimitHeaders() {
    }

    /** The policies' quotas and windows. */
    static String policy(LimitPolicy limits, Endpoint endpoint) {
        StringBuilder value = new StringBuilder(64);
        policy(value, "global", limits.global().rate());
        policy(value, endpoint.name(), limits.endpoints().get(endpoint.ordinal()).rate());
        return value.toString();
    }

    private static void policy(StringBuilder value, String name, Rate rate) {
        if (!rate.isUnlimited()) {
            item(value, name).append(";q=").append(rate.permits()).append(";w=").append(rate.window().toSeconds());
        }
    }

    /** What is left, and in how many seconds it is whole again. */
    static String left(Admission admission, Endpoint endpoint) {
        StringBuilder value = new StringBuilder(64);
        left(value, "global", admission.globalRemaining(), admission.globalReset());
        left(value, endpoint.name(), admission.endpointRemaining(), admission.endpointReset());
        return value.toString();
    }

    private static void left(StringBuilder value, String name, long remaining, long reset) {
        if (remaining != Long.MAX_VALUE) {
            item(value, name).append(";r=").append(remaining).append(";t=").append(reset);
        }
    }

    private static StringBuilder item(StringBuilder value, String name) {
        return (value.length() == 0 ? value : value.append(", ")).append('"').append(name).append('"');
    }
}

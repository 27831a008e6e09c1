package systems.supported.rentcache.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Rate;

/**
 * The values of {@code RateLimit} and {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers-10). Two policies
 * are named: {@code global}, and the endpoint's name. One that limits nothing is left out; where both do, the values
 * are empty and the headers are not sent.
 *
 * <p>What is left is another value for each answer, so its bytes are written at once, with no text between. Confined to
 * one event loop.
 */
final class RateLimitHeaders {
    private static final byte[] GLOBAL = remaining("global");
    private static final byte[] RESET = bytes(";t=");
    private static final byte[] NEXT = bytes(", ");

    /** By the endpoints' ordinals. */
    private byte[][] names = new byte[0][];
    private byte[] value = new byte[128];
    private int length;

    /** The policies' quotas and windows. */
    static CharSequence policy(LimitPolicy limits, Endpoint endpoint) {
        StringBuilder value = new StringBuilder(64);
        policy(value, "global", limits.global().rate());
        policy(value, endpoint.name(), limits.endpoints().get(endpoint.ordinal()).rate());
        return new AsciiString(value);
    }

    private static void policy(StringBuilder value, String name, Rate rate) {
        if (!rate.isUnlimited()) {
            value.append(value.isEmpty() ? "\"" : ", \"").append(name).append("\";q=").append(rate.permits())
                    .append(";w=").append(rate.window().toSeconds());
        }
    }

    /** What is left, and in how many seconds it is whole again; only until this is asked for again. */
    AsciiString left(Admission admission, Endpoint endpoint) {
        length = 0;
        left(GLOBAL, admission.globalRemaining(), admission.globalReset());
        left(name(endpoint), admission.endpointRemaining(), admission.endpointReset());
        return new AsciiString(value, 0, length, false);
    }

    private void left(byte[] name, long remaining, long reset) {
        if (remaining != Long.MAX_VALUE) {
            if (length > 0) {
                append(NEXT);
            }
            append(name);
            append(remaining);
            append(RESET);
            append(reset);
        }
    }

    private byte[] name(Endpoint endpoint) {
        int ordinal = endpoint.ordinal();
        if (ordinal >= names.length) {
            names = Arrays.copyOf(names, ordinal + 1);
        }
        if (names[ordinal] == null) {
            names[ordinal] = remaining(endpoint.name());
        }
        return names[ordinal];
    }

    private void append(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, value, length, bytes.length);
        length += bytes.length;
    }

    /** A number that is not negative, from its last digit on. */
    private void append(long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        reserve(digits);
        long rest = number;
        for (int at = length + digits - 1; at >= length; at--) {
            value[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    private void reserve(int more) {
        if (length + more > value.length) {
            value = Arrays.copyOf(value, 2 * (length + more));
        }
    }

    private static byte[] remaining(String name) {
        return bytes('"' + name + "\";r=");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

package systems.supported.rentcache.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/** Names requests for {@code X-Request-Id}. Confined to one event loop. */
final class RequestIds {
    private static final int MOST_CHARACTERS = 128;

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final byte[] prefix;
    private long next;

    RequestIds() {
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        this.prefix = (HexFormat.of().formatHex(random) + '-').getBytes(StandardCharsets.US_ASCII);
    }

    /** The consumer's own id where it sent a proper one, else a new one. */
    CharSequence of(String given) {
        return given != null && isProper(given) ? given : make(next++);
    }

    /** The prefix and a number in hexadecimal, in the form in which it is sent. */
    private CharSequence make(long number) {
        int digits = (Long.SIZE - Long.numberOfLeadingZeros(number | 1) + 3) / 4;
        byte[] id = Arrays.copyOf(prefix, prefix.length + digits);
        long rest = number;
        for (int at = id.length - 1; at >= prefix.length; at--) {
            id[at] = DIGITS[(int) rest & 0xf];
            rest >>>= 4;
        }
        return new AsciiString(id, false);
    }

    private static boolean isProper(String id) {
        if (id.isEmpty() || id.length() > MOST_CHARACTERS) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }
}

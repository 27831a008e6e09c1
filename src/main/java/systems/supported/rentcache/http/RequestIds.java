package systems.supported.rentcache.http;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names requests for {@code X-Request-Id}. Confined to one event loop. */
final class RequestIds {
    private static final int MOST_CHARACTERS = 128;

    private final String prefix;
    private long next;

    RequestIds() {
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        this.prefix = HexFormat.of().formatHex(random) + '-';
    }

    /** The consumer's own id where it sent a proper one, else a new one. */
    String of(String given) {
        return given != null && isProper(given) ? given : prefix + Long.toHexString(next++);
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

package systems.supported.rentcache.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The SHA-256 digest of a key's value, the only form in which keys are kept. A value is long and random, so a plain
 * digest is enough: there is nothing to guess that a slow hash would protect.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record KeyHash(String hex) {
    private static final String PREFIX = "rc_";
    private static final int RANDOM_BYTES = 32;
    private static final int HINT_LENGTH = 7;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The digest of a value. */
    public static KeyHash of(String value) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return new KeyHash(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A new value of 256 random bits. */
    public static String newValue() {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** So much of a value as may be shown to tell keys apart; nothing of a short one. */
    public static String hint(String value) {
        return value.length() >= 4 * HINT_LENGTH ? value.substring(0, HINT_LENGTH) + "…" : "…";
    }
}

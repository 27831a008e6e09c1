package systems.supported.rentcache.catalog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The name under which a question's answer is kept: the SHA-256 digest of the question's canonical JSON. Kept as four
 * numbers rather than as text, so that look-ups compare numbers and hash by one of them.
 *
 * @param first  the digest's bytes 0 to 7
 * @param second bytes 8 to 15
 * @param third  bytes 16 to 23
 * @param fourth bytes 24 to 31
 */
public record CacheKey(long first, long second, long third, long fourth) {
    private static final int DIGITS = 64;

    /** The key of a canonical JSON. */
    public static CacheKey of(String canonicalJson) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return of(ByteBuffer.wrap(sha256.digest(canonicalJson.getBytes(StandardCharsets.UTF_8))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Reads what {@link #hex} writes.
     *
     * @throws IllegalArgumentException when the text is not 64 hexadecimal digits
     */
    public static CacheKey parse(String hex) {
        if (hex.length() != DIGITS) {
            throw new IllegalArgumentException("a cache key is " + DIGITS + " hexadecimal digits");
        }
        return of(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }

    private static CacheKey of(ByteBuffer digest) {
        return new CacheKey(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(first) + hex.toHexDigits(second) + hex.toHexDigits(third) + hex.toHexDigits(fourth);
    }

    /** The digest is evenly spread already; any 32 of its bits will do. */
    @Override
    public int hashCode() {
        return (int) first;
    }

    /** The hexadecimal digits. */
    @Override
    public String toString() {
        return hex();
    }
}

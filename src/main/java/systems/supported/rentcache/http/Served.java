package systems.supported.rentcache.http;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;

/**
 * Bytes that never change, ready to be sent. Both forms have the same weak entity tag (RFC 9110 §8.8.3).
 *
 * @param mediaType their media type
 * @param body      the bytes
 * @param gzip      the same compressed
 * @param etag      the entity tag, with its quotes
 */
record Served(String mediaType, Buffer body, Buffer gzip, String etag) {
    private static final int ETAG_BYTES = 16;

    /** Makes the compressed form and the tag; takes some milliseconds. */
    static Served of(String mediaType, byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        }
        return new Served(
                mediaType, Buffer.buffer(bytes), Buffer.buffer(compressed.toByteArray()), "W/\"" + digest(bytes) + '"');
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            byte[] start = new byte[ETAG_BYTES];
            System.arraycopy(digest, 0, start, 0, ETAG_BYTES);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(start);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

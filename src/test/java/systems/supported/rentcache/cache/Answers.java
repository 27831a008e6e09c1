package systems.supported.rentcache.cache;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import systems.supported.rentcache.catalog.CacheKey;

/** Answers for the tests of tiers. */
final class Answers {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private Answers() {
    }

    static CacheKey key(String question) {
        return CacheKey.of(question);
    }

    /** An answer to a question, fetched at a time and fresh for an hour. */
    static StoredAnswer answer(String question, String endpoint, Instant fetchedAt, String body) {
        return with(question, endpoint, fetchedAt, List.of(new Header("X-Version", body)), Validators.NONE,
                Buffer.buffer(body), null);
    }

    static StoredAnswer with(
            String question, String endpoint, Instant fetchedAt, List<Header> headers, Validators validators,
            Buffer body, Buffer gzip) {
        return new StoredAnswer(new Entry(
                key(question), endpoint, question, "/" + endpoint + "?q", 200, headers,
                '"' + Integer.toHexString(body.hashCode()) + '"', validators, fetchedAt, Duration.ofMillis(1_500),
                fetchedAt.plus(Duration.ofHours(1))), body, gzip);
    }

    static Buffer gzip(Buffer body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(compressed.toByteArray());
    }

    static Buffer random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return Buffer.buffer(bytes);
    }
}

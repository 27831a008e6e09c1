package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Makes the compressed form of answers, once for each, on a worker thread. */
final class Compression {
    /** Below this a packet holds the body either way. */
    private static final int WORTHWHILE = 512;

    private final Vertx vertx;

    Compression(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Whether a body is worth trying. */
    boolean pays(Buffer body) {
        return body.length() >= WORTHWHILE;
    }

    /** The answer with its compressed form, or as it was where that is not smaller. */
    Future<StoredAnswer> compress(StoredAnswer answer) {
        return vertx.executeBlocking(() -> {
            byte[] compressed = gzip(answer.body().getBytes());
            return compressed.length < answer.body().length()
                    ? new StoredAnswer(answer.entry(), answer.body(), Buffer.buffer(compressed))
                    : answer;
        }, false);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(bytes.length / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }
}

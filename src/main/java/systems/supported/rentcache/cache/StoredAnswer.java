package systems.supported.rentcache.cache;

import io.vertx.core.buffer.Buffer;

/**
 * A whole answer: its entry and its bytes. The buffers are shared by all who read them and must not be written to.
 *
 * @param entry the answer's head
 * @param body  the upstream's bytes
 * @param gzip  the same bytes compressed, or null where that is not smaller or not made yet
 */
public record StoredAnswer(Entry entry, Buffer body, Buffer gzip) {
    private static final int OVERHEAD = 512;

    /** About how many bytes of memory this takes. */
    public int weight() {
        int headers = 0;
        for (Header header : entry.headers()) {
            headers += 3 * (header.name().length() + header.value().length()) + 64;
        }
        int texts = entry.question().length() + entry.target().length();
        return OVERHEAD + headers + texts + body.length() + (gzip == null ? 0 : gzip.length());
    }
}

package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.Fuzz;
import systems.supported.rentcache.catalog.CacheKey;

/** Whatever Redis gives in place of an entry: the entry that was kept, or none. */
class EntryFuzzTest {
    private static final CacheKey KEY = CacheKey.of("question");
    private static final Buffer BODY = Buffer.buffer("[{\"id\":1,\"city\":\"Austin\"}]".repeat(20));

    private static StoredAnswer answer(Buffer zipped) {
        return new StoredAnswer(
                new Entry(KEY, "properties", "question", "/properties", 200,
                        List.of(new Header("content-type", "application/json")), "\"tag\"", new Validators("\"up\"", null),
                        Instant.ofEpochMilli(1_000), Duration.ZERO, Instant.ofEpochMilli(9_000)),
                BODY, zipped);
    }

    @Test
    void entries() {
        StoredAnswer plain = answer(null);
        StoredAnswer zipped = answer(Answers.gzip(BODY));
        List<byte[]> good = List.of(EntryCodec.encode(plain).getBytes(), EntryCodec.encode(zipped).getBytes());
        List<byte[]> hurting = List.of(
                new byte[] {0, 0, 0, 0}, new byte[] {-1, -1, -1, -1}, new byte[] {127, -1, -1, -1}, new byte[] {-128, 0, 0, 0},
                new byte[] {0x1f, (byte) 0x8b, 8}, new byte[64]);
        Fuzz.run(120, good, hurting, input -> {
            EntryCodec.isLarge(input);
            if (EntryCodec.decode(input, KEY) instanceof EntryCodec.Decoded decoded) {
                assertThat(decoded.answer()).isIn(plain, zipped);
            }
        });
    }
}

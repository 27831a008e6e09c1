package systems.supported.rentcache.cache;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import systems.supported.rentcache.catalog.CacheKey;

/** The bytes of an entry of 2 KB as Redis keeps it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EntryEncoding {
    private static final String QUESTION = "{\"body\":null,\"endpoint\":\"/properties/{id}\",\"method\":\"GET\",\"path_params\":"
            + "{\"id\":\"5500-Grand-Lake-Dr,-San-Antonio,-TX-78244\"},\"query_params\":{}}";

    private final CacheKey key = CacheKey.of(QUESTION);
    private final StoredAnswer answer = new StoredAnswer(
            new Entry(
                    key, "properties", QUESTION, "/properties/5500-Grand-Lake-Dr,-San-Antonio,-TX-78244", 200,
                    List.of(new Header("content-type", "application/json; charset=utf-8")),
                    "\"4azEbBf-8NacxqG4b2yQGg\"", Validators.NONE, Instant.EPOCH, Duration.ZERO,
                    Instant.EPOCH.plusSeconds(86_400)),
            Buffer.buffer(new byte[2_048]), null);
    private final Buffer encoded = EntryCodec.encode(answer);

    /** To bytes. */
    @Benchmark
    public Buffer encode() {
        return EntryCodec.encode(answer);
    }

    /** From bytes. */
    @Benchmark
    public Object decode() {
        return EntryCodec.decode(encoded.getBytes(), key);
    }
}

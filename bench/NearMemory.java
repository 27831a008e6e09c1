import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * What a cached answer of 2 KB takes of the heap: fills a near cache, gives each answer once, collects garbage, and
 * divides what is in use by the number of answers. Arguments: how many answers.
 */
public final class NearMemory {
    private static final int BODY = 2_048;

    public static void main(String[] arguments) {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        int answers = Integer.parseInt(arguments[0]);
        NearCache near = new NearCache(Long.MAX_VALUE / 2);
        long before = used();
        for (int i = 0; i < answers; i++) {
            near.put(answer(i)).at(System.currentTimeMillis());
        }
        long after = used();
        System.out.printf("%d answers of %d bytes: %.0f bytes of heap each, %.0f by the cache's own count%n",
                answers, BODY, (double) (after - before) / answers, (double) near.bytes() / answers);
    }

    private static StoredAnswer answer(int number) {
        String id = number + "-Grand-Lake-Dr,-San-Antonio,-TX-78244";
        String question = "{\"body\":null,\"endpoint\":\"/properties/{id}\",\"method\":\"GET\",\"path_params\":{\"id\":\""
                + id + "\"},\"query_params\":{}}";
        byte[] body = new byte[BODY];
        byte[] text = id.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, body, 0, text.length);
        return new StoredAnswer(
                new Entry(
                        CacheKey.of(question), "properties", question, "/properties/" + id, 200,
                        List.of(new Header(new String("content-type"), new String("application/json; charset=utf-8"))),
                        "\"tag-of-22-characters-" + number + "\"", Validators.NONE, Instant.now(), Duration.ZERO,
                        Instant.now().plusSeconds(86_400)),
                Buffer.buffer(body), null);
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}

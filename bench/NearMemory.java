import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.lang.ref.Reference;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.ApiKeyStore;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.LimitPolicies;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.ops.PartHealth;

/**
 * What a cached answer of 2 KB takes of the heap, and an API key: fills a near cache, gives each answer once, collects
 * garbage, and divides what is in use by the number of answers; the same with keys. Arguments: how many of each.
 */
public final class NearMemory {
    private static final int BODY = 2_048;
    private static final int MOST_KEYS = 100_000;

    public static void main(String[] arguments) throws SettingsException {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        int count = Integer.parseInt(arguments[0]);
        answers(count);
        keys(Math.min(count, MOST_KEYS));
    }

    private static void answers(int answers) {
        NearCache near = new NearCache(Long.MAX_VALUE / 2);
        long before = used();
        for (int i = 0; i < answers; i++) {
            near.put(answer(i)).at(System.currentTimeMillis());
        }
        long after = used();
        System.out.printf("%d answers of %d bytes: %.0f bytes of heap each, %.0f by the cache's own count%n",
                answers, BODY, (double) (after - before) / answers, (double) near.bytes() / answers);
    }

    private static void keys(int keys) throws SettingsException {
        Catalog catalog = CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.UNLIMITED, true);
        InstantSource clock = InstantSource.system();
        Authenticator authenticator = new Authenticator(
                store(keys), new LimitStates(catalog.endpoints().size(), false),
                new LimitPolicies(catalog, Rate.parse("1000/hour"), true), clock,
                new PartHealth("database", "", Duration.ofSeconds(30), clock), Rate.UNLIMITED, Long.MAX_VALUE / 2);
        long before = used();
        if (!authenticator.preload().succeeded()) {
            throw new IllegalStateException("the keys were not loaded");
        }
        long after = used();
        System.out.printf("%d API keys: %.0f bytes of heap each%n", keys, (double) (after - before) / keys);
        Reference.reachabilityFence(authenticator);
    }

    /** As many keys as are asked for, of which no two are alike. */
    private static ApiKeyStore store(int keys) {
        return (ApiKeyStore) Proxy.newProxyInstance(
                NearMemory.class.getClassLoader(), new Class<?>[] {ApiKeyStore.class}, (proxy, method, arguments) -> {
                    long after = (Long) arguments[1];
                    int size = (int) Math.min((Integer) arguments[2], keys - after);
                    return Future.succeededFuture(
                            LongStream.rangeClosed(after + 1, after + size).mapToObj(NearMemory::key).toList());
                });
    }

    private static ApiKey key(long id) {
        return new ApiKey(
                id, "consumer-" + id, KeyHash.of("value-" + id), "rc_" + id % 10_000 + "…", Optional.empty(), true,
                EnumSet.of(Permission.READ), Quota.UNLIMITED, Quota.UNLIMITED, Optional.empty(), Map.of(),
                Quota.Usage.NONE, Instant.now(), null, null);
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

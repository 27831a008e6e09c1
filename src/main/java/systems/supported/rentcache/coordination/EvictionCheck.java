package systems.supported.rentcache.coordination;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.storage.RedisClient;
import systems.supported.rentcache.storage.RedisClient.Use;

/**
 * Says in the log what may happen where Redis may evict the counters of limits.
 *
 * <p>It reads {@code INFO memory}: {@code CONFIG GET} would say the same, but hosted Redis servers often refuse it.
 */
final class EvictionCheck {
    private static final Logger LOG = LoggerFactory.getLogger(EvictionCheck.class);

    private EvictionCheck() {
    }

    /** Looks and warns, in the background. */
    static void run(RedisClient redis) {
        redis.send(Use.READ, Request.cmd(Command.INFO, "memory"))
                .map(info -> warning(info.toString()))
                .onSuccess(warning -> {
                    if (warning != null) {
                        LOG.warn(warning);
                    }
                });
    }

    /**
     * What to warn of.
     *
     * @param info the section {@code memory} of {@code INFO}
     * @return null where nothing may be evicted
     */
    static String warning(String info) {
        String policy = field(info, "maxmemory_policy");
        String memory = field(info, "maxmemory");
        if (policy.isEmpty() || policy.equals("noeviction") || memory.equals("0")) {
            return null;
        }
        return "Redis may evict the counters of rate limits when its memory is full (maxmemory-policy " + policy
                + "): a limit whose counter was evicted may be granted again. Quotas are kept in SQL and are safe. To "
                + "mend it, give Redis more maxmemory, or use a Redis whose maxmemory-policy is noeviction.";
    }

    private static String field(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst().orElse("");
    }
}

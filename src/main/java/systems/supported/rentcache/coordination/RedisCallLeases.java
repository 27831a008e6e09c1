package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import systems.supported.rentcache.storage.RedisClient;
import systems.supported.rentcache.storage.RedisClient.Use;

/**
 * {@link CallLeases} in Redis: for each bucket a sorted set with the ends of its calls' windows, in microseconds of
 * Redis' clock. Nodes are those that {@link SharedLimits} counts. A Redis that lost its state grants what it granted
 * within the last window again.
 */
public final class RedisCallLeases implements CallLeases {
    private static final String LEASE = """
            local t = redis.call('TIME')
            local now = t[1] * 1000000 + t[2]
            local want, permits, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
            -- After a clock that stepped back.
            redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now + 2 * window), '+inf')
            local taken = redis.call('ZCARD', KEYS[1])
            local grant, wait = math.min(want, math.max(0, permits - taken)), 0
            for i = 1, grant do
              redis.call('ZADD', KEYS[1], string.format('%.0f', now + window),
                  string.format('%.0f-%d', now, taken + i))
            end
            if grant < want then
              local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
              wait = math.max(1, tonumber(first[2]) - now)
            end
            redis.call('PEXPIRE', KEYS[1], math.ceil(window / 500) + 1000)
            return {grant, wait, redis.call('ZCARD', KEYS[2])}""";

    private final RedisClient redis;

    /** Leases through a client, which the caller closes. */
    public RedisCallLeases(RedisClient redis) {
        this.redis = redis;
    }

    @Override
    public Future<Grant> lease(String bucket, int want, int permits, Duration window) {
        return redis.send(Use.WRITE, Request.cmd(
                        Command.EVAL, LEASE, "2", LimitScripts.PREFIX + bucket, LimitScripts.NODES,
                        Integer.toString(want), Integer.toString(permits), Long.toString(window.toNanos() / 1_000)))
                .map(answer -> new Grant(
                        answer.get(0).toInteger(), Duration.ofNanos(answer.get(1).toLong() * 1_000),
                        Math.max(1, answer.get(2).toInteger())));
    }
}

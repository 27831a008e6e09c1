package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;
import systems.supported.rentcache.storage.RedisClient;
import systems.supported.rentcache.storage.RedisClient.Use;
import systems.supported.rentcache.storage.Subscription;

/**
 * Flights in Redis: a hash for each key, which a script reads and changes in one step by Redis' own time.
 *
 * <p>A fence is one more than the last one, and no less than the time in microseconds: it grows also where Redis lost
 * what it held. The hash outlives its lease by a minute, lest a clock that is set back meanwhile repeat a fence.
 */
final class RedisFlightStore implements FlightStore {
    static final String PREFIX = "rentcache:flight:";

    private static final String SEE = """
            local t = redis.call('TIME')
            local now = t[1] * 1000 + math.floor(t[2] / 1000)
            local kept = redis.call('HMGET', KEYS[1], 'fence', 'phase', 'ends', 'failure')
            local fence, phase, left = tonumber(kept[1] or '0'), kept[2], tonumber(kept[3] or '0') - now
            local failure = kept[4] or ''
            """;

    private static final String LOOK = SEE + """
            if left <= 0 then phase, left, failure = 'GONE', 0, '' end
            return {0, fence, phase, left, failure}""";

    private static final String KEEP = """
            local function keep(fence, phase, length, failure)
              redis.call('HSET', KEYS[1], 'fence', string.format('%.0f', fence), 'phase', phase,
                  'ends', string.format('%.0f', now + length), 'failure', failure)
              redis.call('PEXPIRE', KEYS[1], length + 60000)
            end
            """;

    private static final String TAKE = SEE + KEEP + """
            if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then return false end
            if left > 0 and (phase == 'HELD' or (phase ~= 'GONE' and fence > tonumber(ARGV[1]))) then
              return {0, fence, phase, left, failure}
            end
            fence = math.max(fence + 1, t[1] * 1000000 + t[2])
            keep(fence, 'HELD', tonumber(ARGV[2]), '')
            return {1, fence, 'HELD', tonumber(ARGV[2]), ''}""";

    private static final String RENEW = SEE + KEEP + """
            if fence ~= tonumber(ARGV[1]) or phase ~= 'HELD' then return 0 end
            keep(fence, 'HELD', tonumber(ARGV[2]), '')
            return 1""";

    /** A user without the right to the channel still lands its flights; the others then find the outcome by looking. */
    private static final String LAND = SEE + KEEP + """
            if fence ~= tonumber(ARGV[1]) or phase ~= 'HELD' then return 0 end
            keep(fence, ARGV[2], tonumber(ARGV[3]), ARGV[4])
            redis.pcall('PUBLISH', ARGV[5], ARGV[6])
            return 1""";

    private final RedisClient redis;
    private final String answers;
    /** Whether an answer and its flight may be on different servers. */
    private volatile boolean apart;

    /**
     * Flights in a Redis.
     *
     * @param answers what the names begin with under which it keeps answers; a key's digits follow
     */
    RedisFlightStore(RedisClient redis, String answers) {
        this.redis = redis;
        this.answers = answers;
        this.apart = redis.isCluster();
    }

    @Override
    public Future<Take> take(CacheKey key, long after, Duration lease) {
        return run(TAKE, key, Long.toString(after), millis(lease)).map(RedisFlightStore::take);
    }

    /** {@inheritDoc} In a cluster another server may hold the answer, also where it does not look like a cluster. */
    @Override
    public Future<Optional<Take>> takeUnlessKept(CacheKey key, Duration lease) {
        if (apart) {
            return Future.succeededFuture(Optional.empty());
        }
        List<String> names = List.of(PREFIX + key.hex(), answers + key.hex());
        return run(TAKE, names, "0", millis(lease))
                .map(answer -> Optional.ofNullable(answer).map(RedisFlightStore::take))
                .recover(failure -> {
                    if (failure.getMessage().contains("CROSSSLOT")) {
                        apart = true;
                    }
                    return apart ? Future.succeededFuture(Optional.empty()) : Future.failedFuture(failure);
                });
    }

    private static Take take(Response answer) {
        return new Take(answer.get(0).toInteger() == 1, sight(answer));
    }

    @Override
    public Future<Sight> look(CacheKey key) {
        return run(LOOK, key).map(RedisFlightStore::sight);
    }

    @Override
    public Future<Boolean> renew(CacheKey key, long fence, Duration lease) {
        return run(RENEW, key, Long.toString(fence), millis(lease)).map(done -> done.toInteger() == 1);
    }

    @Override
    public Future<Boolean> land(FlightMessage end, String failure, Duration remembered) {
        return run(LAND, end.key(), Long.toString(end.fence()), end.phase().name(), millis(remembered),
                failure, FlightMessage.CHANNEL, end.text()).map(done -> done.toInteger() == 1);
    }

    @Override
    public Future<Subscription> listen(Consumer<String> handler) {
        return redis.listen(FlightMessage.CHANNEL, handler);
    }

    @Override
    public void close() {
        // Redis forgets by itself.
    }

    /** All on one lane: who can take but not look would board again and again, and learn nothing. */
    private Future<Response> run(String script, CacheKey key, String... arguments) {
        return run(script, List.of(PREFIX + key.hex()), arguments);
    }

    private Future<Response> run(String script, List<String> names, String... arguments) {
        Request request = Request.cmd(Command.EVAL).arg(script).arg(names.size());
        names.forEach(request::arg);
        for (String argument : arguments) {
            request.arg(argument);
        }
        return redis.send(Use.WRITE, request);
    }

    private static Sight sight(Response answer) {
        return new Sight(
                answer.get(1).toLong(), Phase.valueOf(answer.get(2).toString()), answer.get(3).toLong(),
                answer.get(4).toString());
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}

package systems.supported.rentcache.coordination;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Locale;
import systems.supported.rentcache.limits.LeaseAnswer;
import systems.supported.rentcache.limits.LeaseAsk;

/**
 * The two steps that Redis does at once and by its own clock, in microseconds since 1970-01-01T00:00Z.
 *
 * <p><b>Heartbeat.</b> The epoch names what Redis holds. It is begun anew when a node that knew one finds none, or finds
 * that the last heartbeat it knows of is missing, so that Redis came back with an older state. All counters carry the
 * epoch in their names. In a new epoch buckets begin empty, and for {@link #SETTLING} nothing is granted, so that every
 * node can tell what it spent of the windows. The first node of all, which can know of no loss, begins an epoch with full
 * buckets.
 *
 * <p><b>Lease.</b> A bucket is the moment at which it will be full, as in
 * {@link systems.supported.rentcache.limits.TokenBucket}, and what each node holds of it at most, with the end of that
 * lease. What nodes hold counts as being in the bucket when it comes to refilling it: bucket and leases together are
 * never more than the capacity, and so no stretch of time sees more requests than capacity and refill. A lease whose end
 * passed is forgotten, and its tokens are lost. A window is two counters; its tokens hold in their window only.
 *
 * <p>All names have one hash tag: a Redis Cluster has them on one node.
 */
final class LimitScripts {
    /** What the names of all limits begin with. */
    static final String PREFIX = "rentcache:limit:{all}:";
    /** How long a new epoch grants nothing. */
    static final Duration SETTLING = Duration.ofSeconds(5);
    /** How long a node counts as one after its last heartbeat. */
    static final Duration NODE_EXPIRY = Duration.ofSeconds(5);
    /** How long a node may spend what it leased. */
    static final Duration LEASE = Duration.ofSeconds(2);
    /** How long Redis waits for what is unspent to come back. */
    private static final Duration LEASE_RECORDED = Duration.ofSeconds(3);

    private static final String EPOCH = PREFIX + "epoch";
    /** The nodes, by their last heartbeat. */
    static final String NODES = PREFIX + "nodes";

    private static final String HEARTBEAT = """
            local t = redis.call('TIME')
            local now = t[1] * 1000000 + t[2]
            local kept = redis.call('HMGET', KEYS[1], 'id', 'birth', 'beat')
            local id, birth, beat = kept[1], tonumber(kept[2] or '0'), tonumber(kept[3] or '0')
            local known, seen = ARGV[2], tonumber(ARGV[3])
            local lost = known ~= '' and (not id or beat < seen or (id ~= known and birth == 0))
            if lost or not id then
              id = string.format('%.0f', now) .. '-' .. ARGV[1]
              birth = lost and now or 0
            end
            beat = math.max(now, beat, lost and seen or 0)
            redis.call('HSET', KEYS[1], 'id', id, 'birth', string.format('%.0f', birth),
                'beat', string.format('%.0f', beat))
            redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[1])
            redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.0f', now - ARGV[4]))
            local settle = birth > 0 and math.max(0, birth + ARGV[5] - now) or 0
            return {id, now, settle, redis.call('ZCARD', KEYS[2]), beat}""";

    private static final String LEASE_STEP = """
            local t = redis.call('TIME')
            local now = t[1] * 1000000 + t[2]
            local n = {}
            for i = 3, #ARGV do n[i] = tonumber(ARGV[i]) end
            local strict, settling, recorded, number = n[3] == 1, n[4], n[5], n[6]
            local kept = redis.call('HMGET', KEYS[1], 'id', 'birth')
            local id, birth = kept[1] or '', tonumber(kept[2] or '0')
            if id ~= ARGV[2] then return {id, now, settling, 0, 0, 0, 0, 0, 0, 0, 0, 0} end
            local settle = birth > 0 and math.max(0, birth + settling - now) or 0

            local permits, length = n[7], n[8]
            local index, current, previous, room = math.floor(now / length), 0, 0, math.huge
            if permits > 0 then
              local w = redis.call('HMGET', KEYS[2], 'index', 'current', 'previous')
              local i = tonumber(w[1] or '-2')
              if i >= index then
                index, current, previous = i, tonumber(w[2]), tonumber(w[3])
              elseif i == index - 1 then
                previous = tonumber(w[2])
              end
              local function add(at, count)
                if at >= index then
                  current = current + count
                elseif at == index - 1 then
                  previous = previous + count
                end
              end
              add(n[12], n[13])
              add(n[12] - 1, n[14])
              add(n[10], -n[11])
              current, previous = math.max(0, current), math.max(0, previous)
              room = math.max(0, permits - current - math.ceil(previous * (1 - (now % length) / length)))
            end

            local capacity, interval = n[15], n[16]
            local whole, full, mine, others, stale, tokens = capacity * interval, 0, 0, 0, false, math.huge
            if capacity > 0 then
              local leases, ended = {}, {}
              local b = redis.call('HGETALL', KEYS[3])
              full = birth > 0 and birth + whole or 0
              for i = 1, #b, 2 do
                if b[i] == 'full' then
                  full = tonumber(b[i + 1])
                else
                  local count, ends, asked = string.match(b[i + 1], '^(%d+):(%d+):(%d+)$')
                  local lease = {node = b[i], count = tonumber(count), ends = tonumber(ends)}
                  leases[#leases + 1] = lease
                  if b[i] == ARGV[1] then stale = number <= tonumber(asked) end
                end
              end
              full = math.min(full, now + 2 * whole)
              for _, lease in ipairs(leases) do
                if lease.ends <= now then
                  local out = 0
                  for _, other in ipairs(leases) do
                    if other.ends >= lease.ends then out = out + other.count end
                  end
                  full = math.max(full, lease.ends + out * interval)
                  ended[#ended + 1] = lease.node
                elseif lease.node == ARGV[1] then
                  mine = lease.count
                else
                  others = others + lease.count
                end
              end
              if #ended > 0 then redis.call('HDEL', KEYS[3], unpack(ended)) end
              full = math.max(full, now + (mine + others) * interval)
              if not stale then
                local back = strict and n[19] or math.min(n[19], mine)
                full = full - back * interval
                mine = math.min(n[18], mine - math.min(back, mine))
              end
              full = math.max(full, now + (mine + others) * interval) + n[20] * interval
              tokens = math.max(0, math.floor((whole - (full - now)) / interval + 0.000001))
            end

            local grant, token = math.min(n[9], room), math.min(n[17], tokens)
            if settle > 0 or (strict and (grant < n[9] or token < n[17])) then grant, token = 0, 0 end
            if stale then token = 0 end

            local left, retry, reset = 0, 0, 0
            if permits > 0 then
              current = current + grant
              left = settle > 0 and 0 or room - grant
              redis.call('HSET', KEYS[2], 'index', string.format('%.0f', index), 'current', string.format('%.0f', current),
                  'previous', string.format('%.0f', previous))
              redis.call('PEXPIRE', KEYS[2], math.ceil(length / 500) + 10000)
              local into = now % length
              reset = length - into
              if left == 0 then
                local function fade(count, space)
                  if count <= space then return 0 end
                  return math.min(length, math.ceil((1 - math.max(0, space) / count) * length) + 1)
                end
                if current + 1 > permits then
                  retry = reset + fade(current, permits - 1)
                else
                  retry = math.max(1, fade(previous, permits - 1 - current) - into)
                end
                retry = math.max(retry, settle)
                reset = retry
              end
            else
              grant = 0
            end

            local still, again, filled = 0, 0, 0
            if capacity > 0 then
              full = math.max(full, now) + token * interval
              still = settle > 0 and 0 or tokens - token
              again = still > 0 and 0 or math.max(1, settle, math.ceil(full + interval - whole - now))
              filled = math.ceil(math.max(0, full - now))
              redis.call('HSET', KEYS[3], 'full', string.format('%.3f', full))
              if not stale and not strict then
                if mine + token > 0 then
                  redis.call('HSET', KEYS[3], ARGV[1],
                      string.format('%.0f:%.0f:%.0f', mine + token, now + recorded, number))
                else
                  redis.call('HDEL', KEYS[3], ARGV[1])
                end
              end
              redis.call('PEXPIRE', KEYS[3], math.ceil(whole / 500) + 10000)
            else
              token = 0
            end
            return {id, now, settle, grant, left, retry, reset, index, token, still, again, filled}""";

    private LimitScripts() {
    }

    /**
     * What a heartbeat brings.
     *
     * @param epoch        names what Redis holds
     * @param storeMicros  the time
     * @param settleMicros how long Redis grants nothing yet
     * @param nodes        how many nodes there are
     * @param beat         the time of the latest heartbeat of any node
     */
    record Heartbeat(String epoch, long storeMicros, long settleMicros, int nodes, long beat) {
        static Heartbeat of(Response response) {
            return new Heartbeat(
                    response.get(0).toString(), response.get(1).toLong(), response.get(2).toLong(),
                    response.get(3).toInteger(), response.get(4).toLong());
        }
    }

    /**
     * A node tells that it lives.
     *
     * @param epoch the epoch that it knows, or empty
     * @param beat  the latest heartbeat that it knows of
     */
    static Request heartbeat(String node, String epoch, long beat) {
        return Request.cmd(
                Command.EVAL, HEARTBEAT, "2", EPOCH, NODES, node, epoch, Long.toString(beat), micros(NODE_EXPIRY),
                micros(SETTLING));
    }

    /** A node goes. */
    static Request farewell(String node) {
        return Request.cmd(Command.ZREM, NODES, node);
    }

    /**
     * The step for an ask.
     *
     * @param strict   whether it is for one request, which needs a token of both limits or takes none
     * @param endpoint the endpoint's name, which is the same on all nodes
     */
    static Request lease(
            String node, String epoch, boolean strict, long keyId, String endpoint, LeaseAsk ask) {
        String of = PREFIX + epoch + ":key:" + keyId + ":";
        LeaseAsk.Window window = ask.window();
        LeaseAsk.Bucket bucket = ask.bucket();
        return Request.cmd(
                Command.EVAL, LEASE_STEP, "3", EPOCH, of + "all:" + window.windowNanos() / 1_000_000,
                of + "endpoint:" + endpoint,
                node, epoch, strict ? "1" : "0", micros(SETTLING), micros(LEASE_RECORDED), text(ask.number()),
                text(window.permits()), text(window.windowNanos() / 1_000), text(window.want()),
                text(window.returnedIndex()), text(window.returned()),
                text(window.spent().index()), text(window.spent().current()), text(window.spent().previous()),
                text(bucket.permits()), String.format(Locale.ROOT, "%.3f", bucket.intervalNanos() / 1_000.0),
                text(bucket.want()), text(bucket.held()), text(bucket.returned()), text(bucket.spent()));
    }

    /** Reads the answer to a {@link #lease}. */
    static LeaseAnswer answer(Response response) {
        return new LeaseAnswer(
                response.get(0).toString(), response.get(1).toLong(), response.get(2).toLong(),
                grant(response, 3), response.get(7).toLong(), grant(response, 8));
    }

    private static LeaseAnswer.Grant grant(Response response, int from) {
        return new LeaseAnswer.Grant(
                response.get(from).toLong(), response.get(from + 1).toLong(), response.get(from + 2).toLong(),
                response.get(from + 3).toLong());
    }

    private static String micros(Duration duration) {
        return Long.toString(duration.toNanos() / 1_000);
    }

    private static String text(long number) {
        return Long.toString(number);
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import systems.supported.rentcache.cache.EntryCodec.Decoded;
import systems.supported.rentcache.cache.EntryCodec.UnknownVersion;
import systems.supported.rentcache.cache.InvalidationMarkers.Marker;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.RedisClient;
import systems.supported.rentcache.storage.RedisClient.Use;

/**
 * The tier in Redis (L1): what the nodes share.
 *
 * <p>An answer is a value under {@value #PREFIX} and its key, in the form of {@link EntryCodec}. One is invalidated by
 * deleting it; many are by a marker in the hash {@value #MARKERS}, which each look-up reads along with the value, in
 * the same round trip. A marker says before which moment what was fetched is invalid, so marking costs the same for one
 * answer or a million.
 *
 * <p>Redis may be away when it should be told of an invalidation, or of an answer that takes another's place. What
 * it was not told is remembered, covers what is read from it in this process, and is told as soon as Redis can be
 * written again; so a Redis that comes back with old answers does not bring them back. Other processes hear of
 * invalidations through SQL, and say so to {@link #forget}.
 *
 * <p>Thread-safe; futures complete on the caller's context.
 */
public final class RedisTier implements Tier {
    /** What the names of answers begin with; their keys' hexadecimal digits follow. */
    public static final String PREFIX = "rentcache:entry:";
    static final String MARKERS = "rentcache:invalidated";
    static final Duration SHORTEST = Duration.ofMinutes(30);
    static final Duration LONGEST = Duration.ofHours(2);

    private static final String NAME = "redis";
    /** The markers outlive the answers, by more than clocks may differ. */
    private static final Duration MARKERS_KEPT = LONGEST.plusMinutes(5);
    private static final int MOST_MARKERS = 200;
    private static final int MOST_BYTES_IN_FLIGHT = 64 << 20;
    private static final int MOST_IN_FLIGHT = 1_024;
    private static final int MOST_IN_A_BATCH = 256;
    private static final long TELL_AGAIN_MILLIS = 1_000;
    /** Until then who waits for an answer has it, and mostly its compressed form is made, too. */
    private static final long BEHIND_MILLIS = 2;

    /**
     * A marker is only ever raised; one atomic step, since several nodes may mark at once. Where there are many, one
     * for all takes their place: each look-up reads them.
     */
    private static final String MARK = """
            if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
              local latest = tonumber(ARGV[2])
              for _, before in ipairs(redis.call('HVALS', KEYS[1])) do
                latest = math.max(latest, tonumber(before) or 0)
              end
              redis.call('DEL', KEYS[1])
              redis.call('HSET', KEYS[1], 'all', string.format('%.0f', latest))
              return redis.call('PEXPIRE', KEYS[1], ARGV[3])
            end
            local known = redis.call('HGET', KEYS[1], ARGV[1])
            if not known or tonumber(known) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
            return redis.call('PEXPIRE', KEYS[1], ARGV[3])""";

    private final Vertx vertx;
    private final Context home;
    private final RedisClient redis;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Map<CacheKey, Write> writes = new ConcurrentHashMap<>();
    private final AtomicInteger bytesInFlight = new AtomicInteger();
    private final InvalidationMarkers known = new InvalidationMarkers(MARKERS_KEPT);
    private final InvalidationMarkers untold = new InvalidationMarkers(MARKERS_KEPT);
    private final AtomicBoolean tellingLater = new AtomicBoolean();

    /** A write under way; compared by identity. */
    private static final class Write {
        private final StoredAnswer answer;
        private final Promise<Void> done = Promise.promise();

        Write(StoredAnswer answer) {
            this.answer = answer;
        }
    }

    /**
     * The tier over a Redis, made outside of verticles: it writes also after they have stopped.
     *
     * @param clock tells how long answers are fresh yet
     */
    public RedisTier(Vertx vertx, RedisClient redis, Metrics metrics, InstantSource clock) {
        this.vertx = vertx;
        this.home = vertx.getOrCreateContext();
        this.redis = redis;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** How long Redis keeps an answer: while it is fresh, but no shorter than 30 minutes and no longer than 2 hours. */
    static Duration keptFor(Entry entry, Instant now) {
        Duration fresh = Freshness.freshFor(entry, now);
        return fresh.compareTo(SHORTEST) < 0 ? SHORTEST : fresh.compareTo(LONGEST) > 0 ? LONGEST : fresh;
    }

    @Override
    public Future<Optional<StoredAnswer>> get(CacheKey key) {
        return getAll(List.of(key)).map(found -> Optional.ofNullable(found.get(key)));
    }

    /** The valid answers kept under keys, fresh or not, read in few round trips; keys without one are left out. */
    public Future<Map<CacheKey, StoredAnswer>> getAll(List<CacheKey> keys) {
        Map<CacheKey, StoredAnswer> found = new HashMap<>();
        List<CacheKey> asked = new ArrayList<>();
        for (CacheKey key : keys) {
            Write unwritten = writes.get(key);
            if (unwritten == null || known.covers(unwritten.answer.entry())) {
                asked.add(key);
            } else {
                found.put(key, unwritten.answer);
            }
        }
        Future<Map<CacheKey, StoredAnswer>> all = Future.succeededFuture(found);
        for (int start = 0; start < asked.size(); start += MOST_IN_A_BATCH) {
            List<CacheKey> some = asked.subList(start, Math.min(asked.size(), start + MOST_IN_A_BATCH));
            all = all.compose(before -> read(some, before));
        }
        return all.onFailure(failure -> metrics.tierFailures(NAME, "read").increment());
    }

    private Future<Map<CacheKey, StoredAnswer>> read(List<CacheKey> keys, Map<CacheKey, StoredAnswer> found) {
        List<Request> requests = new ArrayList<>();
        requests.add(Request.cmd(Command.HGETALL, MARKERS));
        // MGET, of one key each: to GET, a list that someone put in a value's place is an error.
        keys.forEach(key -> requests.add(Request.cmd(Command.MGET, PREFIX + key.hex())));
        return redis.batch(Use.READ, requests).compose(replies -> {
            InvalidationMarkers marked = markers(replies.get(0));
            Future<Map<CacheKey, StoredAnswer>> all = Future.succeededFuture(found);
            for (int i = 0; i < keys.size(); i++) {
                Response value = replies.get(i + 1).get(0);
                if (value != null) {
                    CacheKey key = keys.get(i);
                    byte[] bytes = value.toBytes();
                    all = all.compose(before -> decode(bytes, key).map(outcome -> {
                        accept(key, outcome, marked).ifPresent(answer -> before.put(key, answer));
                        return before;
                    }));
                }
            }
            return all;
        });
    }

    private Future<EntryCodec.Outcome> decode(byte[] bytes, CacheKey key) {
        return EntryCodec.isLarge(bytes)
                ? vertx.executeBlocking(() -> EntryCodec.decode(bytes, key), false)
                : Future.succeededFuture(EntryCodec.decode(bytes, key));
    }

    private Optional<StoredAnswer> accept(CacheKey key, EntryCodec.Outcome outcome, InvalidationMarkers marked) {
        if (outcome instanceof Decoded decoded) {
            Entry entry = decoded.answer().entry();
            return marked.covers(entry) || known.covers(entry) ? Optional.empty() : Optional.of(decoded.answer());
        }
        metrics.tierFailures(NAME, "decode").increment();
        if (!(outcome instanceof UnknownVersion other && other.isNewer())) {
            redis.send(Use.WRITE, delete(key));
        }
        return Optional.empty();
    }

    private static InvalidationMarkers markers(Response pairs) {
        InvalidationMarkers markers = new InvalidationMarkers(MARKERS_KEPT);
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            String moment = pairs.get(i + 1).toString();
            if (moment.matches("\\d{1,18}")) {
                markers.add(new Marker(pairs.get(i).toString(), Long.parseLong(moment)));
            }
        }
        return markers;
    }

    /**
     * Keeps an answer; replaces what was there. What would be too much to have under way is dropped, and what is
     * invalid already is not kept.
     */
    @Override
    public Future<Void> put(StoredAnswer answer) {
        return write(answer, this::send);
    }

    /** {@inheritDoc} Its compressed form, put meanwhile, is written in its place. */
    @Override
    public Future<Void> putBehind(StoredAnswer answer) {
        // A timer of a verticle's context would be gone with the verticle.
        return write(answer, write -> home.runOnContext(here -> vertx.setTimer(BEHIND_MILLIS, due -> send(write))));
    }

    private Future<Void> write(StoredAnswer answer, Consumer<Write> sending) {
        Entry entry = answer.entry();
        if (known.covers(entry)) {
            return Future.succeededFuture();
        }
        int bytes = answer.weight();
        if (bytesInFlight.addAndGet(bytes) > MOST_BYTES_IN_FLIGHT || writes.size() >= MOST_IN_FLIGHT) {
            bytesInFlight.addAndGet(-bytes);
            metrics.dropped("redis-write").increment();
            owe(Marker.replacedBy(entry));
            return Future.failedFuture("too many writes to Redis are under way");
        }
        Write write = new Write(answer);
        Write earlier = writes.put(entry.key(), write);
        if (earlier != null) {
            write.done.future().onComplete(earlier.done::tryComplete, earlier.done::tryFail);
        }
        Future<Void> done = Awaited.here(vertx, write.done.future()).onComplete(over -> bytesInFlight.addAndGet(-bytes));
        sending.accept(write);
        return done;
    }

    /** Sends what was not replaced meanwhile, nor made invalid. */
    private void send(Write write) {
        Entry entry = write.answer.entry();
        if (writes.get(entry.key()) != write) {
            return;
        }
        Future<Void> sent = Future.succeededFuture();
        (known.covers(entry) ? sent : sent.compose(now -> set(write.answer)))
                .onComplete(done -> writes.remove(entry.key(), write))
                .onComplete(write.done::tryComplete, write.done::tryFail);
    }

    private Future<Void> set(StoredAnswer answer) {
        Entry entry = answer.entry();
        Request set = Request.cmd(Command.SET).arg(PREFIX + entry.key().hex()).arg(EntryCodec.encode(answer))
                .arg("PX").arg(keptFor(entry, clock.instant()).toMillis());
        Future<Void> sent = redis.send(Use.WRITE, set).mapEmpty();
        return sent.onSuccess(kept -> untold.removeReplaced(entry)).onFailure(failure -> {
            metrics.tierFailures(NAME, "write").increment();
            owe(Marker.replacedBy(entry));
        });
    }

    /** Does nothing: Redis counts no hits. */
    @Override
    public Future<Void> touch(Map<CacheKey, Integer> hits, Instant at) {
        return Future.succeededFuture();
    }

    /**
     * Makes answers invalid, in this process at once.
     *
     * @return how many were deleted, known for one key only and 0 else; fails when Redis could not be told yet
     */
    @Override
    public Future<Integer> invalidate(Invalidation what, Instant at) {
        Marker marker = Marker.of(what, at);
        known.add(marker);
        return tell(marker).onFailure(failure -> {
            metrics.tierFailures(NAME, "invalidate").increment();
            owe(marker);
        });
    }

    /** Applies what another process invalidated: what Redis has of it is not served nor kept again by this one. */
    public void forget(Invalidation what, Instant at) {
        known.add(Marker.of(what, at));
    }

    private Future<Integer> tell(Marker marker) {
        CacheKey key = marker.key();
        if (key != null) {
            return redis.send(Use.WRITE, delete(key)).map(Response::toInteger);
        }
        Request mark = Request.cmd(
                Command.EVAL, MARK, "1", MARKERS, marker.scope(), Long.toString(marker.before()),
                Long.toString(MARKERS_KEPT.toMillis()), Integer.toString(MOST_MARKERS));
        return redis.send(Use.WRITE, mark).map(0);
    }

    private static Request delete(CacheKey key) {
        return Request.cmd(Command.DEL, PREFIX + key.hex());
    }

    private void owe(Marker marker) {
        known.add(marker);
        untold.add(marker);
        tellLater();
    }

    private void tellLater() {
        if (!untold.isEmpty() && !redis.isClosed() && tellingLater.compareAndSet(false, true)) {
            vertx.setTimer(TELL_AGAIN_MILLIS, timer -> {
                List<Future<Integer>> told = new ArrayList<>();
                for (Marker marker : untold.all()) {
                    if (told.size() < MOST_IN_FLIGHT) {
                        told.add(tell(marker).onSuccess(done -> untold.remove(marker)));
                    }
                }
                Future.join(told).onComplete(done -> {
                    tellingLater.set(false);
                    tellLater();
                });
            });
        }
    }

    /** Knows nothing: Redis cannot say it without looking at every key. */
    @Override
    public Future<List<TierStatistics>> statistics(Instant now) {
        return Future.succeededFuture(List.of());
    }

    /** Has nothing to do: Redis drops by itself what it kept long enough. */
    @Override
    public Future<Integer> purge(Instant now, Duration keptFor) {
        return Future.succeededFuture(0);
    }

    @Override
    public Future<Void> flush() {
        List<Future<Void>> unwritten = new ArrayList<>();
        writes.values().forEach(write -> unwritten.add(write.done.future()));
        return Future.join(unwritten).mapEmpty();
    }
}

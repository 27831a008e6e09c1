package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.EventMessage;

/**
 * A place behind the near cache where answers are kept.
 *
 * <p>A tier may fail: then its futures fail, soon, and the caller goes on without it. What was put is found by the
 * next {@link #get} of the same process, whether it is on disk yet or not.
 */
public interface Tier {
    /** The tier's name in {@code Cache-Status}, metrics and logs. */
    String name();

    /** The valid answer kept under a key, fresh or not. */
    Future<Optional<StoredAnswer>> get(CacheKey key);

    /** Keeps an answer; replaces what was there. The future completes once it is safe. */
    Future<Void> put(StoredAnswer answer);

    /** The same of an answer that an event tells of; a tier that keeps events keeps both or none. */
    default Future<Void> put(StoredAnswer answer, EventMessage event) {
        return put(answer);
    }

    /** The same of an answer that someone waits for: it may be written a moment later, when that one has it. */
    default Future<Void> putBehind(StoredAnswer answer) {
        return put(answer);
    }

    /** Adds to the hit counts; when an answer is not there, its count is dropped. */
    Future<Void> touch(Map<CacheKey, Integer> hits, Instant at);

    /** Marks answers that were fetched until a time as invalid (soft deletion) and says how many. */
    Future<Integer> invalidate(Invalidation what, Instant at);

    /** What is kept, by endpoint. */
    Future<List<TierStatistics>> statistics(Instant now);

    /** Deletes what stopped being fresh, or was marked invalid, longer ago than a time; says how many. */
    Future<Integer> purge(Instant now, Duration keptFor);

    /** Completes once all that was put is safe. */
    Future<Void> flush();
}

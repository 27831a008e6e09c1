package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * Fills the near tier, and the shared one, from the lasting one after a cold start: the most used answers that are
 * fresh, page by page, until a number of bytes is reached, there are no more, or it is stopped. The upstream is never asked.
 *
 * <p>It is polite: one page is under way at a time, a page is small, nothing that a request brought meanwhile is
 * replaced. Confined to one event loop.
 */
final class Preload {
    private static final int PAGE = 32;
    /** A larger body is left for the request that asks for it: a page of such would be felt by others. */
    private static final long LARGEST = 1 << 20;

    private final NearCache near;
    private final SqlTier lasting;
    private final RecentInvalidations invalidations;
    private final long mostBytes;
    private final InstantSource clock;
    private final Promise<Loaded> done = Promise.promise();
    private Optional<RedisTier> shared;
    private boolean stopped;
    private int entries;
    private long bytes;

    /**
     * What was loaded.
     *
     * @param entries how many answers
     * @param bytes   about how much memory they take
     */
    record Loaded(int entries, long bytes) {
    }

    Preload(
            NearCache near,
            SqlTier lasting,
            Optional<RedisTier> shared,
            RecentInvalidations invalidations,
            long mostBytes,
            InstantSource clock) {
        this.near = near;
        this.lasting = lasting;
        this.shared = shared;
        this.invalidations = invalidations;
        this.mostBytes = mostBytes;
        this.clock = clock;
    }

    /** Begins, and says what was loaded once it has ended; fails when the lasting tier cannot be read. */
    Future<Loaded> run() {
        next(null);
        return done.future();
    }

    /** Ends it at once; what was loaded stays. */
    void stop() {
        stopped = true;
        end();
    }

    private void end() {
        done.tryComplete(new Loaded(entries, bytes));
    }

    private void next(SqlTier.Place before) {
        lasting.mostUsed(before, clock.instant(), Math.min(LARGEST, mostBytes), PAGE)
                .compose(page -> share(page.answers()).map(latest -> {
                    keep(latest);
                    return page;
                }))
                .onFailure(done::tryFail)
                .onSuccess(page -> {
                    if (stopped || bytes >= mostBytes || page.last() == null) {
                        end();
                    } else {
                        next(page.last());
                    }
                });
    }

    private void keep(List<StoredAnswer> answers) {
        for (StoredAnswer answer : answers) {
            if (!stopped && bytes + answer.weight() <= mostBytes && isValid(answer) && near.putIfAbsent(answer)) {
                entries++;
                bytes += answer.weight();
                if (!isValid(answer)) {
                    // The invalidation looked for it between the two lines above.
                    near.invalidate(new Invalidation.OfKey(answer.entry().key()));
                }
            }
        }
    }

    /** It may have been read before an invalidation that was heard of since. */
    private boolean isValid(StoredAnswer answer) {
        return !invalidations.cover(answer.entry(), answer.entry().fetchedAt());
    }

    /** Gives the shared tier what it does not have, and takes from it what is later; one that fails is left alone. */
    private Future<List<StoredAnswer>> share(List<StoredAnswer> answers) {
        if (shared.isEmpty() || stopped) {
            return Future.succeededFuture(answers);
        }
        return shared.get().getAll(answers.stream().map(answer -> answer.entry().key()).toList())
                .compose(known -> share(answers, known))
                .otherwise(failure -> {
                    shared = Optional.empty();
                    return answers;
                });
    }

    private Future<List<StoredAnswer>> share(List<StoredAnswer> answers, Map<CacheKey, StoredAnswer> known) {
        List<StoredAnswer> latest = new ArrayList<>();
        List<Future<Void>> writes = new ArrayList<>();
        for (StoredAnswer answer : answers) {
            StoredAnswer other = known.get(answer.entry().key());
            if (other == null && isValid(answer)) {
                writes.add(shared.get().put(answer));
            }
            boolean isLater = other != null && other.entry().fetchedAt().isAfter(answer.entry().fetchedAt());
            latest.add(isLater ? other : answer);
        }
        // They are waited for, so that what is under way to Redis is never more than a page.
        return Future.all(writes).map(latest);
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.EventMessage;

/**
 * The tiers behind the near cache as one: a shared one in memory (L1), which may be missing or away, before a lasting
 * one (L2), which has the last word.
 *
 * <p>A look-up asks L1, and L2 where L1 has nothing, fails, or has only what is stale: L2 may have got a newer answer
 * while L1 was away. What L2 has and is fresh goes into L1; nobody waits for that.
 *
 * <p>Thread-safe when the tiers are.
 */
public final class Tiers implements Tier {
    private final Optional<Tier> first;
    private final Tier second;
    private final InstantSource clock;

    /**
     * An answer, and where it was.
     *
     * @param answer the answer
     * @param tier   the name of the tier that had it
     */
    public record Found(StoredAnswer answer, String tier) {
    }

    /**
     * Two tiers as one.
     *
     * @param first  L1, where there is one
     * @param second L2
     * @param clock  tells whether answers are fresh
     */
    public Tiers(Optional<Tier> first, Tier second, InstantSource clock) {
        this.first = first;
        this.second = second;
        this.clock = clock;
    }

    /** The name of L2: what is said of all tiers at once is said of what lasts. */
    @Override
    public String name() {
        return second.name();
    }

    /** The valid answer kept under a key, fresh or not, and where it was; fails when L1 has nothing and L2 fails. */
    public Future<Optional<Found>> find(CacheKey key) {
        if (first.isEmpty()) {
            return second.get(key).map(answer -> found(answer, second));
        }
        Tier shared = first.get();
        return shared.get(key).transform(read -> {
            Optional<StoredAnswer> near = read.succeeded() ? read.result() : Optional.empty();
            if (near.isPresent() && isFresh(near.get())) {
                return Future.succeededFuture(found(near, shared));
            }
            return second.get(key)
                    .map(lasting -> later(found(near, shared), found(lasting, second)))
                    .recover(failure -> near.isPresent()
                            ? Future.succeededFuture(found(near, shared)) : Future.failedFuture(failure))
                    .onSuccess(best -> best.filter(one -> one.tier().equals(second.name())).ifPresent(this::fill));
        });
    }

    private static Optional<Found> found(Optional<StoredAnswer> answer, Tier tier) {
        return answer.map(one -> new Found(one, tier.name()));
    }

    /**
     * Which of two tiers' valid answers a look-up takes. Pure.
     *
     * @param shared  what L1 has; empty also where there is none, or it is away
     * @param lasting what L2 has; empty also where it is away
     */
    public static Optional<Found> chosen(Optional<Found> shared, Optional<Found> lasting, Instant now) {
        return shared.isPresent() && Freshness.isFresh(shared.get().answer().entry(), now)
                ? shared : later(shared, lasting);
    }

    private static Optional<Found> later(Optional<Found> shared, Optional<Found> lasting) {
        if (shared.isEmpty() || lasting.isEmpty()) {
            return shared.isEmpty() ? lasting : shared;
        }
        Instant sharedAt = shared.get().answer().entry().fetchedAt();
        return lasting.get().answer().entry().fetchedAt().isAfter(sharedAt) ? lasting : shared;
    }

    private void fill(Found lasting) {
        if (isFresh(lasting.answer())) {
            first.ifPresent(shared -> shared.put(lasting.answer()));
        }
    }

    private boolean isFresh(StoredAnswer answer) {
        return Freshness.isFresh(answer.entry(), clock.instant());
    }

    @Override
    public Future<Optional<StoredAnswer>> get(CacheKey key) {
        return find(key).map(found -> found.map(Found::answer));
    }

    /** Keeps an answer in both; the future completes once it is safe in L2. */
    @Override
    public Future<Void> put(StoredAnswer answer) {
        first.ifPresent(shared -> shared.put(answer));
        return second.put(answer);
    }

    /**
     * Keeps an answer in both; the future completes once other nodes find it, in one or the other.
     *
     * @param event tells of it; kept by what lasts
     */
    Future<Void> share(StoredAnswer answer, EventMessage event) {
        if (first.isEmpty()) {
            return second.put(answer, event);
        }
        return Future.any(first.get().putBehind(answer), second.put(answer, event)).mapEmpty();
    }

    @Override
    public Future<Void> touch(Map<CacheKey, Integer> hits, Instant at) {
        return second.touch(hits, at);
    }

    /**
     * Makes answers invalid in both and says how many L2 had. L1 is told at once and waited for, but where it is away
     * it does not hold up the rest: it sees to it itself that what it was not told is not served.
     */
    @Override
    public Future<Integer> invalidate(Invalidation what, Instant at) {
        Future<?> told = first.<Future<?>>map(shared -> shared.invalidate(what, at)).orElse(Future.succeededFuture());
        return second.invalidate(what, at).compose(count -> told.transform(done -> Future.succeededFuture(count)));
    }

    @Override
    public Future<List<TierStatistics>> statistics(Instant now) {
        return second.statistics(now);
    }

    @Override
    public Future<Integer> purge(Instant now, Duration keptFor) {
        return second.purge(now, keptFor);
    }

    @Override
    public Future<Void> flush() {
        Future<Void> flushed = first.map(Tier::flush).orElse(Future.succeededFuture());
        return second.flush().compose(safe -> flushed.otherwiseEmpty());
    }
}

package systems.supported.rentcache.cache;

import java.time.Duration;
import java.time.Instant;
import systems.supported.rentcache.catalog.Endpoint;

/**
 * What to do with a request, given what is kept for it.
 *
 * <p>Two pure functions know the rules: {@link #decide} before the upstream is asked and {@link #afterFailure} when
 * that failed. Everything that an answer says of the cache is derived from their outcome and never inferred again. The
 * table of the states is in the package's documentation.
 */
public sealed interface CacheDecision {

    /** The kept answer is fresh and answers the request. */
    record Hit() implements CacheDecision {
        static final Hit INSTANCE = new Hit();
    }

    /**
     * The kept answer is stale and is given at once (RFC 5861 §3).
     *
     * @param refresh whether a new one may be fetched in the background
     */
    record HitStale(boolean refresh) implements CacheDecision {
        static final HitStale REFRESHED = new HitStale(true);
        static final HitStale AS_IT_IS = new HitStale(false);
    }

    /**
     * The upstream can say whether the kept answer still holds (RFC 9111 §4.3).
     *
     * @param validators what to ask with
     * @param reason     why
     */
    record Revalidate(Validators validators, ForwardReason reason) implements CacheDecision {
    }

    /**
     * The upstream has to be asked.
     *
     * @param reason why
     */
    record Fetch(ForwardReason reason) implements CacheDecision {
        static final Fetch URI_MISS = new Fetch(ForwardReason.URI_MISS);
        static final Fetch STALE = new Fetch(ForwardReason.STALE);
        static final Fetch REQUEST = new Fetch(ForwardReason.REQUEST);
        static final Fetch BYPASS = new Fetch(ForwardReason.BYPASS);
    }

    /** The upstream failed, and the kept answer is given in place of its own (RFC 5861 §4). */
    record ServeStaleOnError() implements CacheDecision {
        static final ServeStaleOnError INSTANCE = new ServeStaleOnError();
    }

    /** The request does not want the upstream to be asked, and nothing kept answers it (RFC 9111 §5.2.1.7). */
    record OnlyIfCachedMiss() implements CacheDecision {
        static final OnlyIfCachedMiss INSTANCE = new OnlyIfCachedMiss();
    }

    /** The upstream failed, and nothing kept may be given in place of its answer. */
    record Refuse() implements CacheDecision {
        static final Refuse INSTANCE = new Refuse();
    }

    /**
     * What to do.
     *
     * @param entry    the kept answer, or null where there is none
     * @param asked    what the request asks of the cache
     * @param endpoint whose answer it is
     * @param now      the time
     */
    static CacheDecision decide(Entry entry, RequestDirectives asked, Endpoint endpoint, Instant now) {
        if (!endpoint.cacheable()) {
            return forwarded(Fetch.BYPASS, asked);
        }
        if (asked.forceRefresh()) {
            return forwarded(Fetch.REQUEST, asked);
        }
        if (entry == null) {
            return forwarded(Fetch.URI_MISS, asked);
        }
        boolean fresh = Freshness.isFresh(entry, now);
        if (!asked.noCache() && isYoungEnough(entry, asked, now)) {
            if (fresh && isFreshEnough(entry, asked, now)) {
                return Hit.INSTANCE;
            }
            Duration accepted = accepted(entry, asked, endpoint);
            if (!fresh && asked.minFresh() == null && !accepted.isZero()
                    && staleBy(entry, now).compareTo(accepted) <= 0) {
                return asked.onlyIfCached() ? HitStale.AS_IT_IS : HitStale.REFRESHED;
            }
        }
        if (entry.validators().isPresent()) {
            return forwarded(new Revalidate(
                    entry.validators(), fresh ? ForwardReason.REQUEST : ForwardReason.STALE), asked);
        }
        return forwarded(fresh ? Fetch.REQUEST : Fetch.STALE, asked);
    }

    /**
     * What to do where the upstream failed, was too slow, or must not be asked for want of budget.
     *
     * @param entry    the kept answer, or null where there is none
     * @param asked    what the request asks of the cache
     * @param endpoint whose answer it is
     * @param now      the time
     */
    static CacheDecision afterFailure(Entry entry, RequestDirectives asked, Endpoint endpoint, Instant now) {
        if (entry == null || !endpoint.cacheable() || asked.forceRefresh() || asked.noCache()) {
            return Refuse.INSTANCE;
        }
        Duration longest = asked.maxStale() == null ? bound(entry, endpoint) : accepted(entry, asked, endpoint);
        return staleBy(entry, now).compareTo(longest) <= 0 ? ServeStaleOnError.INSTANCE : Refuse.INSTANCE;
    }

    private static CacheDecision forwarded(CacheDecision decision, RequestDirectives asked) {
        return asked.onlyIfCached() ? OnlyIfCachedMiss.INSTANCE : decision;
    }

    private static boolean isYoungEnough(Entry entry, RequestDirectives asked, Instant now) {
        return asked.maxAge() == null || Freshness.currentAge(entry, now).compareTo(asked.maxAge()) <= 0;
    }

    private static boolean isFreshEnough(Entry entry, RequestDirectives asked, Instant now) {
        return asked.minFresh() == null || Freshness.freshFor(entry, now).compareTo(asked.minFresh()) >= 0;
    }

    /** How long an entry is stale; negative while it is fresh. */
    private static Duration staleBy(Entry entry, Instant now) {
        return Freshness.freshFor(entry, now).negated();
    }

    /** How stale an answer may be that is given without a word from the upstream. */
    private static Duration accepted(Entry entry, RequestDirectives asked, Endpoint endpoint) {
        return asked.maxStale() == null
                ? whileRevalidate(entry, endpoint) : shorter(asked.maxStale(), bound(entry, endpoint));
    }

    /** How stale an answer may be that is given at all. */
    private static Duration bound(Entry entry, Endpoint endpoint) {
        Duration whileRevalidate = whileRevalidate(entry, endpoint);
        Duration ifError = endpoint.stale().ifError();
        return whileRevalidate.compareTo(ifError) > 0 ? whileRevalidate : ifError;
    }

    /** No longer than the answer was fresh: what was kept for a minute is not given for a day. */
    private static Duration whileRevalidate(Entry entry, Endpoint endpoint) {
        Duration lifetime = Duration.between(entry.fetchedAt(), entry.expiresAt());
        return shorter(endpoint.stale().whileRevalidate(), lifetime.isNegative() ? Duration.ZERO : lifetime);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}

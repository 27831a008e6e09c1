package systems.supported.rentcache.http;

import java.time.Instant;
import java.util.Locale;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.CacheStatus;
import systems.supported.rentcache.cache.Freshness;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.cache.UpstreamFailure;

/**
 * What is said of the cache in an answer.
 *
 * @param cache      the value of {@code X-Cache}
 * @param status     the value of {@code Cache-Status}
 * @param age        the value of {@code Age}
 * @param costMicros what the request cost, in micro-dollars
 */
record Provenance(CharSequence cache, CharSequence status, CharSequence age, long costMicros) {

    static Provenance of(LookupReply.Found found, Instant now) {
        return new Provenance(
                found.decision() instanceof CacheDecision.HitStale ? Headers.STALE : Headers.HIT,
                CacheStatus.hit(Freshness.freshFor(found.entry().answer().entry(), now), found.tier()),
                age(found.entry(), now), 0);
    }

    static Provenance of(LookupReply.StaleOnError stale, Instant now) {
        return new Provenance(
                Headers.STALE,
                CacheStatus.forwarded(
                        stale.reason(), stale.failure().status(), false, stale.collapsed(), detail(stale.failure())),
                age(stale.entry(), now), stale.collapsed() ? 0 : stale.failure().costMicros());
    }

    static Provenance of(LookupReply.Fetched fetched, Instant now) {
        String status = CacheStatus.forwarded(
                fetched.reason(),
                fetched.revalidated() ? 304 : fetched.entry().answer().entry().status(),
                fetched.stored(), fetched.collapsed(), null);
        return new Provenance(
                fetched.revalidated() ? Headers.REVALIDATED : Headers.MISS, status,
                age(fetched.entry(), now), fetched.costMicros());
    }

    /** A failure in the words of {@code Cache-Status}. */
    static String detail(UpstreamFailure failure) {
        return failure.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String age(NearEntry entry, Instant now) {
        return Long.toString(Freshness.currentAge(entry.answer().entry(), now).toSeconds());
    }

    /** Whether the answer was kept. */
    boolean isHit() {
        return cache == Headers.HIT || cache == Headers.STALE;
    }
}

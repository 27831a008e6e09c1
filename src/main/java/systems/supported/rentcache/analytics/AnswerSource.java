package systems.supported.rentcache.analytics;

import java.util.Locale;

/** Where an answer came from, as far as that says how long it took. */
enum AnswerSource {
    /** The near tier: nothing was waited for. */
    NEAR,
    /** A tier behind it. */
    TIER,
    /** What is kept and past its lifetime. */
    STALE,
    /** Rentcast, asked for this request or for another of the same question. */
    UPSTREAM,
    /** RentCache itself, which refused. */
    REFUSED,
    /** Nowhere: Rentcast or RentCache failed. */
    FAILED;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The name in metrics. */
    String text() {
        return text;
    }

    static AnswerSource of(CacheResult result) {
        return switch (result) {
            case HIT_NEAR -> NEAR;
            case HIT_REDIS, HIT_SQL -> TIER;
            case STALE -> STALE;
            case MISS, COALESCED, REVALIDATED, BYPASS, REFRESHED -> UPSTREAM;
            case REFUSED -> REFUSED;
            case FAILED -> FAILED;
        };
    }
}

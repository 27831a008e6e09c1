package systems.supported.rentcache.analytics;

import java.util.Locale;

/** How the cache took part in an answer. */
public enum CacheResult {
    /** Answered from the near tier. */
    HIT_NEAR,
    /** Answered from the tier in Redis. */
    HIT_REDIS,
    /** Answered from the tier in SQL. */
    HIT_SQL,
    /** A stale answer, given at once while it is refreshed, or because the upstream failed. */
    STALE,
    /** Fetched from the upstream. */
    MISS,
    /** Shared the upstream call of another request. */
    COALESCED,
    /** A stale answer that the upstream confirmed. */
    REVALIDATED,
    /** Fetched, and never kept. */
    BYPASS,
    /** No answer: a call that was paid for while nobody waited for it, to refresh a stale answer. */
    REFRESHED,
    /** Refused by RentCache: limits, permission, bad input. */
    REFUSED,
    /** The upstream gave no answer. */
    FAILED;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The name in metrics, reports and the store. */
    public String text() {
        return text;
    }

    /** Whether an answer was given that was not paid for by this request. */
    public boolean isSaving() {
        return this == HIT_NEAR || this == HIT_REDIS || this == HIT_SQL || this == STALE || this == COALESCED
                || this == REVALIDATED;
    }
}

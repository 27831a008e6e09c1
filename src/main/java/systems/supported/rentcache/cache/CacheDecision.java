package systems.supported.rentcache.cache;

import java.time.Instant;

/**
 * What to do with a request, given what is kept for it.
 *
 * <p>One pure function, {@link #decide}, knows the rules; everything that an answer says of the cache is derived from
 * its outcome and never inferred again.
 */
public sealed interface CacheDecision {

    /** The kept answer is fresh and answers the request. */
    record Hit() implements CacheDecision {
        static final Hit INSTANCE = new Hit();
    }

    /**
     * The kept answer is stale; the upstream can say whether it still holds (RFC 9111 §4.3).
     *
     * @param validators what to ask with
     */
    record Revalidate(Validators validators) implements CacheDecision {
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

    /**
     * What to do.
     *
     * @param entry        the kept answer, or null where there is none
     * @param cacheable    whether answers of the endpoint are kept at all
     * @param forceRefresh whether the request asks for a new answer whatever is kept
     * @param now          the time
     */
    static CacheDecision decide(Entry entry, boolean cacheable, boolean forceRefresh, Instant now) {
        if (!cacheable) {
            return Fetch.BYPASS;
        }
        if (forceRefresh) {
            return Fetch.REQUEST;
        }
        if (entry == null) {
            return Fetch.URI_MISS;
        }
        if (Freshness.isFresh(entry, now)) {
            return Hit.INSTANCE;
        }
        return entry.validators().isPresent() ? new Revalidate(entry.validators()) : Fetch.STALE;
    }
}

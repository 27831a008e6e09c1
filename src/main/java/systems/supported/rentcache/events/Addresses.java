package systems.supported.rentcache.events;

/** The event bus's addresses. */
public final class Addresses {
    /** Request/reply, local: look a question up behind the near tier, and fetch what is not there. */
    public static final String CACHE_LOOKUP = "rentcache.cache.lookup";
    /** Request/reply, local, in a cluster only: the same, by this node itself. */
    public static final String CACHE_LOOKUP_HERE = "rentcache.cache.lookup.here";
    /** Send, local: refresh a stale answer in the background. */
    public static final String CACHE_REFRESH = "rentcache.cache.refresh";
    /** Send, local: what became of a call for which nobody waited any more. */
    public static final String CACHE_UNAWAITED = "rentcache.cache.unawaited";
    /** Request/reply, local: ask the upstream. */
    public static final String UPSTREAM_FETCH = "rentcache.upstream.fetch";
    /** Request/reply, local: what would be said to a call upstream; none is made. */
    public static final String UPSTREAM_OUTLOOK = "rentcache.upstream.outlook";
    /** Published, local: usage records of an event loop; who hears them only reads. */
    public static final String ANALYTICS_USAGE = "rentcache.analytics.usage";
    /** Request/reply, local: usage that another node gathered, to be written here. */
    public static final String ANALYTICS_GATHERED = "rentcache.analytics.gathered";
    /** Published: a {@link CacheMiss}. */
    public static final String CACHE_MISS = "rentcache.cache.miss";
    /** Published: a {@link CacheStored}. */
    public static final String CACHE_STORED = "rentcache.cache.stored";
    /** Published: a {@link CacheRefreshed}. */
    public static final String CACHE_REFRESHED = "rentcache.cache.refreshed";
    /** Published by each node: a {@link CacheInvalidated}. */
    public static final String CACHE_INVALIDATED = "rentcache.cache.invalidated";
    /** Published: a {@link CacheServedStale}. */
    public static final String CACHE_SERVED_STALE = "rentcache.cache.served-stale";
    /** Published: a {@link BudgetStepEvent}. */
    public static final String BUDGET_STEP = "rentcache.budget.step";
    /** Published by each node: a {@link KeyChanged}. */
    public static final String KEY_CHANGED = "rentcache.key.changed";
    /** Published by each node: a {@link KeyRevoked}. */
    public static final String KEY_REVOKED = "rentcache.key.revoked";
    /** Published: an {@link UpstreamStateChanged}. */
    public static final String UPSTREAM_STATE = "rentcache.upstream.state";

    private Addresses() {
    }
}

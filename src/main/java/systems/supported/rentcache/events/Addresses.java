package systems.supported.rentcache.events;

/** The event bus's addresses. */
public final class Addresses {
    /** Request/reply, local: look a question up behind the near tier, and fetch what is not there. */
    public static final String CACHE_LOOKUP = "rentcache.cache.lookup";
    /** Request/reply, local: ask the upstream. */
    public static final String UPSTREAM_FETCH = "rentcache.upstream.fetch";
    /** Send, local: usage records of an event loop. */
    public static final String ANALYTICS_USAGE = "rentcache.analytics.usage";

    private Addresses() {
    }
}

package systems.supported.rentcache.events;

/** The event bus's addresses. */
public final class Addresses {
    /** Request/reply, local: look a question up behind the near tier, and fetch what is not there. */
    public static final String CACHE_LOOKUP = "rentcache.cache.lookup";
    /** Send, local: refresh a stale answer in the background. */
    public static final String CACHE_REFRESH = "rentcache.cache.refresh";
    /** Send, local: what became of a call for which nobody waited any more. */
    public static final String CACHE_UNAWAITED = "rentcache.cache.unawaited";
    /** Request/reply, local: ask the upstream. */
    public static final String UPSTREAM_FETCH = "rentcache.upstream.fetch";
    /** Request/reply, local: what would be said to a call upstream; none is made. */
    public static final String UPSTREAM_OUTLOOK = "rentcache.upstream.outlook";
    /** Send, local: usage records of an event loop. */
    public static final String ANALYTICS_USAGE = "rentcache.analytics.usage";
    /**
     * Published by each node: answers are invalid, and the node gives them no longer. {@code {"v": 1, "seq": NUMBER,
     * "scope": TEXT, "at": TIME}}, where the text is that of {@code Invalidation.scope()}.
     */
    public static final String CACHE_INVALIDATED = "rentcache.cache.invalidated";
    /** Published: a budget reached 80, 90 or 100 %; a JSON object. */
    public static final String BUDGET_STEP = "rentcache.budget.step";
    /**
     * Published by each node: a key was made, changed or revoked, and the node goes by it. {@code {"v": 1, "keyId":
     * NUMBER, "at": TIME}}.
     */
    public static final String KEY_CHANGED = "rentcache.key.changed";
    /**
     * Published: the circuit of an endpoint changed. {@code {"v": 1, "endpoint": NAME, "state": "closed" | "open" |
     * "half-open", "at": TIME}}, and while it is open {@code "until": TIME}.
     */
    public static final String UPSTREAM_STATE = "rentcache.upstream.state";

    private Addresses() {
    }
}

package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Something that happened and that other programs may want to hear of. It is published as a JSON object; what its
 * members mean stands in {@code docs/EVENTS.md}, and what they may be in {@code conf/events}. No event holds a secret.
 *
 * <p>On the event bus delivery is at most once: who does not listen when it is published does not hear of it there.
 */
public sealed interface Event permits
        CacheMiss, CacheStored, CacheRefreshed, CacheInvalidated, CacheServedStale, BudgetStepEvent, KeyChanged,
        KeyRevoked, UpstreamStateChanged {
    /** The version of all events' form: a member may be added to it, none is taken away or changes its meaning. */
    int VERSION = 1;
    /** What precedes an event's name in its address. */
    String PREFIX = "rentcache.";
    /** The addresses of all events. */
    List<String> ADDRESSES = List.of(
            Addresses.CACHE_MISS, Addresses.CACHE_STORED, Addresses.CACHE_REFRESHED, Addresses.CACHE_INVALIDATED,
            Addresses.CACHE_SERVED_STALE, Addresses.BUDGET_STEP, Addresses.KEY_CHANGED, Addresses.KEY_REVOKED,
            Addresses.UPSTREAM_STATE);

    /** The addresses of those that each node publishes, once it goes by what happened. */
    Set<String> OF_EACH_NODE = Set.of(Addresses.CACHE_INVALIDATED, Addresses.KEY_CHANGED, Addresses.KEY_REVOKED);

    /** Where it is published. */
    String address();

    /** Puts what only this kind of event has. */
    void addTo(JsonObject json);

    /**
     * What is published.
     *
     * @param node the name of the node that publishes it
     * @param at   when
     */
    default JsonObject toJson(String node, Instant at) {
        JsonObject json = new JsonObject().put("v", VERSION).put("node", node).put("at", at.toString());
        addTo(json);
        return json;
    }

    /** An event's name: its address without the prefix. */
    static String name(String address) {
        return address.substring(PREFIX.length());
    }
}

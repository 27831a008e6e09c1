package systems.supported.rentcache.limits;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import systems.supported.rentcache.limits.Quota.Usage;

/**
 * The limits' states of all keys that this process has seen, by key id. Thread-safe.
 */
public final class LimitStates {
    private final ConcurrentHashMap<Long, KeyLimits> states = new ConcurrentHashMap<>();
    private final int endpoints;

    /**
     * No states yet.
     *
     * @param endpoints how many endpoints the catalog has
     */
    public LimitStates(int endpoints) {
        this.endpoints = endpoints;
    }

    /**
     * A quota's usage that has to be written to the store.
     *
     * @param keyId the key's id
     * @param usage what was used
     */
    public record Unsaved(long keyId, Usage usage) {
    }

    /**
     * The state of a key: the one there is, which knows better than the store, or a new one.
     *
     * @param keyId  the key's id
     * @param stored the usage that the store knows
     */
    public KeyLimits of(long keyId, Usage stored) {
        KeyLimits known = states.get(keyId);
        return known != null ? known : states.computeIfAbsent(keyId, id -> new KeyLimits(endpoints, stored));
    }

    /** The usages that changed since the last call; each is reported once. */
    public List<Unsaved> drainUnsaved() {
        List<Unsaved> unsaved = new ArrayList<>();
        states.forEach((keyId, limits) -> {
            Usage usage = limits.unsavedUsage();
            if (usage != null) {
                unsaved.add(new Unsaved(keyId, usage));
            }
        });
        return unsaved;
    }
}

package systems.supported.rentcache.limits;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import systems.supported.rentcache.limits.Quota.Usage;

/**
 * The limits' states of all keys that this process has seen, by key id. Thread-safe.
 */
public final class LimitStates {
    /** The id of keys that live in one process only. */
    private static final long IN_MEMORY = 0;

    private final ConcurrentHashMap<Long, KeyLimits> states = new ConcurrentHashMap<>();
    private final int endpoints;
    private final boolean shared;

    /**
     * No states yet.
     *
     * @param endpoints how many endpoints the catalog has
     * @param shared    whether nodes share the rates of stored keys
     */
    public LimitStates(int endpoints, boolean shared) {
        this.endpoints = endpoints;
        this.shared = shared;
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
        return known != null ? known : states.computeIfAbsent(keyId, id -> new KeyLimits(
                endpoints, stored, shared && id != IN_MEMORY ? new LeasedLimits(endpoints) : null));
    }

    /** The state of a key as {@link #of} would give it; one that is not known yet is not remembered. */
    public KeyLimits peek(long keyId, Usage stored) {
        KeyLimits known = states.get(keyId);
        return known != null ? known : new KeyLimits(
                endpoints, stored, shared && keyId != IN_MEMORY ? new LeasedLimits(endpoints) : null);
    }

    /**
     * What was counted of keys whose limits nodes share and the store does not know of; each is reported once, to be added
     * to the store's count.
     */
    public List<Unsaved> drainUncounted() {
        List<Unsaved> uncounted = new ArrayList<>();
        states.forEach((keyId, limits) -> {
            Usage delta = limits.takeUncounted();
            if (delta != null) {
                uncounted.add(new Unsaved(keyId, delta));
            }
        });
        return uncounted;
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

    /** What {@link #drainUncounted} reported could not be added: it is reported again. */
    public void countAgain(List<Unsaved> uncounted) {
        uncounted.forEach(usage -> states.get(usage.keyId()).countAgain(usage.usage()));
    }

    /** Usages that were drained could not be saved: they are reported again. */
    public void saveAgain(List<Unsaved> unsaved) {
        unsaved.forEach(usage -> states.get(usage.keyId()).saveAgain());
    }
}

package systems.supported.rentcache.limits;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import systems.supported.rentcache.limits.Quota.Usage;

/**
 * The limits' states of all keys that this process has seen, by key id. Thread-safe.
 */
public final class LimitStates {
    /** The id of keys that live in one process only. */
    private static final long IN_MEMORY = 0;

    private final ConcurrentHashMap<Long, KeyLimits> states = new ConcurrentHashMap<>();
    private final Queue<KeyLimits> unsaved = new ConcurrentLinkedQueue<>();
    private final Queue<KeyLimits> unsavedQuotas = new ConcurrentLinkedQueue<>();
    private final Queue<KeyLimits> uncounted = new ConcurrentLinkedQueue<>();
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
        return known != null ? known : states.computeIfAbsent(keyId, id -> limits(id, stored));
    }

    /** The state of a key as {@link #of} would give it; one that is not known yet is not remembered. */
    public KeyLimits peek(long keyId, Usage stored) {
        KeyLimits known = states.get(keyId);
        return known != null ? known : limits(keyId, stored);
    }

    private KeyLimits limits(long keyId, Usage stored) {
        return shared && keyId != IN_MEMORY
                ? new KeyLimits(endpoints, stored, new LeasedLimits(endpoints), keyId, uncounted, uncounted)
                : new KeyLimits(endpoints, stored, null, keyId, unsaved, unsavedQuotas);
    }

    /**
     * What was counted of keys whose limits nodes share and the store does not know of; each is reported once, to be added
     * to the store's count.
     */
    public List<Unsaved> drainUncounted() {
        return drain(uncounted, KeyLimits::takeUncounted);
    }

    /** The usages of keys without quotas that changed since the last call; each is reported once. */
    public List<Unsaved> drainUnsaved() {
        return drain(unsaved, KeyLimits::unsavedUsage);
    }

    /** The same of keys with quotas: what is lost of theirs by a crash could be used twice. */
    public List<Unsaved> drainUnsavedQuotas() {
        return drain(unsavedQuotas, KeyLimits::unsavedUsage);
    }

    private static List<Unsaved> drain(Queue<KeyLimits> changed, Function<KeyLimits, Usage> take) {
        List<Unsaved> drained = new ArrayList<>();
        // What changes again meanwhile comes behind those that are there now, and is for the next time.
        for (int left = changed.size(); left > 0; left--) {
            KeyLimits limits = changed.remove();
            Usage usage = take.apply(limits);
            if (usage != null) {
                drained.add(new Unsaved(limits.keyId(), usage));
            }
        }
        return drained;
    }

    /** What {@link #drainUncounted} reported could not be added: it is reported again. */
    public void countAgain(List<Unsaved> uncounted) {
        uncounted.forEach(usage -> states.get(usage.keyId()).countAgain(usage.usage()));
    }

    /** Usages that were drained could not be saved: {@link #drainUnsaved} reports them again. */
    public void saveAgain(List<Unsaved> unsaved) {
        unsaved.forEach(usage -> states.get(usage.keyId()).saveAgain());
    }
}

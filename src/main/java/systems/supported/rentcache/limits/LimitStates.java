package systems.supported.rentcache.limits;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import systems.supported.rentcache.limits.Quota.Usage;

/**
 * The limits' states of all keys that this process has seen, by key id. Thread-safe.
 */
public final class LimitStates {
    /** The id of keys that live in one process only. */
    private static final long IN_MEMORY = 0;

    private final ConcurrentHashMap<Long, KeyLimits> states = new ConcurrentHashMap<>();
    private final Queue<KeyLimits> changed = new ConcurrentLinkedQueue<>();
    private final Queue<KeyLimits> changedQuotas = new ConcurrentLinkedQueue<>();
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
                ? new KeyLimits(endpoints, stored, new LeasedLimits(endpoints), keyId, changed, changedQuotas)
                : new KeyLimits(endpoints, stored, null, keyId, changed, changedQuotas);
    }

    /** The keys without quotas of which the store does not know all, and who have not waited for {@link #take} already. */
    public List<KeyLimits> drainChanged() {
        return drain(changed);
    }

    /** The same of keys with quotas: what is lost of theirs by a crash could be used twice. */
    public List<KeyLimits> drainChangedQuotas() {
        return drain(changedQuotas);
    }

    private static List<KeyLimits> drain(Queue<KeyLimits> queue) {
        List<KeyLimits> drained = new ArrayList<>();
        // What changes again meanwhile comes behind those that are there now, and is for the next time.
        for (int left = queue.size(); left > 0; left--) {
            drained.add(queue.remove());
        }
        return drained;
    }

    /**
     * What the store does not know of some keys, which is told once: what was used of each, or where nodes share the keys
     * what was used beside what the store counts already.
     */
    public Map<Long, Usage> take(List<KeyLimits> drained) {
        Map<Long, Usage> taken = new HashMap<>();
        // A key that came to have quotas while it waited may have come twice, and is counted while this goes on.
        for (KeyLimits limits : new LinkedHashSet<>(drained)) {
            Usage usage = shared ? limits.takeUncounted() : limits.unsavedUsage();
            if (usage != null && limits.keyId() != IN_MEMORY) {
                taken.put(limits.keyId(), usage);
            }
        }
        return taken;
    }

    /** Keys that were drained and not taken: they are drained again. */
    public void putBack(List<KeyLimits> drained) {
        changed.addAll(drained);
    }

    /** What was taken could not be written: it is told again, with what is used meanwhile. */
    public void takeBack(Map<Long, Usage> taken) {
        taken.forEach((keyId, usage) -> {
            if (shared) {
                states.get(keyId).countAgain(usage);
            } else {
                states.get(keyId).saveAgain();
            }
        });
    }

    /** Whether nodes share the keys. */
    public boolean isShared() {
        return shared;
    }
}

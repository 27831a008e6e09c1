package systems.supported.rentcache.limits;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/**
 * Calls that wait for their turn: interactive ones before background ones, and within each kind one of each key in
 * turn, so that a key which asks much delays itself and hardly anybody else. The calls of one key keep their order.
 *
 * <p>The queue is bounded. When it is full the last call of the longest line gives way, a background one where there is
 * any; that may be the new call itself, and is whenever no line is longer than its own.
 *
 * <p>Each operation takes constant time, except that {@link #ahead} and an {@link #add} to a full queue look at each
 * waiting key. Not thread-safe.
 *
 * @param <T> what waits
 */
public final class CallQueue<T> {
    private final int capacity;
    private final Lines<T> interactive = new Lines<>();
    private final Lines<T> background = new Lines<>();

    /**
     * A place in the queue; each is another, whatever waits there.
     *
     * @param <T> what waits
     */
    public static final class Place<T> {
        private final long keyId;
        private final boolean background;
        private final T call;

        private Place(long keyId, boolean background, T call) {
            this.keyId = keyId;
            this.background = background;
            this.call = call;
        }

        /** What waits there. */
        public T call() {
            return call;
        }
    }

    /**
     * What became of a new call.
     *
     * @param place     its place, or null where it was not taken in
     * @param displaced the call that had to give way to it, or null
     * @param <T>       what waits
     */
    public record Added<T>(Place<T> place, T displaced) {
    }

    /** The lines of one kind, in the order in which their keys have their turns. None of them is empty. */
    private static final class Lines<T> {
        private final LinkedHashMap<Long, LinkedHashSet<Place<T>>> byKey = new LinkedHashMap<>();
        private int size;

        private int length(long keyId) {
            LinkedHashSet<Place<T>> line = byKey.get(keyId);
            return line == null ? 0 : line.size();
        }

        private void add(Place<T> place) {
            byKey.computeIfAbsent(place.keyId, first -> new LinkedHashSet<>()).add(place);
            size++;
        }

        private boolean remove(Place<T> place) {
            LinkedHashSet<Place<T>> line = byKey.get(place.keyId);
            if (line == null || !line.remove(place)) {
                return false;
            }
            size--;
            if (line.isEmpty()) {
                byKey.remove(place.keyId);
            }
            return true;
        }

        private T poll() {
            Iterator<Map.Entry<Long, LinkedHashSet<Place<T>>>> keys = byKey.entrySet().iterator();
            Map.Entry<Long, LinkedHashSet<Place<T>>> turn = keys.next();
            long keyId = turn.getKey();
            LinkedHashSet<Place<T>> line = turn.getValue();
            keys.remove();
            Iterator<Place<T>> calls = line.iterator();
            T call = calls.next().call;
            calls.remove();
            size--;
            if (!line.isEmpty()) {
                byKey.put(keyId, line);
            }
            return call;
        }

        private LinkedHashSet<Place<T>> longest() {
            LinkedHashSet<Place<T>> longest = null;
            for (LinkedHashSet<Place<T>> line : byKey.values()) {
                if (longest == null || line.size() > longest.size()) {
                    longest = line;
                }
            }
            return longest;
        }
    }

    /**
     * An empty queue.
     *
     * @param capacity the most calls that wait, at least 1
     */
    public CallQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a queue holds at least 1, not " + capacity);
        }
        this.capacity = capacity;
    }

    /**
     * Takes a call in where there is room for it, or where another has to give way.
     *
     * @param keyId      the consumer's key
     * @param background whether nobody waits for the call
     */
    public Added<T> add(long keyId, boolean background, T call) {
        T displaced = null;
        if (size() >= capacity) {
            Place<T> last = givesWay(keyId, background);
            if (last == null) {
                return new Added<>(null, null);
            }
            remove(last);
            displaced = last.call;
        }
        Place<T> place = new Place<>(keyId, background, call);
        lines(background).add(place);
        return new Added<>(place, displaced);
    }

    private Place<T> givesWay(long keyId, boolean isBackground) {
        boolean other = !isBackground && background.size > 0;
        Lines<T> kind = other ? background : lines(isBackground);
        LinkedHashSet<Place<T>> longest = kind.longest();
        if (longest == null || !other && longest.size() <= kind.length(keyId) + 1) {
            return null;
        }
        Place<T> last = null;
        for (Place<T> place : longest) {
            last = place;
        }
        return last;
    }

    /** Takes a call out that no longer waits; false where it is not there any more. */
    public boolean remove(Place<T> place) {
        return lines(place.background).remove(place);
    }

    /** Takes out the call whose turn it is; null where none waits. */
    public T poll() {
        return interactive.size > 0 ? interactive.poll() : background.size > 0 ? background.poll() : null;
    }

    /** How many of the calls that wait now would have their turn before a new one. */
    public int ahead(long keyId, boolean isBackground) {
        Lines<T> kind = lines(isBackground);
        int own = kind.length(keyId);
        int ahead = isBackground ? interactive.size : 0;
        // The call comes in its key's round after the calls that the key has; keys with their turn before its own have
        // one round more until then.
        int rounds = own + 1;
        for (Map.Entry<Long, LinkedHashSet<Place<T>>> line : kind.byKey.entrySet()) {
            if (line.getKey() == keyId) {
                rounds = own;
            }
            ahead += Math.min(line.getValue().size(), rounds);
        }
        return ahead;
    }

    /** How many calls wait. */
    public int size() {
        return interactive.size + background.size;
    }

    /** Whether none waits. */
    public boolean isEmpty() {
        return size() == 0;
    }

    private Lines<T> lines(boolean isBackground) {
        return isBackground ? background : interactive;
    }
}

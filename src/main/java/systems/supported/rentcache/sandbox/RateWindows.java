package systems.supported.rentcache.sandbox;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Rentcast's limit: so many calls a key in any second. An exact log of each key's last second, so that nobody who
 * spaces calls badly gets away with it. A refused call does not count against the limit. Thread-safe.
 */
final class RateWindows {
    private static final long WINDOW_MILLIS = 1_000;

    private final int limit;
    private final Map<String, Window> windows = new HashMap<>();
    private int mostPerSecond;

    /** Calls of a second, as milliseconds of one clock. */
    private static final class Window {
        private final ArrayDeque<Long> arrived = new ArrayDeque<>();
        private final ArrayDeque<Long> admitted = new ArrayDeque<>();
    }

    /** At most {@code limit} calls a second; 0 for no limit. */
    RateWindows(int limit) {
        this.limit = limit;
    }

    /** Whether a call may be made; if so, it is counted. */
    synchronized boolean admit(String key, long nowMillis) {
        Window window = windows.computeIfAbsent(key, first -> new Window());
        mostPerSecond = Math.max(mostPerSecond, count(window.arrived, nowMillis) + 1);
        window.arrived.add(nowMillis);
        if (limit > 0 && count(window.admitted, nowMillis) >= limit) {
            return false;
        }
        window.admitted.add(nowMillis);
        return true;
    }

    private static int count(ArrayDeque<Long> calls, long nowMillis) {
        while (!calls.isEmpty() && nowMillis - calls.peek() >= WINDOW_MILLIS) {
            calls.remove();
        }
        return calls.size();
    }

    /** The most calls that one key tried to make in any second. */
    synchronized int mostPerSecond() {
        return mostPerSecond;
    }

    synchronized void reset() {
        windows.clear();
        mostPerSecond = 0;
    }
}

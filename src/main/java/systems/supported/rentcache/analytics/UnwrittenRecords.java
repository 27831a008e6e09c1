package systems.supported.rentcache.analytics;

import java.util.ArrayList;
import java.util.List;

/**
 * Single records that are still to be written, a bounded number. One for which there is no place is dropped, and the next
 * one with its result that finds a place stands for it as well. Confined to one event loop.
 */
final class UnwrittenRecords {
    private final int most;
    private final long[] weightOwed = new long[CacheResult.values().length];
    private List<UsageRecord> records = new ArrayList<>();

    UnwrittenRecords(int most) {
        this.most = most;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int size() {
        return records.size();
    }

    /** Adds a record; says whether there was a place. */
    boolean add(UsageRecord usage) {
        int result = usage.result().ordinal();
        if (records.size() == most) {
            weightOwed[result] += usage.detail().weight();
            return false;
        }
        records.add(usage.heavier(weightOwed[result]));
        weightOwed[result] = 0;
        return true;
    }

    /** All that are there, which are no longer kept here. */
    List<UsageRecord> take() {
        List<UsageRecord> taken = records;
        records = new ArrayList<>();
        return taken;
    }

    /** Keeps what was taken after all; says for how many there was no place. */
    int putBack(List<UsageRecord> taken) {
        int dropped = 0;
        for (UsageRecord usage : taken) {
            dropped += add(usage) ? 0 : 1;
        }
        return dropped;
    }
}

package systems.supported.rentcache.analytics;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;

/**
 * Gathers the usage records of one event loop and hands them over in batches, when it is full and twice a second. The
 * request that leaves a record only stores a reference.
 *
 * <p>The first so many of a second are kept one by one, the others only summed. The next one kept with the same result
 * stands for those; where none comes soon, the last of them is kept in their place, without its client. So the weights of
 * the kept ones add up to the number of answers, also by result.
 *
 * <p>Confined to one event loop.
 */
public final class UsageRing {
    private static final int SIZE = 4_096;
    private static final long FLUSH_MILLIS = 500;
    private static final CacheResult[] RESULTS = CacheResult.values();

    private final Vertx vertx;
    private final boolean enabled;
    private final int keptOneByOne;
    private final long[] notKept = new long[RESULTS.length];
    private final UsageRecord[] lastNotKept = new UsageRecord[RESULTS.length];
    private UsageRecord[] records = new UsageRecord[SIZE];
    private int count;
    private long second;
    private int keptThisSecond;

    /**
     * A ring on the current event loop.
     *
     * @param enabled      whether records are kept at all
     * @param keptOneByOne how many records a second are kept one by one, with who asked; all are counted
     */
    public UsageRing(Vertx vertx, boolean enabled, int keptOneByOne) {
        this.vertx = vertx;
        this.enabled = enabled;
        this.keptOneByOne = keptOneByOne;
        if (enabled) {
            vertx.setPeriodic(FLUSH_MILLIS, timer -> flush());
        }
    }

    /**
     * Whether the next record is one of those that are kept one by one, and takes its place among them.
     *
     * @return how many answers with that result it stands for, itself included; 0 where it is not kept
     */
    public long takesDetail(long millis, CacheResult result) {
        long now = millis / 1_000;
        if (now != second) {
            second = now;
            keptThisSecond = 0;
        }
        if (!enabled || keptThisSecond >= keptOneByOne) {
            return 0;
        }
        keptThisSecond++;
        long weight = 1 + notKept[result.ordinal()];
        notKept[result.ordinal()] = 0;
        return weight;
    }

    /** Leaves a record. */
    public void add(UsageRecord usage) {
        if (!enabled) {
            return;
        }
        if (usage.detail() == null && keptOneByOne > 0) {
            int result = usage.result().ordinal();
            notKept[result]++;
            lastNotKept[result] = usage;
        }
        records[count++] = usage;
        if (count == SIZE) {
            send(List.of());
        }
    }

    /** Hands over what there is. */
    public void flush() {
        List<UsageRecord> standIns = standIns();
        if (count > 0 || !standIns.isEmpty()) {
            send(standIns);
        }
    }

    private List<UsageRecord> standIns() {
        List<UsageRecord> standIns = new ArrayList<>();
        for (int result = 0; result < notKept.length; result++) {
            if (notKept[result] > 0) {
                standIns.add(lastNotKept[result].with(new UsageRecord.Detail(null, null, notKept[result])));
                notKept[result] = 0;
            }
            lastNotKept[result] = null;
        }
        return standIns;
    }

    private void send(List<UsageRecord> standIns) {
        vertx.eventBus().publish(
                Addresses.ANALYTICS_USAGE, new UsageBatch(records, count, standIns), LocalMessages.LOCAL);
        records = new UsageRecord[SIZE];
        count = 0;
    }
}

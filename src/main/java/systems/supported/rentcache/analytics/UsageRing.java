package systems.supported.rentcache.analytics;

import io.vertx.core.Vertx;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;

/**
 * Gathers the usage records of one event loop and hands them over in batches, when it is full and twice a second. The
 * request that leaves a record only stores a reference.
 *
 * <p>Confined to one event loop.
 */
public final class UsageRing {
    private static final int SIZE = 4_096;
    private static final long FLUSH_MILLIS = 500;

    private final Vertx vertx;
    private final boolean enabled;
    private final int keptOneByOne;
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

    /** Whether the next record is one of those that are kept one by one, and takes its place among them. */
    public boolean takesDetail(long millis) {
        long now = millis / 1_000;
        if (now != second) {
            second = now;
            keptThisSecond = 0;
        }
        return enabled && keptThisSecond++ < keptOneByOne;
    }

    /** Leaves a record. */
    public void add(UsageRecord usage) {
        if (!enabled) {
            return;
        }
        records[count++] = usage;
        if (count == SIZE) {
            flush();
        }
    }

    /** Hands over what there is. */
    public void flush() {
        if (count > 0) {
            vertx.eventBus().publish(Addresses.ANALYTICS_USAGE, new UsageBatch(records, count), LocalMessages.LOCAL);
            records = new UsageRecord[SIZE];
            count = 0;
        }
    }
}

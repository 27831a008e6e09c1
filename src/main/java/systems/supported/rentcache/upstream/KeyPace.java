package systems.supported.rentcache.upstream;

import io.vertx.core.Context;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.coordination.CallLeases;
import systems.supported.rentcache.coordination.CallLeases.Grant;
import systems.supported.rentcache.limits.CallPacing;
import systems.supported.rentcache.limits.Rate;

/**
 * When calls with one upstream key may leave. Where nodes share the key each call is leased from their store, and leaves
 * within {@link #LEASE_NANOS} of the asking or not at all, so the window that the store counts by is longer by that. While
 * the store is away, the node goes on with its share of the rate by its own clock; whenever it changes from one to the
 * other it makes no call for a window's length, for neither knows of the other's calls.
 *
 * <p>Times are nanoseconds from 0 on. Confined to one event loop.
 */
final class KeyPace {
    /** The wait of a call that has to be leased first. */
    static final long TO_BE_LEASED = Long.MAX_VALUE;
    /**
     * Calls that left a window apart can arrive closer together: the first of a burst may have had to connect. One that
     * comes too early all the same is refused by Rentcast for free, and made again.
     */
    private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How long a store that failed is left alone. */
    private static final long ALONE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long STORE_MILLIS = 2_000;
    /** So many answers in a row that came too late for their calls are as bad as none. */
    private static final int MOST_LATE = 3;
    private static final int MOST_CALLS = 100_000;
    private static final Logger LOG = LoggerFactory.getLogger(KeyPace.class);

    private final ConsumerKey key;
    private final Rate rate;
    private final CallLeases leases;
    private final Context context;
    private final String bucket;
    private final int permits;
    private final long windowNanos;
    private CallPacing pacing;
    private long heldUntil;
    private int asked;
    private int leased;
    private long leasedUntil;
    private long noneBefore;
    private long quietUntil;
    private long aloneUntil;
    private int late;
    private int nodes = 1;

    /**
     * The pace of a key that saw no call.
     *
     * @param leases  what nodes share; null where this process has the key alone
     * @param context of the event loop
     */
    KeyPace(ConsumerKey key, Rate rate, CallLeases leases, Context context) {
        this.key = key;
        this.rate = rate;
        this.leases = rate.isUnlimited() ? null : leases;
        this.context = context;
        this.bucket = CallLeases.bucket(key.value());
        // A rate of very many calls is kept in parts of its window.
        long parts = rate.isUnlimited() ? 1 : -Math.floorDiv(-rate.permits(), (long) CallLeases.MOST_PERMITS);
        this.permits = rate.isUnlimited() ? 1 : (int) Math.max(1, rate.permits() / parts);
        this.windowNanos = rate.window().toNanos() / parts + MARGIN_NANOS + LEASE_NANOS;
        this.pacing = rate.isUnlimited() ? null : new CallPacing(
                (int) Math.min(rate.permits(), MOST_CALLS), rate.window().toNanos() + MARGIN_NANOS);
    }

    ConsumerKey key() {
        return key;
    }

    /** How long a call would wait from now, or {@link #TO_BE_LEASED}. */
    long waitFor(long now) {
        long turn = turnIn(now);
        long hold = holdLeft(now);
        // What is held leases nothing until then.
        return hold > 0 && turn == TO_BE_LEASED ? hold : Math.max(turn, hold);
    }

    private long turnIn(long now) {
        if (leases == null) {
            return pacing == null ? 0 : pacing.waitFor(now);
        }
        if (now < quietUntil) {
            return quietUntil - now;
        }
        if (now < aloneUntil) {
            return pacing.waitFor(now);
        }
        if (now < aloneUntil + lastingNanos()) {
            return aloneUntil + lastingNanos() - now;
        }
        if (leased > 0 && now <= leasedUntil) {
            return 0;
        }
        return now < noneBefore ? noneBefore - now : TO_BE_LEASED;
    }

    /** How long after the spell alone the store must not be asked: it does not know of the calls made in it. */
    private long lastingNanos() {
        return aloneUntil == 0 ? 0 : windowNanos;
    }

    /** A call leaves now. */
    void spend(long now) {
        if (leases != null && now >= aloneUntil) {
            leased--;
        } else if (pacing != null) {
            pacing.reserve(now, 0);
        }
    }

    /**
     * Leases calls where they are needed and nobody asks for them yet.
     *
     * @param waiting how many calls wait
     * @param then    run when there is an answer; not where nothing was asked
     * @param time    tells the time then
     * @return how many calls were asked for by this
     */
    int prepare(long now, int waiting, Runnable then, LongSupplier time) {
        if (asked > 0 || holdLeft(now) > 0 || turnIn(now) != TO_BE_LEASED) {
            return 0;
        }
        asked = Math.min(waiting, CallLeases.MOST_AT_ONCE);
        leases.lease(bucket, asked, permits, Duration.ofNanos(windowNanos))
                .timeout(STORE_MILLIS, TimeUnit.MILLISECONDS)
                .onComplete(done -> context.runOnContext(here -> {
                    asked = 0;
                    if (done.succeeded()) {
                        received(done.result(), now, time.getAsLong());
                    } else {
                        goAlone(time.getAsLong(), String.valueOf(done.cause().getMessage()));
                    }
                    then.run();
                }));
        return asked;
    }

    /** How many calls the store was asked for and has not answered yet. */
    int asked() {
        return asked;
    }

    private void received(Grant grant, long askedAt, long now) {
        nodes = grant.nodes();
        leased = grant.calls();
        leasedUntil = askedAt + LEASE_NANOS;
        noneBefore = leased > 0 ? 0 : now + grant.retryAfter().toNanos();
        late = now > leasedUntil ? late + 1 : 0;
        if (late >= MOST_LATE) {
            late = 0;
            goAlone(now, "its answers come too late");
        }
    }

    private void goAlone(long now, String reason) {
        LOG.warn("The store of upstream calls is away ({}). This node goes on with its share, one of {}.", reason, nodes);
        leased = 0;
        quietUntil = now + windowNanos;
        aloneUntil = quietUntil + ALONE_NANOS;
        pacing = new CallPacing(
                (int) Math.max(1, Math.min(rate.permits(), MOST_CALLS) / nodes), rate.window().toNanos() + MARGIN_NANOS);
    }

    /** How long the upstream's {@code Retry-After} still forbids calls. */
    long holdLeft(long now) {
        return Math.max(0, heldUntil - now);
    }

    /** No call leaves before a time. */
    void holdUntil(long time) {
        heldUntil = Math.max(heldUntil, time);
    }
}

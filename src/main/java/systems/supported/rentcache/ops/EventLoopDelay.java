package systems.supported.rentcache.ops;

import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * By how much an event loop is late: a timer that should come ten times a second tells. What comes late is late for
 * requests, too. The loop writes, any thread may read.
 */
public final class EventLoopDelay {
    private static final long TICK_MILLIS = 100;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

    private final Vertx vertx;
    private final Timer delays;
    private volatile long lastTick;
    private volatile boolean stopped;

    /** Begins to watch the current event loop. */
    public EventLoopDelay(Vertx vertx, Timer delays) {
        this.vertx = vertx;
        this.delays = delays;
        this.lastTick = System.nanoTime();
        next();
    }

    private void next() {
        vertx.setTimer(TICK_MILLIS, due -> {
            long now = System.nanoTime();
            delays.record(Math.max(0, now - lastTick - TICK_NANOS), TimeUnit.NANOSECONDS);
            lastTick = now;
            if (!stopped) {
                next();
            }
        });
    }

    /** For how long the loop has been late by now, in nanoseconds; 0 where it is not. */
    public long silentNanos() {
        return stopped ? 0 : Math.max(0, System.nanoTime() - lastTick - TICK_NANOS);
    }

    /** Watches no longer. */
    public void stop() {
        stopped = true;
    }
}

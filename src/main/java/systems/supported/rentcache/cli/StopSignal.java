package systems.supported.rentcache.cli;

import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;

/** How a command that keeps running learns that it is to end. */
interface StopSignal {
    /**
     * The process's own: SIGTERM or SIGINT, seen through a shutdown hook. The exit code is what the stop returned,
     * since the 143 that a JVM gives of itself looks like a failure to those who asked for the stop.
     */
    StopSignal OF_PROCESS = stop -> {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(stop.getAsInt()), "stop"));
        new CountDownLatch(1).await();
        return 0;
    };

    /**
     * Waits for the signal.
     *
     * @param stop run when it comes; takes a bounded time and returns the exit code
     * @return the exit code
     */
    int await(IntSupplier stop) throws InterruptedException;
}

package systems.supported.rentcache;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for futures and for things to become so, with an end to the patience. */
public final class Await {
    private static final long PATIENCE_SECONDS = 20;
    private static final long PROGRAMS_SECONDS = 90;

    private Await() {
    }

    /** What a future brings; throws what it fails with, or an {@link AssertionError} when it never completes. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException known
                    ? known : new IllegalStateException(failed.getCause());
        } catch (Exception never) {
            throw new AssertionError("a future did not complete", never);
        }
    }

    /** What a future fails with. */
    public static Throwable failure(Future<?> future) {
        return await(future.transform(done -> Future.succeededFuture(done.cause())));
    }

    /** Waits until something is so. */
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, PATIENCE_SECONDS, 5, condition);
    }

    /**
     * Waits for other programs, which take longer than what is here, until something is so.
     *
     * @param what says what was waited for, and how it is instead; asked when it did not come to pass
     */
    public static void untilPrograms(Supplier<String> what, BooleanSupplier condition) {
        until(what, PROGRAMS_SECONDS, 200, condition);
    }

    private static void until(Supplier<String> what, long seconds, long paceMillis, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not come to pass that " + what.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(paceMillis));
        }
    }
}

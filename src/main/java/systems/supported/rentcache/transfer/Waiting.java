package systems.supported.rentcache.transfer;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting, on a thread of the caller's own, for one page or transaction of a database. */
final class Waiting {
    private static final long PATIENCE_SECONDS = 60;

    private Waiting() {
    }

    /** A future's value; what it failed with is thrown as it is. */
    static <T> T on(Future<T> future) throws TransferException {
        try {
            return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new TransferException("The database did not answer within " + PATIENCE_SECONDS + " s.");
        }
    }
}

package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import systems.supported.rentcache.catalog.CacheKey;

/** Flights of one process: whoever boards is the owner. Requests of the process share their calls before they board. */
final class LocalFlights implements Flights {
    /** A flight that no other node knows of. */
    static final class Alone implements Flight {
        @Override
        public long fence() {
            return 0;
        }

        @Override
        public boolean isHeld() {
            return true;
        }

        @Override
        public Future<Void> landStored() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> landFailed(String failure) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> abandon() {
            return Future.succeededFuture();
        }
    }

    @Override
    public Future<Boarding> board(CacheKey key, long after) {
        return Future.succeededFuture(alone());
    }

    @Override
    public Boarding alone() {
        return new Boarding.Owner(new Alone());
    }

    @Override
    public Future<Boolean> isOpen(CacheKey key) {
        return Future.succeededFuture(false);
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}

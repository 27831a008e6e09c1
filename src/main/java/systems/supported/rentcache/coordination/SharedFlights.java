package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.FlightStore.Take;
import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.Subscription;

/**
 * Flights of all nodes on one store.
 *
 * <p>Passengers of one node and key share one wait, which ends by a message or by a look into the store. Whatever the
 * store does not answer in time counts as a store that is away. A step whose answer was lost may have been done all the
 * same: then there is a lease without an owner, which ends by itself.
 */
final class SharedFlights implements Flights {
    private static final Outcome EXPIRED = new Outcome.Expired();

    private final Vertx vertx;
    private final FlightStore store;
    private final FlightTerms terms;
    private final Metrics metrics;
    private final Future<Subscription> subscription;
    private final Map<CacheKey, Wait> waits = new ConcurrentHashMap<>();
    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    SharedFlights(Vertx vertx, FlightStore store, FlightTerms terms, Metrics metrics) {
        this.vertx = vertx;
        this.store = store;
        this.terms = terms;
        this.metrics = metrics;
        this.subscription = store.listen(this::hear);
    }

    @Override
    public Future<Boarding> board(CacheKey key, long after) {
        if (closed) {
            return Future.succeededFuture(alone());
        }
        Wait known = waits.get(key);
        if (known != null && known.fence() > after) {
            Future<Outcome> joined = known.join();
            if (joined != null) {
                return Future.succeededFuture(new Boarding.Passenger(joined));
            }
        }
        long asked = System.nanoTime();
        return inTime(store.take(key, after, terms.lease()))
                .map(take -> boarding(key, take, asked))
                .otherwise(away -> alone());
    }

    @Override
    public Future<Optional<Boarding>> boardUnlessKept(CacheKey key) {
        if (closed || waits.containsKey(key)) {
            return Future.succeededFuture(Optional.empty());
        }
        long asked = System.nanoTime();
        return inTime(store.takeUnlessKept(key, terms.lease()))
                .map(take -> take.map(done -> boarding(key, done, asked)));
    }

    private Boarding boarding(CacheKey key, Take take, long asked) {
        return take.taken() ? takeOff(key, take.sight(), asked) : wait(key, take.sight());
    }

    @Override
    public Future<Boolean> isOpen(CacheKey key) {
        return inTime(store.look(key)).map(sight -> sight.phase() == Phase.HELD).otherwise(false);
    }

    @Override
    public Boarding alone() {
        metrics.localFlights().increment();
        return new Boarding.Owner(new LocalFlights.Alone());
    }

    private Boarding takeOff(CacheKey key, Sight sight, long asked) {
        Open flight = new Open(key, sight.fence(), asked);
        open.add(flight);
        flight.renewLater();
        if (closed) {
            flight.abandon();
        }
        return new Boarding.Owner(flight);
    }

    private Boarding wait(CacheKey key, Sight sight) {
        Outcome outcome = sight.outcome();
        if (outcome != null) {
            return new Boarding.Passenger(Future.succeededFuture(outcome));
        }
        while (true) {
            Wait wait = waits.computeIfAbsent(key, absent -> new Wait(key, sight));
            Future<Outcome> joined = wait.join();
            if (joined != null) {
                if (closed) {
                    wait.end(EXPIRED);
                }
                return new Boarding.Passenger(joined);
            }
        }
    }

    private void hear(String text) {
        FlightMessage.parse(text).ifPresentOrElse(message -> {
            Wait wait = waits.get(message.key());
            if (wait != null) {
                wait.hear(message);
            }
        }, () -> metrics.dropped("flight-message").increment());
    }

    private <T> Future<T> inTime(Future<T> step) {
        return step.timeout(terms.storeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private static long millis() {
        return System.nanoTime() / 1_000_000;
    }

    /** Whether messages are heard, as far as is known. */
    boolean isListening() {
        return subscription.succeeded() && subscription.result().isConnected();
    }

    /** Goes on without messages. */
    Future<Void> stopListening() {
        return subscription.compose(Subscription::close).otherwiseEmpty();
    }

    @Override
    public Future<Void> close() {
        closed = true;
        List.copyOf(waits.values()).forEach(wait -> wait.end(EXPIRED));
        store.close();
        return Future.join(List.copyOf(open).stream().map(Open::abandon).toList())
                .eventually(this::stopListening)
                .mapEmpty();
    }

    /** The wait of this node's passengers of one flight, or of those that follow it before there is an outcome. */
    private final class Wait {
        private final CacheKey key;
        private final Promise<Outcome> outcome = Promise.promise();
        private FlightWait wait;
        private int passengers;
        private boolean over;
        private long timer;

        Wait(CacheKey key, Sight sight) {
            this.key = key;
            this.wait = FlightWait.begin(sight, millis(), terms);
            lookLater();
        }

        synchronized long fence() {
            return wait.fence();
        }

        /** One more passenger; null where the wait is over. */
        Future<Outcome> join() {
            synchronized (this) {
                if (over) {
                    return null;
                }
                passengers++;
            }
            return outcome.future()
                    .timeout(terms.patience().toMillis(), TimeUnit.MILLISECONDS)
                    .otherwise(EXPIRED)
                    .onComplete(told -> leave());
        }

        private synchronized void leave() {
            passengers--;
        }

        private synchronized void lookLater() {
            if (!over) {
                timer = vertx.setTimer(Math.max(1, wait.lookAt() - millis()), due -> lookIfAwaited());
            }
        }

        private void lookIfAwaited() {
            boolean awaited;
            synchronized (this) {
                awaited = passengers > 0;
                over |= !awaited;
            }
            if (awaited) {
                look();
            } else {
                waits.remove(key, this);
            }
        }

        private void look() {
            inTime(store.look(key)).onSuccess(this::see).onFailure(away -> end(EXPIRED));
        }

        private void see(Sight sight) {
            Outcome seen = sight.outcome();
            if (seen != null) {
                end(seen);
                return;
            }
            synchronized (this) {
                vertx.cancelTimer(timer);
                wait = wait.goOn(sight, millis(), terms);
                lookLater();
            }
        }

        void hear(FlightMessage message) {
            FlightWait.Hearing hearing;
            synchronized (this) {
                hearing = wait.hear(message);
            }
            switch (hearing) {
                case STORED -> end(new Outcome.Stored(message.fence()));
                case EXPIRED -> end(EXPIRED);
                case LOOK -> look();
                default -> { }
            }
        }

        void end(Outcome told) {
            synchronized (this) {
                over = true;
                vertx.cancelTimer(timer);
            }
            waits.remove(key, this);
            outcome.tryComplete(told);
        }
    }

    /** A flight of this node's. */
    final class Open implements Flight {
        private final CacheKey key;
        private final long fence;
        private final long begun;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile boolean lost;
        /** Counted from before the store was asked, and so never later than the store's. */
        private volatile long leaseEnd;
        private volatile long timer;

        Open(CacheKey key, long fence, long asked) {
            this.key = key;
            this.fence = fence;
            this.begun = asked;
            this.leaseEnd = asked + terms.lease().toNanos();
        }

        @Override
        public long fence() {
            return fence;
        }

        @Override
        public boolean isHeld() {
            return !lost && System.nanoTime() - leaseEnd < 0;
        }

        void renewLater() {
            timer = vertx.setTimer(Math.max(1, terms.lease().toMillis() / 3), due -> renew());
        }

        /** A renewal that the store does not answer is tried again: the lease may not have ended. */
        private void renew() {
            long asked = System.nanoTime();
            if (ended.get() || asked - begun > terms.longest().toNanos()) {
                open.remove(this);
                return;
            }
            inTime(store.renew(key, fence, terms.lease())).onComplete(renewed -> {
                if (ended.get()) {
                    return;
                }
                if (renewed.succeeded() && !renewed.result()) {
                    lost = true;
                    open.remove(this);
                    return;
                }
                if (renewed.succeeded()) {
                    leaseEnd = asked + terms.lease().toNanos();
                }
                renewLater();
            });
        }

        @Override
        public Future<Void> landStored() {
            return land(Phase.STORED, "", terms.remembered());
        }

        @Override
        public Future<Void> landFailed(String failure) {
            return land(Phase.FAILED, failure, terms.remembered());
        }

        @Override
        public Future<Void> abandon() {
            return land(Phase.GONE, "", Duration.ZERO);
        }

        private Future<Void> land(Phase end, String failure, Duration remembered) {
            if (!ended.compareAndSet(false, true)) {
                return Future.succeededFuture();
            }
            open.remove(this);
            vertx.cancelTimer(timer);
            return inTime(store.land(new FlightMessage(key, fence, end), failure, remembered))
                    .otherwise(false)
                    .onSuccess(told -> {
                        if (!told) {
                            metrics.lostFlights().increment();
                        }
                    })
                    .mapEmpty();
        }
    }
}

package systems.supported.rentcache.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.coordination.CallLeases;
import systems.supported.rentcache.limits.CallQueue;

/**
 * Lets each upstream key make no more calls than Rentcast admits. Calls past that wait in a {@link CallQueue}; of several
 * keys the next call takes the one that is free first. A call that cannot have its turn in time is refused, at once
 * where that is known. Confined to one event loop.
 */
final class UpstreamShaper {
    private static final int MOST_PAYERS = 10_000;
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final UpstreamOptions options;
    private final CallLeases leases;
    private final LongSupplier clock;
    private final long begun;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Cache<List<ConsumerKey>, Lane> lanes = Caffeine.newBuilder().maximumSize(MOST_PAYERS).build();

    /**
     * A shaper that has seen no call.
     *
     * @param leases what nodes share; null where this process has the keys alone
     * @param clock  nanoseconds of a clock that does not step
     */
    UpstreamShaper(Vertx vertx, UpstreamOptions options, CallLeases leases, LongSupplier clock) {
        this.leases = leases;
        this.vertx = vertx;
        this.options = options;
        this.clock = clock;
        this.begun = clock.getAsLong();
    }

    /**
     * What the waiting came to.
     *
     * @param key     the key to call with; null where there is no turn
     * @param refusal why there is none; null also where the call was not wanted any more
     */
    record Turn(ConsumerKey key, UpstreamFailure refusal) {
    }

    /**
     * Waits for a call's turn.
     *
     * @param maxWait the longest wait that is of use
     * @param wanted  asked when the turn comes; a call that is not wanted any more uses no turn up
     */
    Future<Turn> turn(UpstreamRequest request, Duration maxWait, BooleanSupplier wanted) {
        return lanes.get(keys(request), Lane::new).join(request, maxWait, wanted);
    }

    /** Why a call could not have its turn in time, as {@link #turn} would say at once; null where it may. */
    UpstreamFailure refusal(UpstreamRequest request, Duration maxWait) {
        return lanes.get(keys(request), Lane::new).refusal(request, maxWait);
    }

    /** The upstream said that no call with a key may leave before so much time has passed. */
    void hold(UpstreamRequest request, ConsumerKey key, Duration retryAfter) {
        lanes.get(keys(request), Lane::new).hold(key, retryAfter);
    }

    private List<ConsumerKey> keys(UpstreamRequest request) {
        return request.consumerKey() != null ? List.of(request.consumerKey()) : options.keys();
    }

    /** How many calls wait. Thread-safe. */
    int waiting() {
        return waiting.get();
    }

    private long now() {
        return clock.getAsLong() - begun;
    }

    private static Turn refused(Kind kind, Duration retryAfter) {
        return new Turn(null, new UpstreamFailure(kind, 0, retryAfter, 0));
    }

    private static Turn full() {
        return refused(Kind.QUEUE_FULL, UpstreamOptions.MOST_WAITING);
    }

    /** A call that waits. */
    private record Waiting(Promise<Turn> turn, BooleanSupplier wanted) {
    }

    /** The calls that one payer's keys make. */
    private final class Lane {
        private final List<KeyPace> paces;
        private final CallQueue<Waiting> queue = new CallQueue<>(options.queue());
        private long timer = NO_TIMER;

        Lane(List<ConsumerKey> keys) {
            paces = keys.stream().map(key -> new KeyPace(
                    key, options.rate(), leases, vertx.getOrCreateContext())).toList();
        }

        UpstreamFailure refusal(UpstreamRequest request, Duration maxWait) {
            if (holdLeft() > maxWait.toNanos()) {
                return held().refusal();
            }
            int ahead = queue.ahead(request.keyId(), request.background());
            long least = ahead / (options.rate().permits() * paces.size()) * options.rate().window().toNanos();
            boolean othersFill = waiting.get() >= options.queue() && queue.size() < options.queue();
            boolean tooLong = !options.rate().isUnlimited() && least > maxWait.toNanos();
            return othersFill || tooLong ? full().refusal() : null;
        }

        Future<Turn> join(UpstreamRequest request, Duration maxWait, BooleanSupplier wanted) {
            UpstreamFailure refusal = refusal(request, maxWait);
            if (refusal != null) {
                return Future.succeededFuture(new Turn(null, refusal));
            }
            Waiting call = new Waiting(Promise.promise(), wanted);
            CallQueue.Added<Waiting> added = queue.add(request.keyId(), request.background(), call);
            if (added.displaced() != null) {
                added.displaced().turn().complete(full());
            } else if (added.place() != null) {
                waiting.incrementAndGet();
            }
            if (added.place() == null) {
                return Future.succeededFuture(full());
            }
            proceed();
            if (!call.turn().future().isComplete()) {
                long late = vertx.setTimer(Math.max(1, maxWait.toMillis()), tooLate -> leave(added.place()));
                call.turn().future().onComplete(done -> vertx.cancelTimer(late));
            }
            return call.turn().future();
        }

        private void leave(CallQueue.Place<Waiting> place) {
            if (queue.remove(place)) {
                waiting.decrementAndGet();
                place.call().turn().complete(holdLeft() > 0 ? held() : full());
            }
        }

        void hold(ConsumerKey key, Duration retryAfter) {
            long until = now() + retryAfter.toNanos();
            paces.stream().filter(pace -> pace.key().equals(key)).forEach(pace -> pace.holdUntil(until));
        }

        private long holdLeft() {
            long now = now();
            return paces.stream().mapToLong(pace -> pace.holdLeft(now)).min().orElse(0);
        }

        private Turn held() {
            return refused(Kind.RATE_LIMITED, Duration.ofSeconds(TimeUnit.NANOSECONDS.toSeconds(holdLeft()) + 1));
        }

        /** Lets go who may, and comes back when the next may. */
        private void proceed() {
            while (!queue.isEmpty()) {
                long now = now();
                KeyPace pace = paces.stream()
                        .min(Comparator.comparingLong(candidate -> candidate.waitFor(now)))
                        .orElseThrow();
                long wait = pace.waitFor(now);
                if (wait > 0) {
                    prepare(now);
                    if (wait != KeyPace.TO_BE_LEASED) {
                        comeBackIn(wait);
                    }
                    return;
                }
                Waiting next = queue.poll();
                waiting.decrementAndGet();
                if (next.wanted().getAsBoolean()) {
                    pace.spend(now);
                    next.turn().complete(new Turn(pace.key(), null));
                } else {
                    next.turn().complete(new Turn(null, null));
                }
            }
        }

        /** Leases for each call that waits one place, of whichever key has one: what is leased and not used is lost. */
        private void prepare(long now) {
            int unleased = queue.size() - paces.stream().mapToInt(KeyPace::asked).sum();
            for (KeyPace pace : paces) {
                if (unleased <= 0) {
                    return;
                }
                unleased -= pace.prepare(now, unleased, this::proceed, UpstreamShaper.this::now);
            }
        }

        private void comeBackIn(long nanos) {
            vertx.cancelTimer(timer);
            timer = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, due -> proceed());
        }
    }
}

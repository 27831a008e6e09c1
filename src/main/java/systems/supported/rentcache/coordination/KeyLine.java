package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.LeaseAsk;
import systems.supported.rentcache.limits.QuotaGrant;

/**
 * The requests with one key that wait for tokens, in their order, and the asks made for them: one at a time, whose answer
 * decides about as many of them as it can. Thread-safe.
 */
final class KeyLine {
    private final SharedLimits shared;
    private final Queue<Waiter> waiting = new ArrayDeque<>();
    private volatile LimitRequest latest;
    private volatile Future<?> underWay = Future.succeededFuture();
    private Future<QuotaGrant> quota = Future.succeededFuture();

    /** A line in which nobody waits, for the key of a request. */
    KeyLine(SharedLimits shared, LimitRequest first) {
        this.shared = shared;
        this.latest = first;
    }

    /**
     * A request that waits.
     *
     * @param request what it is
     * @param answer  completed once it is decided, on any thread
     */
    private record Waiter(LimitRequest request, Promise<Admission> answer) {
    }

    /** A request of this key's, with the limits that it has now. */
    LimitRequest latest() {
        return latest;
    }

    /** A request came; the key's limits may be others than before. */
    void note(LimitRequest request) {
        if (request.policy() != latest.policy()) {
            latest = request;
        }
    }

    /** Decides about a request as soon as the store has answered. */
    Future<Admission> join(LimitRequest request) {
        Promise<Admission> answer = Promise.promise();
        synchronized (waiting) {
            waiting.add(new Waiter(request, answer));
        }
        ask(request);
        return answer.future();
    }

    /** Asks for tokens, for a request or ahead of the next one; does nothing while an ask is under way. */
    void ask(LimitRequest request) {
        if (request.limits().needsQuota(request.policy(), request.period(), shared.nanos())) {
            leaseQuota(request);
            return;
        }
        LeaseAsk ask = request.leased().ask(
                request.policy(), request.endpoint(), shared.nodes(), shared.nanos());
        if (ask != null) {
            underWay = shared.send(this, request, ask).onComplete(done -> decide());
        }
    }

    /** Leases of the key's quotas; does nothing while that is under way. */
    void leaseQuota(LimitRequest request) {
        quota(request).onComplete(done -> decide());
    }

    /** Leases of the key's quotas, or waits for the lease that is under way; never fails. */
    Future<QuotaGrant> quota(LimitRequest request) {
        synchronized (this) {
            if (request.limits().beginQuotaLease()) {
                quota = shared.leaseQuota(this, request);
            }
            return quota;
        }
    }

    /**
     * Tells the store what is to be told, and gives back what is unspent, unless an ask is under way.
     *
     * @return completes with what is under way; never fails
     */
    Future<Void> tell() {
        LimitRequest request = latest;
        LeaseAsk ask = request.leased().tell(request.policy(), shared.nanos());
        if (ask != null) {
            underWay = shared.send(this, request, ask).onComplete(done -> decide());
        }
        return underWay.mapEmpty();
    }

    /** Decides about those who wait, and asks again for those who still have to. */
    private void decide() {
        List<Runnable> answers = new ArrayList<>();
        Waiter next = null;
        LimitRequest last = null;
        synchronized (waiting) {
            for (Iterator<Waiter> waiters = waiting.iterator(); waiters.hasNext();) {
                Waiter waiter = waiters.next();
                Admission admission = shared.decide(waiter.request);
                if (admission != null) {
                    waiters.remove();
                    last = waiter.request;
                    answers.add(() -> waiter.answer.complete(admission));
                } else if (next == null) {
                    next = waiter;
                }
            }
        }
        answers.forEach(Runnable::run);
        if (next != null) {
            ask(next.request);
        } else if (last != null) {
            shared.refill(last);
        }
    }
}

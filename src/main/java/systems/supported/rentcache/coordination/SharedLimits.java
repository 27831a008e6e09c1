package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.coordination.LimitScripts.Heartbeat;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.KeyLimits;
import systems.supported.rentcache.limits.LeaseAnswer;
import systems.supported.rentcache.limits.LeaseAsk;
import systems.supported.rentcache.limits.LeaseSize;
import systems.supported.rentcache.limits.LocalSpell;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.QuotaGrant;
import systems.supported.rentcache.storage.RedisClient;
import systems.supported.rentcache.storage.RedisClient.Use;

/**
 * The rate limits that all nodes hold together, through Redis.
 *
 * <p>A node leases tokens and spends them without asking, and asks for more in the background when half of them are
 * spent; a request for which it has none waits for one call to Redis. What it does not spend goes back. While Redis is
 * away or waits to hear of the nodes, each node goes on with its share of the limits. In strict mode nothing is leased:
 * each request asks Redis, and is refused when Redis is away.
 *
 * <p>Each second a heartbeat tells Redis that the node lives, and tells the node how many there are, whether Redis is
 * there, and whether it lost its state. Thread-safe; futures complete on any thread.
 */
public final class SharedLimits {
    private static final Logger LOG = LoggerFactory.getLogger(SharedLimits.class);
    private static final long HEARTBEAT_MILLIS = 1_000;
    private static final long SWEEP_MILLIS = 250;

    private final Vertx vertx;
    private final RedisClient redis;
    private final QuotaLedger quotas;
    private final List<String> endpoints;
    private final boolean strict;
    private final LongSupplier clock;
    private final long begun;
    private final String node = UUID.randomUUID().toString();
    private final Map<Long, KeyLine> lines = new ConcurrentHashMap<>();
    private final Set<KeyLine> active = ConcurrentHashMap.newKeySet();
    private final AtomicLong spells = new AtomicLong(1);
    private volatile View view;
    private long heartbeats;
    private long sweeps;

    /**
     * What the node knows of Redis and the other nodes.
     *
     * @param epoch       names Redis' state; empty before it was first heard of
     * @param beat        the latest heartbeat that is known
     * @param nodes       how many nodes there are
     * @param aheadMicros Redis' time less the node's own
     * @param reachable   whether Redis answered last
     * @param local       while the node goes on by itself; else null
     */
    private record View(String epoch, long beat, int nodes, long aheadMicros, boolean reachable, LocalSpell local) {
    }

    /**
     * Limits of which nothing is known yet.
     *
     * @param redis     a client of its own, so that nothing else delays it
     * @param quotas    where quotas are counted
     * @param endpoints the endpoints' names, by their ordinals
     * @param strict    whether every request asks Redis
     * @param clock     nanoseconds of a clock that does not step
     */
    public SharedLimits(
            Vertx vertx, RedisClient redis, QuotaLedger quotas, List<String> endpoints, boolean strict,
            LongSupplier clock) {
        this.vertx = vertx;
        this.redis = redis;
        this.quotas = quotas;
        this.endpoints = endpoints;
        this.strict = strict;
        this.clock = clock;
        this.begun = clock.getAsLong();
        this.view = new View(
                "", 0, 1, System.currentTimeMillis() * 1_000, false, new LocalSpell(1, 0, 1, true));
    }

    /** Begins to take part; succeeds also where Redis is away. */
    public Future<Void> start() {
        heartbeats = vertx.setPeriodic(HEARTBEAT_MILLIS, timer -> beat());
        sweeps = vertx.setPeriodic(SWEEP_MILLIS, timer -> {
            returnQuotas(false);
            sweep();
        });
        return beat();
    }

    /** Gives back what is held and leaves; for when no more requests come. */
    public Future<Void> stop() {
        vertx.cancelTimer(heartbeats);
        vertx.cancelTimer(sweeps);
        return tellAll(endpoints.size() + 1)
                .eventually(() -> returnQuotas(true))
                .eventually(() -> redis.send(Use.WRITE, LimitScripts.farewell(node)))
                .otherwiseEmpty()
                .eventually(redis::close);
    }

    /** What the sweeps do until nothing is left: one call tells of one endpoint. */
    private Future<Void> tellAll(int most) {
        lines.values().forEach(line -> line.latest().leased().end());
        List<Future<Void>> told = sweep();
        return told.isEmpty() || most == 0 ? Future.succeededFuture()
                : Future.join(told).compose(done -> tellAll(most - 1));
    }

    /**
     * Decides about a new request if that can be done at once.
     *
     * @return null when it has to {@linkplain #await wait} for Redis
     */
    public Admission admit(LimitRequest request) {
        request.leased().count(request.policy(), request.endpoint(), nanos());
        if (strict && !request.isUnlimited()) {
            return null;
        }
        Admission admission = decide(request);
        if (admission != null && admission.admitted()) {
            refill(request);
        }
        return admission;
    }

    /** Decides about a request that {@link #admit} did not decide about; never fails. */
    public Future<Admission> await(LimitRequest request) {
        if (!strict || request.isUnlimited()) {
            return line(request).join(request);
        }
        if (!request.limits().needsQuota(request.policy(), request.period(), nanos())) {
            return askForOne(request);
        }
        return line(request).quota(request).compose(leased -> await(request));
    }

    /**
     * What would be said to one more request, by what this node holds and what Redis has. Nothing is counted or leased.
     *
     * @param stored what the database counted of the key's quotas
     * @return never fails
     */
    public Future<Admission> foresee(LimitRequest request, Quota.Usage stored) {
        Refusal quota = request.limits().foreseeQuota(request.policy(), request.period(), stored);
        LocalSpell local = view.local();
        if (local != null && !strict) {
            return Future.succeededFuture(request.leased().foreseeShare(
                    request.policy(), request.endpoint(), quota, request.period(), request.millis(), local, nanos()));
        }
        return look(request)
                .map(answer -> answer.settleMicros() > 0 ? Admission.storeAway() : request.leased().foresee(
                        request.policy(), request.endpoint(), answer, quota, request.period(), request.millis(),
                        nanos()))
                .otherwise(away -> Admission.storeAway());
    }

    private Future<LeaseAnswer> look(LimitRequest request) {
        if (request.isUnlimited()) {
            return Future.succeededFuture(LeaseAnswer.NONE);
        }
        LeaseAsk ask = request.leased().askForNone(request.policy(), request.endpoint());
        return redis.send(Use.WRITE, LimitScripts.lease(
                        node, view.epoch(), true, request.keyId(), endpoints.get(request.endpoint()), ask))
                .map(LimitScripts::answer);
    }

    /**
     * A request that was admitted got no answer and counts against nothing.
     *
     * @param agoMicros how long ago it was admitted
     */
    public void giveBack(LimitRequest request, long agoMicros) {
        long now = nanos();
        long admittedAt = storeMicros(now) - agoMicros;
        request.limits().giveBackQuota(request.policy(), request.period());
        request.leased().giveBack(request.policy(), request.endpoint(), admittedAt, now);
        active.add(line(request));
    }

    /** Decides by what is held, or by the share. */
    Admission decide(LimitRequest request) {
        if (strict && !request.isUnlimited()) {
            throw new IllegalStateException("in strict mode Redis decides");
        }
        long now = nanos();
        LocalSpell local = view.local();
        if (local != null) {
            Admission admission = request.leased().admitShare(
                    request.policy(), request.endpoint(), request.limits(), request.period(), request.millis(), local,
                    storeMicros(now), now);
            active.add(line(request));
            return admission;
        }
        return request.leased().admit(
                request.policy(), request.endpoint(), request.limits(), request.period(), request.millis(), now);
    }

    /** Asks for more in the background where what is held runs low. */
    void refill(LimitRequest request) {
        if (request.limits().quotaRunsLow(request.policy(), request.period())) {
            line(request).leaseQuota(request);
        }
        if (view.local() == null
                && request.leased().runsLow(request.policy(), request.endpoint(), nodes(), nanos())) {
            line(request).ask(request);
        }
    }

    /** Leases of a key's quotas and has the answer taken in; the future never fails. */
    Future<QuotaGrant> leaseQuota(KeyLine line, LimitRequest request) {
        long now = nanos();
        long capacity = Math.min(request.policy().dailyLimit(), request.policy().monthlyLimit());
        long want = LeaseSize.of(Math.max(1, capacity), nodes(), request.leased().demand(now));
        active.add(line);
        return quotas.leaseQuota(request.keyId(), request.policy(), request.period(), want, request.millis())
                .onSuccess(grant -> request.limits().quotaReceived(
                        request.policy(), grant, request.period(), now + LimitScripts.LEASE.toNanos(), nanos()))
                .onFailure(failure -> request.limits().quotaUnanswered(
                        request.policy(), request.period(), nodes(), nanos()))
                .otherwiseEmpty();
    }

    /** Gives back what was leased of quotas and is not spent. */
    private Future<Void> returnQuotas(boolean end) {
        Map<Long, Quota.Usage> unspent = new HashMap<>();
        for (KeyLine line : lines.values()) {
            Quota.Usage back = line.latest().limits().takeUnspentQuota(end, nanos());
            if (back != null) {
                unspent.put(line.latest().keyId(), back);
            }
        }
        return unspent.isEmpty() ? Future.succeededFuture() : quotas.returnQuotas(unspent).onFailure(failure ->
                unspent.forEach((keyId, back) -> lines.get(keyId).latest().limits().countAgain(back)));
    }

    private Future<Admission> askForOne(LimitRequest request) {
        View known = view;
        LeaseAsk ask = request.leased().askForOne(request.policy(), request.endpoint());
        KeyLine line = line(request);
        return redis.send(Use.WRITE, LimitScripts.lease(
                        node, known.epoch(), true, request.keyId(), endpoints.get(request.endpoint()), ask))
                .map(LimitScripts::answer)
                .map(answer -> {
                    noticeLoss(answer);
                    active.add(line);
                    return request.leased().admitOne(
                            request.policy(), ask, answer, request.limits(), request.period(), request.millis(),
                            nanos());
                })
                .otherwise(away -> Admission.storeAway())
                .compose(admission -> admission == null ? await(request) : Future.succeededFuture(admission));
    }

    /** Sends an ask and has the answer taken in; the future never fails. */
    Future<LeaseAnswer> send(KeyLine line, LimitRequest request, LeaseAsk ask) {
        long sentAt = nanos();
        active.add(line);
        return redis.send(Use.WRITE, LimitScripts.lease(
                        node, view.epoch(), strict, request.keyId(), endpoints.get(ask.endpoint()), ask))
                .map(LimitScripts::answer)
                .onSuccess(answer -> {
                    if (answer.epoch().equals(view.epoch())) {
                        request.leased().received(ask, answer, sentAt, LimitScripts.LEASE.toNanos(), nanos());
                    } else {
                        request.leased().unanswered(ask);
                    }
                    noticeLoss(answer);
                })
                .onFailure(failure -> {
                    request.leased().unanswered(ask);
                    goOnAlone();
                })
                .otherwiseEmpty();
    }

    /** Redis grants nothing yet: the node goes on by itself until a heartbeat says that it does. */
    private void noticeLoss(LeaseAnswer answer) {
        if (answer.settleMicros() > 0) {
            goOnAlone();
        }
    }

    private synchronized void goOnAlone() {
        View known = view;
        view = new View(
                known.epoch(), known.beat(), known.nodes(), known.aheadMicros(), false,
                known.local() == null ? spell(known.nodes()) : known.local());
    }

    private LocalSpell spell(int nodes) {
        return new LocalSpell(spells.incrementAndGet(), nanos(), nodes, false);
    }

    private Future<Void> beat() {
        long sentAt = nanos();
        View known = view;
        return redis.send(Use.WRITE, LimitScripts.heartbeat(node, known.epoch(), known.beat()))
                .map(Heartbeat::of)
                .onSuccess(heartbeat -> heard(heartbeat, sentAt))
                .onFailure(failure -> goOnAlone())
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private void heard(Heartbeat heartbeat, long sentAt) {
        boolean back;
        boolean lost;
        synchronized (this) {
            View known = view;
            lost = !known.epoch().isEmpty() && !known.epoch().equals(heartbeat.epoch());
            boolean settling = heartbeat.settleMicros() > 0;
            back = known.local() != null && !settling;
            if (lost) {
                lines.values().forEach(line -> line.latest().leased().lost());
            }
            LocalSpell local = !settling ? null : known.local() != null && !known.local().full()
                    ? known.local() : spell(heartbeat.nodes());
            view = new View(
                    heartbeat.epoch(), heartbeat.beat(), heartbeat.nodes(),
                    heartbeat.storeMicros() - (sentAt + nanos()) / 2 / 1_000, true, local);
        }
        if (lost) {
            LOG.warn("Redis lost the state of the rate limits. For {} s each node goes on with its share of them, then "
                    + "buckets fill from empty.", LimitScripts.SETTLING.toSeconds());
            active.addAll(lines.values());
        }
        if (lost || back) {
            EvictionCheck.run(redis);
            sweep();
        }
    }

    /** Tells Redis what it does not know and gives back what is unspent. */
    private List<Future<Void>> sweep() {
        List<Future<Void>> told = new ArrayList<>();
        if (!view.reachable()) {
            return told;
        }
        for (KeyLine line : active) {
            Future<Void> telling = line.tell();
            if (!telling.isComplete()) {
                told.add(telling);
            } else if (line.latest().leased().isIdle(nanos())) {
                active.remove(line);
            }
        }
        return told;
    }

    private KeyLine line(LimitRequest request) {
        KeyLine line = lines.get(request.keyId());
        if (line == null) {
            line = lines.computeIfAbsent(request.keyId(), id -> new KeyLine(this, request));
        }
        line.note(request);
        return line;
    }

    /** How many nodes there are. */
    int nodes() {
        return view.nodes();
    }

    /** The node's time in nanoseconds, from 0. */
    long nanos() {
        return clock.getAsLong() - begun;
    }

    private long storeMicros(long now) {
        return now / 1_000 + view.aheadMicros();
    }
}

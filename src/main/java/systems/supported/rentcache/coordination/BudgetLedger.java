package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.coordination.BudgetAnswer.Held;
import systems.supported.rentcache.coordination.BudgetAnswer.Reserved;
import systems.supported.rentcache.coordination.BudgetStore.End;
import systems.supported.rentcache.coordination.BudgetStore.Line;
import systems.supported.rentcache.coordination.BudgetStore.Slot;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.limits.AdvanceAllowance;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.BudgetStep;
import systems.supported.rentcache.ops.Metrics;

/**
 * Reserves the cost of a call before it is made, for all nodes on one database together: what is committed and reserved
 * never passes a budget, whichever node crashes when.
 *
 * <p>Reservations are made one after another, and each is one transaction. A refusal is believed for half a second, so
 * a flood of calls that nobody may make costs the database two transactions a second. Commits and releases are written
 * behind. A reservation whose answer did not come may have been written, or may be yet: it is forestalled, so that it
 * is either released or fails when it arrives. A node says every ten seconds that it is there; what a node reserved
 * that was silent for a minute counts as spent. Without a database the node spends what it reserved in advance, and
 * then refuses.
 *
 * <p>A call that no budget covers waits for nothing: it is counted in memory, and written once a second.
 *
 * <p>Budgets that were set by hand are in the database alone. Until it has said once which there are, a call that the
 * settings' budget covers is refused, and any other may be under one of them. So that a node without budgets in its
 * settings still serves, it makes twenty such calls, none of them in the background, and then refuses: a budget that
 * was set by hand is passed by no more than that, by each node that starts while the database is away.
 *
 * <p>Confined to the context on which it was started.
 */
public final class BudgetLedger {
    /** How long a node may be silent before what it reserved counts as spent. */
    static final Duration GONE = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(BudgetLedger.class);
    private static final long TICK_MILLIS = 1_000;
    private static final int TICKS_A_RENEWAL = 10;
    private static final int TICKS_A_PURGE = 3_600;
    private static final long PATIENCE_MILLIS = 4_000;
    private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BELIEVED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Duration KEPT_FOR = Duration.ofDays(90);

    private final Vertx vertx;
    private final BudgetStore store;
    private final BudgetTerms terms;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Consumer<BudgetStepReached> listener;
    private final String node = UUID.randomUUID().toString();

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Deque<Settlement> unsettled = new ArrayDeque<>();
    private final Map<String, Refusal> refusals = new HashMap<>();
    private Map<String, BudgetCap> setByHand = Map.of();
    private boolean toldOfBudgets;
    private long untold;
    private Map<Slot, Long> uncounted = new HashMap<>();
    private Map<Slot, Long> uncountedMicros = new HashMap<>();
    private Advance advance;
    private boolean reserving;
    private Future<Void> settling = Future.succeededFuture();
    private Future<Void> ticking = Future.succeededFuture();
    private boolean away;
    private long awayUntil;
    private long accountCalls;
    private long ticks;
    private long timer = -1;

    private record Waiting(BudgetAsk ask, Promise<BudgetAnswer> answer) {
    }

    /** An end that is to be written; {@code end} is null for a reservation that may not have been made. */
    private record Settlement(Line line, End end, long spent) {
        static Settlement ofUncertain(String id, String period, List<String> scopes, long calls) {
            return new Settlement(new Line(id, period, scopes, calls, 0), null, 0);
        }
    }

    private record Refusal(String period, long until) {
    }

    /** What this node reserved in advance, of the account's budget. */
    private static final class Advance {
        private final Line line;
        private long spent;
        private long underWay;

        private Advance(Line line) {
            this.line = line;
        }
    }

    /**
     * A ledger that is not started.
     *
     * @param listener is told of each step of the guard ladder that a budget reached, on the ledger's context
     */
    public BudgetLedger(
            Vertx vertx,
            BudgetStore store,
            BudgetTerms terms,
            Metrics metrics,
            InstantSource clock,
            Consumer<BudgetStepReached> listener) {
        this.vertx = vertx;
        this.store = store;
        this.terms = terms;
        this.metrics = metrics;
        this.clock = clock;
        this.listener = listener;
    }

    /** Learns which budgets there are; completes after the first attempt, whatever came of it. */
    public Future<Void> start() {
        timer = vertx.setPeriodic(TICK_MILLIS, tick -> tick());
        tick();
        return ticking;
    }

    /** Writes what is to be written, and gives back what was reserved in advance. */
    public Future<Void> stop() {
        vertx.cancelTimer(timer);
        return ticking.compose(ticked -> {
            endAdvance();
            return flush();
        }).otherwiseEmpty().mapEmpty();
    }

    /**
     * Reserves what a call may cost.
     *
     * @return never fails
     */
    public Future<BudgetAnswer> reserve(BudgetAsk ask) {
        if (caps(ask, BudgetScope.of(ask)).isEmpty()) {
            if (!toldOfBudgets && (ask.background() || untold++ >= AdvanceAllowance.MOST)) {
                metrics.budget("away").increment();
                return Future.succeededFuture(new BudgetAnswer.Away());
            }
            BillingMonth month = terms.month(clock.instant());
            long cost = terms.plan().priceOf(ask.accountPays() ? accountCalls++ : Long.MAX_VALUE);
            return Future.succeededFuture(new Reserved("", ask, month.id(), cost, Held.NOWHERE));
        }
        Promise<BudgetAnswer> answer = Promise.promise();
        waiting.add(new Waiting(ask, answer));
        next();
        return answer.future();
    }

    /** The call was billed, or may have been. */
    public void commit(Reserved reserved) {
        switch (reserved.held()) {
            case NOWHERE -> count(reserved, BudgetScope.of(reserved.ask()));
            case IN_ADVANCE -> {
                advance.underWay--;
                advance.spent++;
                List<String> scopes = BudgetScope.of(reserved.ask());
                count(reserved, scopes.subList(1, scopes.size()));
            }
            case IN_SQL -> settle(reserved, End.COMMITTED);
        }
    }

    /** The call was not made, or cost nothing. */
    public void release(Reserved reserved) {
        switch (reserved.held()) {
            case NOWHERE -> {
                untold--;
                accountCalls -= reserved.ask().accountPays() ? 1 : 0;
            }
            case IN_ADVANCE -> advance.underWay--;
            case IN_SQL -> settle(reserved, End.RELEASED);
        }
    }

    /** Completes when all that was committed and released until now is written, or could not be. */
    Future<Void> flush() {
        return settleAll()
                .compose(settled -> writeUncounted())
                .otherwiseEmpty();
    }

    private void count(Reserved reserved, List<String> scopes) {
        for (String scope : scopes) {
            Slot slot = new Slot(reserved.period(), scope);
            uncounted.merge(slot, 1L, Long::sum);
            uncountedMicros.merge(slot, reserved.costMicros(), Long::sum);
        }
    }

    /** The budgets that hold for a call; the account's in calls alone. */
    private Map<String, BudgetCap> caps(BudgetAsk ask, List<String> scopes) {
        Map<String, BudgetCap> caps = new HashMap<>();
        for (String scope : scopes) {
            BudgetCap cap = cap(scope);
            if (!cap.isNone()) {
                caps.put(scope, ask.background() ? cap.inBackground() : cap);
            }
        }
        return caps;
    }

    private BudgetCap cap(String scope) {
        return terms.cap(scope, setByHand);
    }

    /** Goes through those who wait, one transaction at a time; what is known already needs none. */
    private void next() {
        while (!reserving && !waiting.isEmpty()) {
            Waiting first = waiting.poll();
            BillingMonth month = terms.month(clock.instant());
            BudgetAnswer known = known(first.ask(), month);
            if (known != null) {
                answer(first, known);
            } else {
                reserving = true;
                reserveInSql(first.ask(), month).onComplete(done -> {
                    reserving = false;
                    answer(first, done.result());
                    next();
                });
            }
        }
    }

    private void answer(Waiting asked, BudgetAnswer answer) {
        metrics.budget(answer instanceof Reserved ? "reserved" : answer instanceof BudgetAnswer.Refused
                ? "refused" : "away").increment();
        asked.answer().complete(answer);
    }

    /** An answer for which the database need not be asked, or null. */
    private BudgetAnswer known(BudgetAsk ask, BillingMonth month) {
        if (!toldOfBudgets) {
            return new BudgetAnswer.Away();
        }
        long now = System.nanoTime();
        for (String scope : BudgetScope.of(ask)) {
            Refusal refusal = refusals.get(scope);
            if (refusal != null && refusal.period().equals(month.id()) && now - refusal.until() < 0) {
                return new BudgetAnswer.Refused(scope, month.end());
            }
        }
        return away && now - awayUntil < 0 ? inAdvance(ask, month) : null;
    }

    private Future<BudgetAnswer> reserveInSql(BudgetAsk ask, BillingMonth month) {
        String id = UUID.randomUUID().toString();
        List<String> scopes = BudgetScope.of(ask);
        return store.reserve(id, node, month.id(), scopes, ask, caps(ask, scopes), terms.plan(), 1, clock.instant())
                // It gives the answer up and leaves the reservation on its way.
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .<BudgetAnswer>map(line -> {
                    back();
                    return new Reserved(id, ask, month.id(), line.micros(), Held.IN_SQL);
                })
                .recover(failure -> {
                    if (failure instanceof BudgetStore.RefusedReservation refused) {
                        back();
                        if (!ask.background()) {
                            refusals.put(refused.scope(), new Refusal(month.id(), System.nanoTime() + BELIEVED_NANOS));
                        }
                        return Future.succeededFuture(new BudgetAnswer.Refused(refused.scope(), month.end()));
                    }
                    gone(failure);
                    // It may have been written all the same, or yet be.
                    unsettled.add(Settlement.ofUncertain(id, month.id(), scopes, 1));
                    return Future.succeededFuture(inAdvance(ask, month));
                });
    }

    private void gone(Throwable failure) {
        if (!away) {
            LOG.warn("The budget ledger cannot be asked: {}. What was reserved in advance is spent, and then calls "
                    + "that a budget covers are refused.", failure.toString());
        }
        away = true;
        awayUntil = System.nanoTime() + AWAY_NANOS;
    }

    private void back() {
        if (away) {
            away = false;
            LOG.info("The budget ledger answers again.");
        }
    }

    /** What was reserved in advance is of the account's budget: it covers no call that another one covers, too. */
    private BudgetAnswer inAdvance(BudgetAsk ask, BillingMonth month) {
        boolean covered = ask.accountPays() && !ask.background()
                && caps(ask, BudgetScope.of(ask)).keySet().stream().allMatch(BudgetScope.ACCOUNT::equals);
        if (!covered || advance == null || !advance.line.period().equals(month.id())
                || advance.spent + advance.underWay >= advance.line.calls()) {
            return new BudgetAnswer.Away();
        }
        advance.underWay++;
        return new Reserved(
                advance.line.id(), ask, month.id(), advance.line.micros() / advance.line.calls(), Held.IN_ADVANCE);
    }

    private void settle(Reserved reserved, End end) {
        unsettled.add(new Settlement(
                new Line(reserved.id(), reserved.period(), BudgetScope.of(reserved.ask()), 1, reserved.costMicros()),
                end, end == End.COMMITTED ? 1 : 0));
        settleAll();
    }

    /** One after another, in order; one that fails is tried again at the next tick, and no later one before it. */
    private Future<Void> settleAll() {
        if (settling.isComplete()) {
            settling = settleNext();
            settling.onFailure(failure -> LOG.debug("What calls cost could not be written yet", failure));
        }
        return settling;
    }

    private Future<Void> settleNext() {
        Settlement first = unsettled.peek();
        if (first == null) {
            return Future.succeededFuture();
        }
        Instant now = clock.instant();
        // Either can be done twice.
        return inTime(first.end() == null ? store.forestall(first.line(), node, terms.plan(), now)
                : store.settle(first.line(), first.end(), first.spent(), terms.plan(), now))
                .compose(settled -> {
                    unsettled.remove(first);
                    return settleNext();
                });
    }

    private static <T> Future<T> inTime(Future<T> asked) {
        return asked.timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Future<Void> writeUncounted() {
        if (uncounted.isEmpty()) {
            return Future.succeededFuture();
        }
        Map<Slot, Long> calls = uncounted;
        Map<Slot, Long> micros = uncountedMicros;
        uncounted = new HashMap<>();
        uncountedMicros = new HashMap<>();
        return store.add(calls, micros, terms.plan()).onFailure(failure -> {
            calls.forEach((slot, count) -> uncounted.merge(slot, count, Long::sum));
            micros.forEach((slot, cost) -> uncountedMicros.merge(slot, cost, Long::sum));
        });
    }

    private void tick() {
        if (!ticking.isComplete()) {
            return;
        }
        long tick = ticks++;
        BillingMonth month = terms.month(clock.instant());
        ticking = inTime(store.caps())
                .compose(caps -> {
                    toldOfBudgets = true;
                    if (!caps.equals(setByHand)) {
                        setByHand = caps;
                        refusals.clear();
                    }
                    return inTime(store.guarded(month.id()));
                })
                .compose(uses -> guard(uses, month))
                .compose(guarded -> flush())
                .compose(flushed -> tick % TICKS_A_RENEWAL == 0 ? renewAndSweep() : Future.succeededFuture())
                .compose(swept -> tick % TICKS_A_PURGE == 0
                        ? store.purge(clock.instant().minus(KEPT_FOR)) : Future.succeededFuture())
                .onFailure(failure -> LOG.debug("The budgets could not be read", failure))
                .otherwiseEmpty();
    }

    private Future<Void> guard(List<BudgetUse> uses, BillingMonth month) {
        BudgetUse account = uses.stream().filter(use -> use.scope().equals(BudgetScope.ACCOUNT)).findFirst()
                .orElse(BudgetUse.none(BudgetScope.ACCOUNT, month.id()));
        metrics.budgets().show(ShownBudgets.of(uses, month.id(), terms, setByHand));
        accountCalls = account.usedCalls() + uncounted.getOrDefault(new Slot(month.id(), BudgetScope.ACCOUNT), 0L);
        Future<Void> told = Future.succeededFuture();
        for (BudgetUse use : uses) {
            BudgetCap cap = cap(use.scope());
            BudgetStep step = cap.step(use.usedCalls(), use.usedMicros());
            if (step.percent() > use.toldPercent()) {
                told = told.compose(before -> raise(new BudgetStepReached(step, use, cap, month)));
            }
        }
        return told.compose(done -> reserveInAdvance(account, month));
    }

    private Future<Void> raise(BudgetStepReached reached) {
        EventMessage event = store.message(reached.event(), clock.instant());
        return store.raiseStep(reached.use(), reached.step().percent(), event).map(first -> {
            if (first) {
                event.tell(vertx);
                listener.accept(reached);
            }
            return null;
        });
    }

    private Future<Void> reserveInAdvance(BudgetUse account, BillingMonth month) {
        BudgetCap cap = cap(BudgetScope.ACCOUNT);
        long held = advance == null ? 0 : advance.line.calls();
        long left = Math.max(0, cap.calls() - account.usedCalls() + held);
        long wanted = cap.isNone() ? 0 : AdvanceAllowance.of(left);
        if (advance != null) {
            boolean good = advance.line.period().equals(month.id()) && advance.spent == 0 && held == wanted;
            if (good || !endAdvance()) {
                return Future.succeededFuture();
            }
        }
        if (wanted == 0) {
            return Future.succeededFuture();
        }
        BudgetAsk ask = new BudgetAsk(0, "", true, false);
        String id = UUID.randomUUID().toString();
        return store.reserve(
                        id, node, month.id(), List.of(BudgetScope.ACCOUNT), ask,
                        Map.of(BudgetScope.ACCOUNT, cap), terms.plan(), wanted, clock.instant())
                .<Void>map(line -> {
                    advance = new Advance(line);
                    return null;
                })
                .recover(failure -> {
                    if (failure instanceof BudgetStore.RefusedReservation) {
                        return Future.succeededFuture();
                    }
                    unsettled.add(Settlement.ofUncertain(id, month.id(), List.of(BudgetScope.ACCOUNT), wanted));
                    return Future.failedFuture(failure);
                });
    }

    /** Has what was reserved in advance be settled; false while calls that it covers are under way. */
    private boolean endAdvance() {
        if (advance == null || advance.underWay > 0) {
            return false;
        }
        unsettled.add(new Settlement(
                advance.line, advance.spent > 0 ? End.COMMITTED : End.RELEASED, advance.spent));
        advance = null;
        return true;
    }

    private Future<Void> renewAndSweep() {
        Instant now = clock.instant();
        return store.renew(node, now)
                .compose(renewed -> store.presumeSpent(now.minus(GONE), terms.plan(), now))
                .map(lines -> {
                    if (!lines.isEmpty()) {
                        long calls = lines.stream().mapToLong(Line::calls).sum();
                        metrics.budget("presumed_spent").increment(calls);
                        LOG.warn("A node is gone that had reserved {} calls: they count as spent.", calls);
                    }
                    return null;
                });
    }
}

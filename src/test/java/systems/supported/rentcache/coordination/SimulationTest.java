package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Freshness;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.RecentInvalidations.Since;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.catalog.StaleWindows;
import systems.supported.rentcache.coordination.BudgetStore.End;
import systems.supported.rentcache.coordination.BudgetStore.Line;
import systems.supported.rentcache.coordination.BudgetStore.Slot;
import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.limits.Rate;

/**
 * Nodes with near tiers, one lasting tier, flights, a ledger and invalidations, all together in virtual time: clocks
 * differ, nodes die, stand still and are cut off, steps and messages are slow or lost, the upstream fails, budgets end.
 *
 * <p>Decisions, freshness, near tiers, recent invalidations, flights and their waits, budgets, plans and billing months
 * are the program's own. What is said here once more is what nodes do between them, in the words of {@code Lookup},
 * {@code InvalidationWatch} and {@link BudgetLedger}, and what is SQL elsewhere: the lasting tier's rows, and the
 * conditional updates of {@link BudgetStore}. The lasting tier is as the protocol has it: an answer that comes to be
 * written after an invalidation that covers it is written as invalid.
 *
 * <p>A failure names its seed: {@code -Dsimulation.seed=…} runs that one again, {@code -Dsimulation.first=…} begins
 * with another one, and {@code -Dsimulation.seeds=…} says how many.
 */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 3_000);
    private static final FlightTerms TERMS = FlightTerms.standard(Duration.ofSeconds(8));
    private static final long LEASE = TERMS.lease().toMillis();
    private static final long STORE_PATIENCE = TERMS.storeTimeout().toMillis();
    private static final long REMEMBERED = TERMS.remembered().toMillis();
    private static final long CALL_TIMEOUT = 5_000;
    private static final long LOOK_PATIENCE = 1_000;
    private static final long LEDGER_PATIENCE = 2_000;
    private static final long TRUSTED = 5_000;
    private static final long TTL = 8_000;
    private static final long WHILE_REVALIDATE = 4_000;
    private static final long IF_ERROR = 15_000;
    private static final long CLOCKS_DIFFER = 2_000;
    private static final int BOARDINGS = 5;
    private static final long TROUBLE_ENDS = 45_000;
    private static final long WATCH_ENDS = 150_000;
    private static final long END = 260_000;
    private static final int NODES = 3;
    private static final int KEYS = 5;
    private static final int QUESTIONS = 120;
    /** A billing month ends in the middle of the trouble. */
    private static final Instant BEGIN = Instant.parse("2026-03-31T23:59:40Z");
    private static final Plan PLAN = new Plan(0, 5, 200_000);
    private static final Buffer BODY = Buffer.buffer("{}");
    private static final Endpoint ENDPOINT = new Endpoint(
            "properties", 0, true, Duration.ofMillis(TTL),
            new StaleWindows(Duration.ofMillis(WHILE_REVALIDATE), Duration.ofMillis(IF_ERROR), 1), Rate.UNLIMITED, 0);

    private record Event(long at, long number, Runnable what) {
    }

    /** Where an answer came from. */
    private enum Source {
        NEAR,
        LASTING,
        CALL
    }

    /** A line of the log of invalidations. */
    private record Invalidated(Invalidation what, Instant at, long acknowledged) {
    }

    /** A row of the lasting tier. */
    private record Row(Entry entry, long written, boolean valid) {
    }

    /** What a look into the lasting tier brings; {@code entry} is null where there is none. */
    private record Look(Entry entry, long read) {
    }

    private record Take(FlightState taken, Sight sight) {
    }

    /** A call's result; {@code entry} is null where it failed. */
    private record Result(Entry entry, Source source, long read, boolean gaveWay) {
        static final Result FAILED = new Result(null, Source.CALL, 0, false);
    }

    private static final class Request {
        final Node node;
        final CacheKey key;
        final long from;
        final boolean background;
        boolean answered;
        Entry kept;
        long read;
        Since begun;
        boolean again;

        Request(Node node, CacheKey key, long from, boolean background) {
            this.node = node;
            this.key = key;
            this.from = from;
            this.background = background;
        }
    }

    /** A call under way in a node, and who waits for it. */
    private static final class Call {
        final Node node;
        final CacheKey key;
        final boolean background;
        final List<Consumer<Result>> waiting = new ArrayList<>();
        /** Whether another one gave way that was waited for, after the lasting tier was read. */
        boolean again;
        /** When the lasting tier was last read for it; -1 where it could not be. */
        long read;
        /** When that reading began, by the node's clock. */
        Since begun;

        Call(Request first) {
            this.node = first.node;
            this.key = first.key;
            this.background = first.background;
            this.read = first.read;
            this.begun = first.begun;
            this.again = first.again;
        }
    }

    /** A flight that a node owns; one that is not shared has the fence 0. */
    private static final class Ownership {
        final Node node;
        final CacheKey key;
        final long fence;
        long sureUntil;
        boolean over;

        Ownership(Node node, CacheKey key, long fence, long sureUntil) {
            this.node = node;
            this.key = key;
            this.fence = fence;
            this.sureUntil = sureUntil;
        }

        boolean isHeld(long now) {
            return fence == 0 || now < sureUntil;
        }
    }

    private static final class Waiting {
        FlightWait wait;
        int look;
        boolean over;
        Consumer<Outcome> told;
    }

    private static final class Advance {
        final Line line;
        long spent;
        long underWay;

        Advance(Line line) {
            this.line = line;
        }
    }

    /** A reservation as its node knows it. */
    private record Reserved(Line line, Advance advance) {
    }

    private record Settlement(Line line, End end, long spent) {
    }

    private final class Node {
        final String name;
        final long skew;
        final NearCache near;
        final RecentInvalidations recent = new RecentInvalidations();
        final Map<CacheKey, Call> calls = new HashMap<>();
        final Map<CacheKey, Waiting> waits = new HashMap<>();
        final Deque<Settlement> unsettled = new ArrayDeque<>();
        int applied;
        boolean asking;
        boolean told;
        boolean settling;
        boolean dead;
        long stillUntil;
        long cutUntil;
        Advance advance;

        Node(World world, String name, long skew) {
            this.name = name;
            this.skew = skew;
            this.applied = world.log.size();
            this.near = new NearCache(1 << 20, () -> world.now * 1_000_000);
            near.trustUntil((world.now + TRUSTED) * 1_000_000);
        }
    }

    /** The tables of the ledger and their updates, each of which is one transaction. */
    private static final class Ledger {
        final Map<String, BudgetCap> caps;
        Map<Slot, BudgetUse> uses = new HashMap<>();
        final Map<String, String> states = new HashMap<>();
        final Map<String, Line> lines = new HashMap<>();
        final Map<String, String> owners = new HashMap<>();
        final Map<String, Long> seen = new HashMap<>();

        Ledger(Map<String, BudgetCap> caps) {
            this.caps = caps;
        }

        BudgetUse use(String period, String scope) {
            return uses.getOrDefault(new Slot(period, scope), BudgetUse.none(scope, period));
        }

        /** As {@link BudgetStore#reserve}; null where a budget refuses, or where the line is there already. */
        Line reserve(
                String id, String node, String period, List<String> scopes, boolean background, long calls, long now) {
            if (states.containsKey(id)) {
                return null;
            }
            Map<Slot, BudgetUse> before = new HashMap<>(uses);
            long micros = 0;
            for (String scope : scopes) {
                BudgetCap cap = caps.getOrDefault(scope, BudgetCap.NONE);
                cap = background ? cap.inBackground() : cap;
                boolean account = scope.equals(BudgetScope.ACCOUNT);
                BudgetUse use = use(period, scope);
                if (!cap.admits(use.usedCalls(), use.usedMicros(), calls, account ? 0 : micros)) {
                    uses = before;
                    return null;
                }
                move(scope, period, calls, account ? 0 : micros, 0, 0);
                if (account) {
                    long used = use(period, scope).usedCalls();
                    micros = PLAN.overageOf(used) - PLAN.overageOf(used - calls);
                }
            }
            Line line = new Line(id, period, scopes, calls, micros);
            lines.put(id, line);
            states.put(id, "reserved");
            owners.put(id, node);
            seen.put(id, now);
            return line;
        }

        private void move(
                String scope, String period, long reserved, long reservedMicros, long committed, long committedMicros) {
            BudgetUse use = use(period, scope);
            long calls = use.committedCalls() + committed;
            uses.put(new Slot(period, scope), new BudgetUse(
                    scope, period, calls, use.reservedCalls() + reserved,
                    scope.equals(BudgetScope.ACCOUNT)
                            ? PLAN.overageOf(calls) : use.committedMicros() + committedMicros,
                    use.reservedMicros() + reservedMicros, 0));
        }

        /** As {@link BudgetStore#settle}: a line that is not there yet is never to come. */
        Boolean settle(Settlement settlement) {
            Line known = lines.get(settlement.line.id());
            String state = states.putIfAbsent(settlement.line.id(), "released");
            boolean presumed = "presumed_spent".equals(state);
            if (known == null || !"reserved".equals(state) && (!presumed || settlement.end == End.PRESUMED_SPENT)) {
                return true;
            }
            states.put(known.id(), settlement.end == End.PRESUMED_SPENT ? "presumed_spent"
                    : settlement.end == End.COMMITTED ? "committed" : "released");
            long spent = settlement.spent - (presumed ? known.calls() : 0);
            for (String scope : known.scopes()) {
                boolean account = scope.equals(BudgetScope.ACCOUNT);
                move(scope, known.period(), presumed ? 0 : -known.calls(), presumed || account ? 0 : -known.micros(),
                        spent, known.micros() / known.calls() * spent);
            }
            return true;
        }

        Boolean renewAndSweep(String node, long now) {
            owners.forEach((id, owner) -> {
                if (owner.equals(node) && "reserved".equals(states.get(id))) {
                    seen.put(id, now);
                }
            });
            for (Line line : List.copyOf(lines.values())) {
                boolean isGone = seen.get(line.id()) < now - BudgetLedger.GONE.toMillis();
                if ("reserved".equals(states.get(line.id())) && isGone) {
                    settle(new Settlement(line, End.PRESUMED_SPENT, line.calls()));
                }
            }
            return true;
        }

        long count(String state) {
            return states.values().stream().filter(state::equals).count();
        }
    }

    private final class World {
        final Random random;
        final double trouble;
        final long spread;
        final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
        final List<Node> nodes = new ArrayList<>();
        final List<Request> requests = new ArrayList<>();
        final List<Invalidated> log = new ArrayList<>();
        final Map<CacheKey, Row> lasting = new HashMap<>();
        final Map<CacheKey, FlightState> flights = new HashMap<>();
        final List<Ownership> ownerships = new ArrayList<>();
        final Map<String, Long> billed = new HashMap<>();
        final List<CacheKey> keys = new ArrayList<>();
        final Ledger ledger;
        final long accountCalls;
        long now;
        long planned;
        long ids;
        long doubted;
        int called;
        int shared;
        int died;
        int refused;
        int stale;
        int covered;

        World(long seed, double trouble) {
            this.random = new Random(seed);
            this.trouble = trouble;
            this.spread = trouble == 0 ? 0 : CLOCKS_DIFFER;
            this.accountCalls = List.of(3L, 12L, 40L, 500L).get(random.nextInt(4));
            this.ledger = new Ledger(Map.of(
                    BudgetScope.ACCOUNT, new BudgetCap(accountCalls, BudgetCap.NO_LIMIT).inCalls(PLAN),
                    BudgetScope.ofEndpoint(ENDPOINT.name()),
                    random.nextBoolean() ? BudgetCap.NONE : new BudgetCap(BudgetCap.NO_LIMIT, 3_000_000)));
            for (int i = 0; i < KEYS; i++) {
                keys.add(CacheKey.of("{\"q\":\"" + i + "\"}"));
            }
        }

        boolean troubled() {
            return now < TROUBLE_ENDS && random.nextDouble() < trouble;
        }

        void at(long time, Runnable what) {
            events.add(new Event(Math.max(now, time), planned++, what));
        }

        void on(Node node, long time, Runnable what) {
            at(time, () -> {
                if (node.dead) {
                    return;
                }
                if (node.stillUntil > now) {
                    on(node, node.stillUntil, what);
                } else {
                    what.run();
                }
            });
        }

        Instant clock(Node node) {
            return BEGIN.plusMillis(now + node.skew);
        }

        long delay() {
            return troubled() ? random.nextInt(2_500) : 1 + random.nextInt(5);
        }

        /** A step of a store's, once; its answer, or null where none comes in time, though it may come to pass. */
        <T> void step(Node node, long patience, Supplier<T> step, Consumer<T> answer) {
            boolean[] told = {false};
            Consumer<T> once = result -> {
                if (!told[0]) {
                    told[0] = true;
                    answer.accept(result);
                }
            };
            if (node.cutUntil <= now && (!troubled() || random.nextInt(4) > 0)) {
                at(now + delay(), () -> {
                    T result = step.get();
                    if (node.cutUntil <= now && (!troubled() || random.nextInt(4) > 0)) {
                        on(node, now + delay(), () -> once.accept(result));
                    }
                });
            }
            on(node, now + patience, () -> once.accept(null));
        }

        Node newNode() {
            long skew = spread == 0 ? 0 : random.nextInt((int) spread) - spread / 2;
            Node node = new Node(this, "node" + ids++, skew);
            every(node, 1_000, () -> poll(node));
            every(node, 1_000, () -> settleNext(node));
            every(node, 1_000, () -> reserveInAdvance(node));
            every(node, 10_000, () -> step(
                    node, LEDGER_PATIENCE, () -> ledger.renewAndSweep(node.name, now), done -> { }));
            return node;
        }

        void every(Node node, long millis, Runnable what) {
            if (now < WATCH_ENDS) {
                on(node, now + millis, () -> {
                    what.run();
                    every(node, millis, what);
                });
            }
        }

        void run() {
            for (int i = 0; i < NODES; i++) {
                nodes.add(newNode());
            }
            for (int i = 0; i < QUESTIONS; i++) {
                at(random.nextInt((int) TROUBLE_ENDS), () -> {
                    Node node = nodes.get(random.nextInt(NODES));
                    on(node, now, () -> ask(node, zipf(), false));
                });
            }
            for (int i = 0; i < 3; i++) {
                at(random.nextInt((int) TROUBLE_ENDS), this::invalidate);
            }
            for (int i = 0; i < 12; i++) {
                at(random.nextInt((int) TROUBLE_ENDS), this::misfortune);
            }
            while (!events.isEmpty()) {
                Event next = events.poll();
                assertThat(next.at()).as("nothing goes on for ever").isLessThan(END);
                now = next.at();
                next.what().run();
            }
            ended();
        }

        CacheKey zipf() {
            double dice = random.nextDouble() * 137 / 60;
            int rank = 1;
            while (rank < KEYS && dice > 1.0 / rank) {
                dice -= 1.0 / rank++;
            }
            return keys.get(rank - 1);
        }

        void misfortune() {
            int which = random.nextInt(NODES);
            if (random.nextDouble() > trouble * 2) {
                return;
            }
            switch (random.nextInt(3)) {
                case 0 -> {
                    nodes.get(which).dead = true;
                    nodes.set(which, newNode());
                    died++;
                }
                case 1 -> nodes.get(which).stillUntil = now + random.nextInt(9_000);
                default -> nodes.get(which).cutUntil = now + random.nextInt(15_000);
            }
        }

        // What a node does with a question.

        void ask(Node node, CacheKey key, boolean background) {
            Request request = new Request(node, key, now, background);
            requests.add(request);
            Since begun = node.recent.since(clock(node));
            NearEntry kept = node.near.get(key);
            Entry near = kept == null ? null : kept.answer().entry();
            CacheDecision first = decide(request, near);
            if (node.near.isTrusted() && isAnswer(first, request)) {
                serve(request, near, first, Source.NEAR, now);
                return;
            }
            look(node, key, found -> {
                boolean lastResort = near != null && (found == null || node.near.isTrusted());
                boolean isFound = found != null && found.entry != null;
                proceed(request, isFound ? found.entry : lastResort ? near : null,
                        isFound ? Source.LASTING : Source.NEAR, begun, found == null ? -1 : found.read);
            });
        }

        CacheDecision decide(Request request, Entry entry) {
            return CacheDecision.decide(entry, RequestDirectives.NONE, ENDPOINT, clock(request.node));
        }

        boolean isAnswer(CacheDecision decision, Request request) {
            return decision instanceof CacheDecision.Hit
                    || decision instanceof CacheDecision.HitStale && !request.background;
        }

        void look(Node node, CacheKey key, Consumer<Look> found) {
            step(node, LOOK_PATIENCE, () -> {
                Row row = lasting.get(key);
                return new Look(row == null || !row.valid ? null : row.entry, now);
            }, found);
        }

        void proceed(Request request, Entry found, Source source, Since begun, long read) {
            Node node = request.node;
            Entry kept = found == null || node.recent.cover(found, begun) ? null : found;
            CacheDecision decision = decide(request, kept);
            if (isAnswer(decision, request)) {
                if (source == Source.LASTING) {
                    near(node, kept);
                    serve(request, kept, decision, source, read);
                } else if (node.near.isTrusted()) {
                    serve(request, kept, decision, source, read);
                } else {
                    serveMarked(request, kept, TTL + WHILE_REVALIDATE);
                }
                return;
            }
            request.kept = kept;
            request.read = read;
            request.begun = begun;
            call(request);
        }

        void near(Node node, Entry entry) {
            node.near.put(new StoredAnswer(entry, BODY, null));
        }

        void call(Request request) {
            Call call = request.node.calls.get(request.key);
            boolean joined = call != null;
            if (!joined) {
                call = new Call(request);
                request.node.calls.put(request.key, call);
            }
            call.waiting.add(result -> {
                if (result.entry != null) {
                    serve(request, result.entry, null, result.source, result.read);
                } else if (result.gaveWay && joined && !request.background) {
                    request.again = true;
                    call(request);
                } else {
                    failed(request);
                }
            });
            if (joined) {
                shared++;
            } else {
                board(call, 0, BOARDINGS);
            }
        }

        void done(Call call, Result result) {
            call.node.calls.remove(call.key, call);
            call.waiting.forEach(one -> one.accept(result));
        }

        void failed(Request request) {
            Entry kept = request.kept;
            if (CacheDecision.afterFailure(kept, RequestDirectives.NONE, ENDPOINT, clock(request.node))
                    instanceof CacheDecision.ServeStaleOnError) {
                serveMarked(request, kept, TTL + IF_ERROR);
            } else {
                answered(request);
            }
        }

        void answered(Request request) {
            assertThat(request.answered).as("the request of %d was answered before", request.from).isFalse();
            request.answered = true;
        }

        void serve(Request request, Entry entry, CacheDecision decision, Source source, long read) {
            answered(request);
            boolean isStale = decision instanceof CacheDecision.HitStale;
            checkAge(request, entry, isStale ? TTL + WHILE_REVALIDATE : TTL);
            for (Invalidated one : log) {
                // A call's answer is given to those who waited, and kept nowhere if it was invalidated meanwhile.
                if (source != Source.CALL && one.what.covers(entry)
                        && entry.fetchedAt().plusMillis(spread).isBefore(one.at)) {
                    covered++;
                    assertThat(source == Source.NEAR ? now - TRUSTED : read)
                            .as("at %d what was invalidated at %d is given, from %s, in the request of %d", now,
                                    one.acknowledged, source, request.from)
                            .isLessThanOrEqualTo(one.acknowledged);
                }
            }
            if (isStale) {
                stale++;
                if (((CacheDecision.HitStale) decision).refresh() && !request.background) {
                    ask(request.node, request.key, true);
                }
            }
        }

        /** As stale: it may have been invalidated, or the upstream failed. */
        void serveMarked(Request request, Entry entry, long longest) {
            answered(request);
            stale++;
            checkAge(request, entry, longest);
        }

        void checkAge(Request request, Entry entry, long longest) {
            long age = now - Long.parseLong(entry.etag());
            assertThat(age).as("age of the answer at %d of the request of %d", now, request.from)
                    .isLessThanOrEqualTo(longest + spread);
        }

        // Flights.

        FlightState flight(CacheKey key) {
            return flights.getOrDefault(key, FlightState.NONE);
        }

        void board(Call call, long after, int left) {
            if (left == 0) {
                done(call, Result.FAILED);
                return;
            }
            long asked = now;
            step(call.node, STORE_PATIENCE, () -> {
                FlightState before = flight(call.key);
                FlightState taken = before.take(after, 0, now, LEASE);
                if (taken != null) {
                    assertThat(taken.fence()).as("the fence grows").isGreaterThan(before.fence());
                    flights.put(call.key, taken);
                }
                return new Take(taken, flight(call.key).at(now));
            }, take -> {
                if (take == null) {
                    fly(call, new Ownership(call.node, call.key, 0, 0));
                } else if (take.taken != null) {
                    Ownership own = new Ownership(call.node, call.key, take.taken.fence(), asked + LEASE);
                    ownerships.add(own);
                    checkOwners(call.key);
                    renewLater(own);
                    if (left == BOARDINGS) {
                        fly(call, own);
                    } else {
                        landedMeanwhile(call, () -> fly(call, own), () -> land(own, Phase.GONE));
                    }
                } else if (take.sight.outcome() != null) {
                    told(call, take.sight.outcome(), after, left);
                } else {
                    await(call, take.sight, after, left);
                }
            });
        }

        void checkOwners(CacheKey key) {
            assertThat(ownerships.stream().filter(one -> one.key.equals(key) && !one.over && !one.node.dead
                    && now < one.sureUntil).count())
                    .as("owners who are sure of their lease at %d", now).isLessThanOrEqualTo(1);
        }

        void renewLater(Ownership own) {
            on(own.node, now + LEASE / 3, () -> {
                if (own.over) {
                    return;
                }
                long asked = now;
                this.<Boolean>step(own.node, STORE_PATIENCE, () -> {
                    FlightState renewed = flight(own.key).renew(own.fence, now, LEASE);
                    flights.computeIfPresent(own.key, (key, state) -> renewed == null ? state : renewed);
                    return renewed != null;
                }, renewed -> {
                    if (renewed != null && !renewed) {
                        own.sureUntil = Math.min(own.sureUntil, now);
                        return;
                    }
                    if (renewed != null) {
                        own.sureUntil = asked + LEASE;
                        checkOwners(own.key);
                    }
                    renewLater(own);
                });
            });
        }

        void land(Ownership own, Phase end) {
            if (own.over) {
                return;
            }
            own.over = true;
            if (own.fence == 0) {
                return;
            }
            step(own.node, STORE_PATIENCE, () -> {
                FlightState landed = flight(own.key)
                        .land(own.fence, end, "why", now, end == Phase.GONE ? 0 : REMEMBERED);
                if (landed != null) {
                    flights.put(own.key, landed);
                    FlightMessage message = new FlightMessage(own.key, own.fence, end);
                    for (Node node : nodes) {
                        if (!troubled() && node.cutUntil <= now) {
                            on(node, now + delay(), () -> hear(node, message));
                        }
                    }
                }
                return true;
            }, told -> { });
        }

        void told(Call call, Outcome outcome, long after, int left) {
            if (outcome instanceof Outcome.Failed) {
                done(call, Result.FAILED);
                return;
            }
            long known = outcome instanceof Outcome.Stored stored ? stored.fence() : after;
            landedMeanwhile(call, () -> board(call, known, left - 1), () -> { });
        }

        void landedMeanwhile(Call call, Runnable otherwise, Runnable landed) {
            Since looking = call.node.recent.since(clock(call.node));
            look(call.node, call.key, found -> {
                call.read = found == null ? -1 : found.read;
                call.begun = looking;
                Entry entry = found == null ? null : found.entry;
                // Nobody here asks for anything newer than what is fresh.
                if (entry == null || !Freshness.isFresh(entry, clock(call.node))
                        || call.node.recent.cover(entry, looking)) {
                    otherwise.run();
                } else {
                    shared++;
                    landed.run();
                    near(call.node, entry);
                    done(call, new Result(entry, Source.LASTING, found.read, false));
                }
            });
        }

        void await(Call call, Sight sight, long after, int left) {
            Waiting waiting = new Waiting();
            waiting.wait = FlightWait.begin(sight, now, TERMS);
            call.node.waits.put(call.key, waiting);
            waiting.told = outcome -> {
                if (!waiting.over) {
                    waiting.over = true;
                    call.node.waits.remove(call.key, waiting);
                    told(call, outcome, after, left);
                }
            };
            lookLater(call.node, call.key, waiting);
            on(call.node, now + TERMS.patience().toMillis(), () -> waiting.told.accept(new Outcome.Expired()));
        }

        void lookLater(Node node, CacheKey key, Waiting waiting) {
            int number = ++waiting.look;
            on(node, waiting.wait.lookAt(), () -> {
                if (!waiting.over && waiting.look == number) {
                    lookForFlight(node, key, waiting);
                }
            });
        }

        void lookForFlight(Node node, CacheKey key, Waiting waiting) {
            step(node, STORE_PATIENCE, () -> flight(key).at(now), sight -> {
                if (waiting.over) {
                    return;
                }
                if (sight == null) {
                    waiting.told.accept(new Outcome.Expired());
                } else if (sight.outcome() != null) {
                    waiting.told.accept(sight.outcome());
                } else {
                    waiting.wait = waiting.wait.goOn(sight, now, TERMS);
                    lookLater(node, key, waiting);
                }
            });
        }

        void hear(Node node, FlightMessage message) {
            Waiting waiting = node.waits.get(message.key());
            if (waiting == null) {
                return;
            }
            switch (waiting.wait.hear(message)) {
                case STORED -> waiting.told.accept(new Outcome.Stored(message.fence()));
                case EXPIRED -> waiting.told.accept(new Outcome.Expired());
                case LOOK -> lookForFlight(node, message.key(), waiting);
                default -> { }
            }
        }

        // The call.

        void fly(Call call, Ownership own) {
            checkCall(call, own);
            reserve(call, reserved -> {
                if (reserved == null) {
                    refused++;
                    land(own, call.background ? Phase.GONE : Phase.FAILED);
                    done(call, new Result(null, Source.CALL, 0, call.background));
                } else {
                    upstream(call, own, reserved);
                }
            });
        }

        /**
         * No call is made for what its node could have read when it last did. One may be made for what was written
         * after that, if so long after that the flights' store does not tell of it: that takes trouble. How long a call
         * waits between the two is not bounded here: the ledger may take its time.
         */
        void checkCall(Call call, Ownership own) {
            Row row = lasting.get(call.key);
            boolean isThere = row != null && row.valid
                    && Freshness.isFresh(row.entry, clock(call.node).plusMillis(LOOK_PATIENCE))
                    // What may have been invalidated while it was read is not given.
                    && !call.node.recent.cover(row.entry, call.begun);
            if (isThere && call.node.stillUntil <= now - CALL_TIMEOUT) {
                assertThat(trouble).as("a call at %d for what is there, without trouble", now).isPositive();
                assertThat(row.written)
                        .as("a call at %d for what was there, fence %d, read at %d", now, own.fence, call.read)
                        .isGreaterThanOrEqualTo(call.read);
            }
        }

        void upstream(Call call, Ownership own, Reserved reserved) {
            Node node = call.node;
            Since begun = node.recent.since(clock(node));
            long latency = 50 + random.nextInt(troubled() ? 6_000 : 400);
            int dice = troubled() ? random.nextInt(4) : 3;
            called++;
            if (dice == 0 || dice == 1) {
                // An error's status, or no connection: free.
                on(node, now + latency, () -> {
                    settle(node, reserved, false);
                    land(own, Phase.FAILED);
                    done(call, Result.FAILED);
                });
                return;
            }
            at(now + latency / 2, () -> {
                String period = reserved.line.period();
                billed.merge(period, 1L, Long::sum);
                assertThat(billed.get(period)).as("billed at %d", now)
                        .isLessThanOrEqualTo(ledger.use(period, BudgetScope.ACCOUNT).usedCalls());
            });
            if (dice == 2 || latency > CALL_TIMEOUT) {
                on(node, now + Math.min(latency, CALL_TIMEOUT), () -> {
                    doubted++;
                    settle(node, reserved, true);
                    land(own, Phase.FAILED);
                    done(call, Result.FAILED);
                });
                return;
            }
            on(node, now + latency, () -> {
                settle(node, reserved, true);
                Instant fetchedAt = own.isHeld(now) ? clock(node) : begun.at();
                Entry entry = new Entry(
                        call.key, ENDPOINT.name(), "{}", "/", 200, List.of(), Long.toString(now), Validators.NONE,
                        fetchedAt, Duration.ZERO, fetchedAt.plusMillis(TTL));
                if (node.recent.cover(entry, begun)) {
                    land(own, Phase.GONE);
                } else {
                    near(node, entry);
                    write(own, entry);
                }
                done(call, new Result(entry, Source.CALL, now, false));
            });
        }

        /** Until it is written; the flight lands then. */
        void write(Ownership own, Entry entry) {
            step(own.node, LOOK_PATIENCE, () -> {
                Row before = lasting.get(entry.key());
                if (before == null || !entry.fetchedAt().isBefore(before.entry.fetchedAt())) {
                    boolean valid = log.stream().noneMatch(
                            one -> one.what.covers(entry) && !entry.fetchedAt().isAfter(one.at));
                    lasting.put(entry.key(), new Row(entry, now, valid));
                }
                return true;
            }, written -> {
                if (written != null) {
                    land(own, Phase.STORED);
                } else {
                    on(own.node, now + 1_000, () -> write(own, entry));
                }
            });
        }

        // The ledger.

        void reserve(Call call, Consumer<Reserved> answer) {
            Node node = call.node;
            List<String> scopes = BudgetScope.of(new BudgetAsk(0, ENDPOINT.name(), true, call.background));
            String id = "line" + ids++;
            String period = period(node);
            Line[] refusal = {new Line(id, period, scopes, 0, 0)};
            step(node, LEDGER_PATIENCE, () -> {
                Line line = ledger.reserve(id, node.name, period, scopes, call.background, 1, now);
                checkBudgets();
                return line == null ? refusal[0] : line;
            }, line -> {
                if (line == refusal[0]) {
                    answer.accept(null);
                } else if (line != null) {
                    answer.accept(new Reserved(line, null));
                } else {
                    // It may have been written all the same, or yet be.
                    settleLater(node, new Settlement(new Line(id, period, scopes, 1, 0), End.RELEASED, 0));
                    answer.accept(inAdvance(node, period, call.background));
                }
            });
        }

        String period(Node node) {
            return new BudgetTerms(PLAN, 1, ZoneOffset.UTC, BudgetCap.NONE).month(clock(node)).id();
        }

        Reserved inAdvance(Node node, String period, boolean background) {
            Advance advance = node.advance;
            if (background || !ledger.caps.get(BudgetScope.ofEndpoint(ENDPOINT.name())).isNone() || advance == null
                    || !advance.line.period().equals(period)
                    || advance.spent + advance.underWay >= advance.line.calls()) {
                return null;
            }
            advance.underWay++;
            return new Reserved(advance.line, advance);
        }

        void reserveInAdvance(Node node) {
            String period = period(node);
            Advance held = node.advance;
            long had = held == null ? 0 : held.line.calls();
            long left = Math.max(0, accountCalls - ledger.use(period, BudgetScope.ACCOUNT).usedCalls() + had);
            // As if the trouble were over, near the end: all is given back.
            long wanted = now > WATCH_ENDS - 10_000 ? 0 : Math.min(20, left / 100);
            if (held != null) {
                if (held.line.period().equals(period) && held.spent == 0 && had == wanted || held.underWay > 0) {
                    return;
                }
                node.advance = null;
                settleLater(node, new Settlement(held.line, held.spent > 0 ? End.COMMITTED : End.RELEASED, held.spent));
            }
            if (wanted > 0) {
                String id = "advance" + ids++;
                Line none = new Line(id, period, List.of(BudgetScope.ACCOUNT), wanted, 0);
                step(node, LEDGER_PATIENCE, () -> {
                    Line line = ledger.reserve(
                            id, node.name, period, List.of(BudgetScope.ACCOUNT), false, wanted, now);
                    checkBudgets();
                    return line == null ? none : line;
                }, line -> {
                    if (line == null) {
                        settleLater(node, new Settlement(none, End.RELEASED, 0));
                    } else if (line != none && node.advance == null) {
                        node.advance = new Advance(line);
                    } else if (line != none) {
                        settleLater(node, new Settlement(line, End.RELEASED, 0));
                    }
                });
            }
        }

        void settle(Node node, Reserved reserved, boolean spent) {
            if (reserved.advance == null) {
                settleLater(node, new Settlement(reserved.line, spent ? End.COMMITTED : End.RELEASED, spent ? 1 : 0));
            } else {
                reserved.advance.underWay--;
                reserved.advance.spent += spent ? 1 : 0;
            }
        }

        void settleLater(Node node, Settlement settlement) {
            node.unsettled.add(settlement);
            settleNext(node);
        }

        void settleNext(Node node) {
            Settlement first = node.unsettled.peek();
            if (first == null || node.settling) {
                return;
            }
            node.settling = true;
            step(node, LEDGER_PATIENCE, () -> {
                Boolean settled = ledger.settle(first);
                checkBudgets();
                return settled;
            }, settled -> {
                node.settling = false;
                if (settled != null) {
                    node.unsettled.remove(first);
                    settleNext(node);
                }
            });
        }

        void checkBudgets() {
            ledger.uses.forEach((slot, use) -> {
                BudgetCap cap = ledger.caps.getOrDefault(slot.scope(), BudgetCap.NONE);
                assertThat(use.usedCalls()).as("calls of %s", use).isLessThanOrEqualTo(cap.calls());
                if (!slot.scope().equals(BudgetScope.ACCOUNT)) {
                    assertThat(use.usedMicros()).as("money of %s", use).isLessThanOrEqualTo(cap.micros());
                }
            });
        }

        // Invalidations.

        void invalidate() {
            Node by = nodes.get(random.nextInt(NODES));
            Instant at = clock(by);
            Invalidation what = random.nextBoolean() ? new Invalidation.All() : new Invalidation.OfKey(zipf());
            at(now + delay(), () -> {
                log.add(new Invalidated(what, at, now));
                lasting.replaceAll((key, row) -> what.covers(row.entry) && !row.entry.fetchedAt().isAfter(at)
                        ? new Row(row.entry, row.written, false) : row);
                for (Node node : nodes) {
                    if (!troubled() && node.cutUntil <= now) {
                        on(node, now + delay(), () -> poll(node));
                    }
                }
            });
        }

        void poll(Node node) {
            if (node.asking) {
                node.told = true;
                return;
            }
            node.asking = true;
            node.told = false;
            long asked = now;
            step(node, TRUSTED, () -> List.copyOf(log.subList(node.applied, log.size())), lines -> {
                node.asking = false;
                if (lines == null) {
                    return;
                }
                for (Invalidated one : lines) {
                    node.recent.add(one.what, one.at);
                    node.near.invalidate(one.what);
                }
                node.applied += lines.size();
                node.near.trustUntil((asked + TRUSTED) * 1_000_000);
                if (node.told) {
                    poll(node);
                }
            });
        }

        void ended() {
            for (Request request : requests) {
                assertThat(request.answered || request.node.dead)
                        .as("the request of %d is answered", request.from).isTrue();
            }
            assertThat(ledger.count("reserved")).as("reservations that nobody will end").isZero();
            long presumed = ledger.lines.values().stream()
                    .filter(line -> "presumed_spent".equals(ledger.states.get(line.id()))).mapToLong(Line::calls).sum();
            long committed = 0;
            for (Slot slot : ledger.uses.keySet()) {
                if (slot.scope().equals(BudgetScope.ACCOUNT)) {
                    BudgetUse use = ledger.uses.get(slot);
                    committed += use.committedCalls();
                    assertThat(use.committedCalls()).as("what the ledger has of %s", slot.period())
                            .isGreaterThanOrEqualTo(billed.getOrDefault(slot.period(), 0L));
                }
            }
            assertThat(committed).as("what the ledger has").isLessThanOrEqualTo(
                    billed.values().stream().mapToLong(Long::longValue).sum() + doubted + presumed);
        }
    }

    private World simulate(long seed, double trouble) {
        World world = new World(seed, trouble);
        try {
            world.run();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("-Dsimulation.seed=" + seed + ", trouble " + trouble + ": " + failure.getMessage(),
                    failure);
        }
        return world;
    }

    private static double trouble(long seed) {
        return List.of(0.05, 0.2, 0.5).get((int) Math.floorMod(seed, 3L));
    }

    @Test
    void whateverHappensTheBoundsHold() {
        Long again = Long.getLong("simulation.seed");
        if (again != null) {
            simulate(again, trouble(again));
            return;
        }
        long first = Long.getLong("simulation.first", 1);
        for (long seed = first; seed < first + SEEDS; seed++) {
            simulate(seed, trouble(seed));
        }
    }

    @Test
    void withoutTroubleThereIsOneCallForEachTimeThatSomethingIsMissing() {
        int shared = 0;
        for (long seed = 0; seed < 50; seed++) {
            World world = simulate(seed, 0);
            assertThat(world.died + world.doubted).isZero();
            shared += world.shared;
        }
        assertThat(shared).isPositive();
    }

    @Test
    void theSimulationSeesWhatItIsAbout() {
        int[] seen = new int[7];
        for (long seed = 0; seed < 100; seed++) {
            World world = simulate(seed, trouble(seed));
            int[] one = {world.died, world.shared, world.refused, world.stale, world.covered, (int) world.doubted,
                (int) world.ledger.count("presumed_spent")};
            for (int i = 0; i < seen.length; i++) {
                seen[i] += one[i];
            }
        }
        for (int i = 0; i < seen.length; i++) {
            assertThat(seen[i]).as("%d: deaths, sharing, refusals, stale answers, covered answers given within their "
                    + "bounds, doubts, presumptions", i).isPositive();
        }
    }
}

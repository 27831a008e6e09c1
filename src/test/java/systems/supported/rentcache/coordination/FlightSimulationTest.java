package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;

/**
 * Nodes on one key in virtual time: they die, stand still, are slow to hear and to be heard, and messages are lost.
 * What nodes do is said here once more, in the words of the core; the store is the core itself. A failure names its seed.
 */
class FlightSimulationTest {
    private static final CacheKey KEY = CacheKey.of("{}");
    private static final FlightTerms TERMS = FlightTerms.standard(Duration.ofSeconds(20));
    private static final long LEASE = TERMS.lease().toMillis();
    private static final long REMEMBERED = TERMS.remembered().toMillis();
    private static final long PATIENCE = TERMS.patience().toMillis();
    /** What a look may take at worst, with the pause before it. */
    private static final long NOTICED = TERMS.longestLook().toMillis() + 4 * 900;
    private static final long END = 120_000;
    /** How long after the last trouble everything goes well. */
    private static final long CALM = 60_000;
    private static final int NODES = 4;

    /** Something that happens at a time; of two at the same time the one that was planned first. */
    private record Event(long at, long number, Runnable what) {
    }

    /** An ownership: until when its node is sure of its lease, by its own reckoning. */
    private static final class Ownership {
        final long fence;
        final Node node;
        long sureUntil;
        boolean over;

        Ownership(long fence, Node node, long sureUntil) {
            this.fence = fence;
            this.node = node;
            this.sureUntil = sureUntil;
        }
    }

    /** A node; what it plans happens later while it stands still, and never once it is dead. */
    private static final class Node {
        boolean dead;
        long stillUntil;
        FlightWait wait;
        /** Counts the waits, so that what was planned for one before does nothing. */
        int waits;
        int looks;
        Request awaited;
    }

    /** A request: it boards until it has an outcome. */
    private static final class Request {
        final Node node;
        final long from;
        boolean answered;

        Request(Node node, long from) {
            this.node = node;
            this.from = from;
        }
    }

    private static final class World {
        final Random random;
        final double trouble;
        final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
        final List<Node> nodes = new ArrayList<>();
        final List<Request> requests = new ArrayList<>();
        final List<Ownership> ownerships = new ArrayList<>();
        FlightState state = FlightState.NONE;
        long stored;
        long now;
        long planned;
        int calls;
        int deaths;

        World(long seed, double trouble) {
            this.random = new Random(seed);
            this.trouble = trouble;
        }

        boolean troubled() {
            return now < END - CALM && random.nextDouble() < trouble;
        }

        void at(long time, Runnable what) {
            events.add(new Event(Math.max(now, time), planned++, what));
        }

        /** Something a node does: not while it stands still, and not when it is dead. */
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

        long delay() {
            return troubled() ? random.nextInt(900) : 1 + random.nextInt(5);
        }

        /** A step of the store's, on its way there and back. */
        void ask(Node node, Runnable step, Runnable answer) {
            at(now + delay(), () -> {
                step.run();
                on(node, now + delay(), answer);
            });
        }

        void begin() {
            for (int i = 0; i < NODES; i++) {
                nodes.add(new Node());
            }
            for (int i = 0; i < 40; i++) {
                at(random.nextInt((int) (END - CALM)), () -> {
                    Node node = nodes.get(random.nextInt(nodes.size()));
                    Request request = new Request(node, now);
                    requests.add(request);
                    on(node, now, () -> board(request, 0));
                });
            }
            for (int i = 0; i < 20; i++) {
                at(random.nextInt((int) (END - CALM)), () -> {
                    int which = random.nextInt(nodes.size());
                    if (random.nextDouble() < trouble) {
                        nodes.get(which).dead = true;
                        nodes.set(which, new Node());
                        deaths++;
                    } else if (random.nextDouble() < trouble) {
                        nodes.get(which).stillUntil = now + random.nextInt((int) LEASE * 3);
                    }
                });
            }
        }

        void run() {
            begin();
            while (!events.isEmpty()) {
                Event next = events.poll();
                assertThat(next.at()).as("nothing goes on for ever").isLessThan(END);
                now = next.at();
                next.what().run();
                assertThat(ownerships.stream()
                        .filter(one -> !one.over && !one.node.dead && now < one.sureUntil).count())
                        .as("owners who are sure of their lease at %d", now).isLessThanOrEqualTo(1);
            }
            for (Request request : requests) {
                assertThat(request.answered || request.node.dead)
                        .as("the request of %d is answered", request.from).isTrue();
            }
        }

        void board(Request request, long after) {
            long asked = now;
            FlightState[] taken = new FlightState[1];
            Sight[] sight = new Sight[1];
            ask(request.node, () -> {
                taken[0] = state.take(after, 0, now, LEASE);
                if (taken[0] != null) {
                    assertThat(taken[0].fence()).as("the fence grows").isGreaterThan(state.fence());
                    state = taken[0];
                }
                sight[0] = state.at(now);
            }, () -> {
                if (taken[0] != null) {
                    own(request, new Ownership(taken[0].fence(), request.node, asked + LEASE));
                } else if (sight[0].outcome() != null) {
                    told(request, sight[0].outcome());
                } else {
                    await(request, sight[0]);
                }
            });
        }

        void own(Request request, Ownership own) {
            ownerships.add(own);
            calls++;
            boolean fails = random.nextInt(4) == 0;
            long end = now + 50 + random.nextInt(troubled() ? 9_000 : 900);
            renewLater(own);
            on(own.node, end, () -> {
                own.over = true;
                FlightState[] landed = new FlightState[1];
                at(now + delay(), () -> {
                    landed[0] = state.land(own.fence, fails ? Phase.FAILED : Phase.STORED, "why", now, REMEMBERED);
                    if (landed[0] != null) {
                        assertThat(state.fence()).as("a landing ends no other flight").isEqualTo(own.fence);
                        state = landed[0];
                        stored = fails ? stored : own.fence;
                        publish(new FlightMessage(KEY, own.fence, state.phase()));
                    }
                });
                request.answered = true;
            });
        }

        void renewLater(Ownership own) {
            on(own.node, now + LEASE / 3, () -> {
                if (own.over) {
                    return;
                }
                long asked = now;
                FlightState[] renewed = new FlightState[1];
                ask(own.node, () -> {
                    renewed[0] = state.renew(own.fence, now, LEASE);
                    state = renewed[0] == null ? state : renewed[0];
                }, () -> {
                    if (renewed[0] == null) {
                        own.sureUntil = Math.min(own.sureUntil, now);
                    } else {
                        own.sureUntil = asked + LEASE;
                        renewLater(own);
                    }
                });
            });
        }

        void publish(FlightMessage message) {
            for (Node node : nodes) {
                if (!troubled()) {
                    on(node, now + delay(), () -> hear(node, message));
                }
            }
        }

        /** One wait a node; a second request of it would share it, and is left to itself here. */
        void await(Request request, Sight sight) {
            Node node = request.node;
            if (node.awaited != null) {
                on(node, now + 200, () -> board(request, 0));
                return;
            }
            node.awaited = request;
            node.waits++;
            node.wait = FlightWait.begin(sight, now, TERMS);
            lookLater(node, node.waits);
            int number = node.waits;
            on(node, now + PATIENCE, () -> {
                if (node.awaited != null && node.waits == number && node.stillUntil < now - PATIENCE) {
                    assertThat(now - state.endsAt()).as("the end of the last flight was noticed").isLessThan(NOTICED);
                }
                end(node, number, new Outcome.Expired());
            });
        }

        void lookLater(Node node, int number) {
            int look = ++node.looks;
            on(node, node.wait.lookAt(), () -> {
                if (node.awaited != null && node.waits == number && node.looks == look) {
                    look(node, number);
                }
            });
        }

        void look(Node node, int number) {
            Sight[] sight = new Sight[1];
            ask(node, () -> sight[0] = state.at(now), () -> {
                if (node.awaited == null || node.waits != number) {
                    return;
                }
                if (sight[0].outcome() != null) {
                    end(node, number, sight[0].outcome());
                } else {
                    node.wait = node.wait.goOn(sight[0], now, TERMS);
                    lookLater(node, number);
                }
            });
        }

        void hear(Node node, FlightMessage message) {
            if (node.awaited == null) {
                return;
            }
            switch (node.wait.hear(message)) {
                case STORED -> end(node, node.waits, new Outcome.Stored(message.fence()));
                case EXPIRED -> end(node, node.waits, new Outcome.Expired());
                case LOOK -> look(node, node.waits);
                default -> { }
            }
        }

        void end(Node node, int number, Outcome outcome) {
            if (node.awaited != null && node.waits == number) {
                Request request = node.awaited;
                node.awaited = null;
                told(request, outcome);
            }
        }

        void told(Request request, Outcome outcome) {
            if (outcome instanceof Outcome.Stored known) {
                assertThat(known.fence()).as("what is said to be stored is").isLessThanOrEqualTo(stored);
                request.answered = true;
            } else if (outcome instanceof Outcome.Failed) {
                request.answered = true;
            } else {
                board(request, 0);
            }
        }
    }

    private World simulate(long seed, double trouble) {
        World world = new World(seed, trouble);
        try {
            world.run();
        } catch (AssertionError failure) {
            throw new AssertionError("seed " + seed + ", trouble " + trouble + ": " + failure.getMessage(), failure);
        }
        return world;
    }

    @Property(tries = 2_000)
    void atNoTimeAreTwoOwnersSureAndNoPassengerIsForgotten(@ForAll long seed) {
        simulate(seed, 0.2);
    }

    @Property(tries = 1_000)
    void norWhereMostThingsGoWrong(@ForAll long seed) {
        simulate(seed, 0.7);
    }

    @Test
    void theSimulationSeesTroubleAndSharing() {
        int deaths = 0;
        int calls = 0;
        int requests = 0;
        long expired = 0;
        for (long seed = 0; seed < 100; seed++) {
            World world = simulate(seed, 0.4);
            deaths += world.deaths;
            calls += world.calls;
            requests += world.requests.size();
            expired += world.ownerships.stream().filter(one -> !one.over).count();
        }
        assertThat(deaths).as("deaths").isGreaterThan(300);
        assertThat(expired).as("owners that died in flight").isGreaterThan(50);
        assertThat(calls).as("calls").isLessThan(requests);
    }

    @Test
    void withoutTroubleOneCallAnswersAllWhoAskMeanwhile() {
        World world = new World(7, 0);
        for (int i = 0; i < NODES; i++) {
            world.nodes.add(new Node());
        }
        for (Node node : world.nodes) {
            Request request = new Request(node, 0);
            world.requests.add(request);
            world.on(node, 0, () -> world.board(request, 0));
        }
        while (!world.events.isEmpty()) {
            Event next = world.events.poll();
            world.now = next.at();
            next.what().run();
        }
        assertThat(world.calls).isEqualTo(1);
        assertThat(world.requests).allMatch(request -> request.answered);
    }
}

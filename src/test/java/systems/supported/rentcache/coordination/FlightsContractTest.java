package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;
import systems.supported.rentcache.ops.Metrics;

/** What flights promise, whatever store the nodes share. Each node has an instance of Vert.x of its own. */
abstract class FlightsContractTest {
    static final CacheKey KEY = CacheKey.of("{\"city\":\"Austin\"}");
    static final Duration LEASE = Duration.ofMillis(600);
    static final Duration REMEMBERED = Duration.ofMillis(1_000);
    private static final Duration AGES = Duration.ofSeconds(15);
    private static final String WHY = "{\"status\":502,\"odd\":\"\\u0000 é 🏠 '\\\"%00\"}";

    private final List<TestNode> nodes = new ArrayList<>();

    /** A node: what it has in its process of flights. */
    final class TestNode {
        final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        final Metrics metrics = new Metrics();
        final Flights flights;
        final FlightStore store;
        private final AutoCloseable connections;
        private boolean dead;

        TestNode(FlightTerms terms) throws Exception {
            Opened opened = open(vertx, terms, metrics);
            flights = opened.flights();
            store = opened.store();
            connections = opened.connections();
        }

        Boarding board() {
            return await(flights.board(KEY));
        }

        Flight takeOff() {
            return owner(board());
        }

        Future<Outcome> join() {
            return passenger(board());
        }

        /** Ends as a process ends that is killed: nobody hears of it. */
        void die() {
            dead = true;
            await(vertx.close());
        }

        void stop() throws Exception {
            if (!dead) {
                await(flights.close());
                connections.close();
                die();
            }
        }
    }

    /** Flights, and their store by itself, over connections of a node's own. */
    record Opened(Flights flights, FlightStore store, AutoCloseable connections) {
    }

    abstract Opened open(Vertx vertx, FlightTerms terms, Metrics metrics) throws Exception;

    static FlightTerms terms(Duration lease, Duration patience, Duration firstLook) {
        return new FlightTerms(
                lease, REMEMBERED, patience, firstLook, firstLook.multipliedBy(8), Duration.ofSeconds(2),
                Duration.ofMinutes(2));
    }

    TestNode node(FlightTerms terms) throws Exception {
        TestNode node = new TestNode(terms);
        nodes.add(node);
        return node;
    }

    private TestNode node() throws Exception {
        return node(terms(LEASE, AGES, Duration.ofMillis(50)));
    }

    /** A node that learns of nothing in time but by messages. */
    private TestNode listeningNode() throws Exception {
        TestNode node = node(terms(AGES, AGES, AGES));
        until("it listens", ((SharedFlights) node.flights)::isListening);
        return node;
    }

    @AfterEach
    void stopNodes() throws Exception {
        for (TestNode node : nodes) {
            node.stop();
        }
        stopStore();
    }

    /** Ends what was begun for the nodes. */
    void stopStore() {
    }

    static Flight owner(Boarding boarding) {
        assertThat(boarding).isInstanceOf(Boarding.Owner.class);
        return ((Boarding.Owner) boarding).flight();
    }

    static Future<Outcome> passenger(Boarding boarding) {
        assertThat(boarding).isInstanceOf(Boarding.Passenger.class);
        return ((Boarding.Passenger) boarding).outcome();
    }

    private static Duration took(Runnable what) {
        long start = System.nanoTime();
        what.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void everyNodeSeesWhetherAFlightIsOpen() throws Exception {
        List<TestNode> two = List.of(node(), node());
        for (TestNode node : two) {
            assertThat(await(node.flights.isOpen(KEY))).isFalse();
        }
        Flight flight = two.get(0).takeOff();
        for (TestNode node : two) {
            assertThat(await(node.flights.isOpen(KEY))).isTrue();
        }
        assertThat(two.get(1).join().isComplete()).as("looking boards nobody").isFalse();
        await(flight.landStored());
        for (TestNode node : two) {
            assertThat(await(node.flights.isOpen(KEY))).isFalse();
        }
    }

    @Test
    void ofManyWhoBoardAtOnceOneIsTheOwner() throws Exception {
        List<TestNode> three = List.of(node(), node(), node());
        List<Future<Boarding>> boardings = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            boardings.add(three.get(i % 3).flights.board(KEY));
        }
        List<Boarding> all = boardings.stream().map(boarding -> await(boarding)).toList();
        List<Boarding> owners = all.stream().filter(one -> one instanceof Boarding.Owner).toList();
        assertThat(owners).hasSize(1);
        await(owner(owners.get(0)).landStored());
        Outcome stored = new Outcome.Stored(owner(owners.get(0)).fence());
        assertThat(all).filteredOn(one -> one instanceof Boarding.Passenger).hasSize(59)
                .allSatisfy(one -> assertThat(await(passenger(one))).isEqualTo(stored));
    }

    @Test
    void keysDoNotMeet() throws Exception {
        TestNode one = node();
        for (int i = 0; i < 20; i++) {
            assertThat(await(one.flights.board(CacheKey.of("q" + i)))).isInstanceOf(Boarding.Owner.class);
        }
    }

    @Test
    void fencesGrow() throws Exception {
        TestNode one = node();
        TestNode other = node();
        long last = 0;
        for (int i = 0; i < 10; i++) {
            Flight flight = owner(await((i % 2 == 0 ? one : other).flights.board(KEY, last)));
            assertThat(flight.fence()).isGreaterThan(last);
            last = flight.fence();
            switch (i % 3) {
                case 0 -> await(flight.landStored());
                case 1 -> await(flight.landFailed(WHY));
                default -> await(flight.abandon());
            }
        }
    }

    @Test
    void aMessageBringsTheOutcomeToPassengersOnOtherNodes() throws Exception {
        TestNode one = listeningNode();
        TestNode other = listeningNode();
        Flight flight = one.takeOff();
        List<Future<Outcome>> passengers = List.of(other.join(), other.join(), one.join());
        assertThat(passengers).noneMatch(Future::isComplete);
        Duration waited = took(() -> {
            await(flight.landStored());
            passengers.forEach(outcome ->
                    assertThat(await(outcome)).isEqualTo(new Outcome.Stored(flight.fence())));
        });
        assertThat(waited).isLessThan(AGES.dividedBy(3));
    }

    @Test
    void aMessageBringsAFailureToPassengersOnOtherNodes() throws Exception {
        TestNode one = listeningNode();
        TestNode other = listeningNode();
        Flight flight = one.takeOff();
        Future<Outcome> outcome = other.join();
        Duration waited = took(() -> {
            await(flight.landFailed(WHY));
            assertThat(await(outcome)).isEqualTo(new Outcome.Failed(flight.fence(), WHY));
        });
        assertThat(waited).isLessThan(AGES.dividedBy(3));
    }

    @Test
    void whoGivesUpLetsPassengersBoardAgainAtOnce() throws Exception {
        TestNode one = listeningNode();
        TestNode other = listeningNode();
        Flight flight = one.takeOff();
        Future<Outcome> outcome = other.join();
        Duration waited = took(() -> {
            await(flight.abandon());
            assertThat(await(outcome)).isEqualTo(new Outcome.Expired());
        });
        assertThat(waited).isLessThan(AGES.dividedBy(3));
        assertThat(other.takeOff().fence()).isGreaterThan(flight.fence());
    }

    @Test
    void aFailureReachesNewcomersForAWhile() throws Exception {
        TestNode one = node();
        TestNode other = node();
        Flight flight = one.takeOff();
        long landed = System.nanoTime();
        await(flight.landFailed(WHY));
        Outcome failed = new Outcome.Failed(flight.fence(), WHY);
        assertThat(await(one.join())).isEqualTo(failed);
        assertThat(await(other.join())).isEqualTo(failed);
        List<Flight> next = new ArrayList<>();
        until("the failure is forgotten", () -> {
            Boarding boarding = other.board();
            if (boarding instanceof Boarding.Owner owner) {
                next.add(owner.flight());
                return true;
            }
            assertThat(await(passenger(boarding))).isEqualTo(failed);
            return false;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - landed)).isGreaterThan(REMEMBERED.minusMillis(50));
        assertThat(next.get(0).fence()).isGreaterThan(flight.fence());
    }

    @Test
    void whoDoesNotFindWhatWasStoredTakesOff() throws Exception {
        TestNode one = node();
        TestNode other = node();
        Flight flight = one.takeOff();
        await(flight.landStored());
        assertThat(await(other.join())).isEqualTo(new Outcome.Stored(flight.fence()));
        Flight next = owner(await(other.flights.board(KEY, flight.fence())));
        assertThat(next.fence()).isGreaterThan(flight.fence());
        assertThat(await(one.flights.board(KEY, flight.fence()))).isInstanceOf(Boarding.Passenger.class);
    }

    @Test
    void anOwnerThatDiesDelaysTheOthersByTheLease() throws Exception {
        TestNode one = node();
        TestNode other = node();
        Flight flight = one.takeOff();
        Future<Outcome> outcome = other.join();
        one.die();
        Duration waited = took(() -> assertThat(await(outcome)).isEqualTo(new Outcome.Expired()));
        assertThat(waited).isLessThan(LEASE.plusMillis(500));
        assertThat(other.takeOff().fence()).isGreaterThan(flight.fence());
    }

    @Test
    void anOwnerThatLivesKeepsItsLease() throws Exception {
        TestNode one = node();
        TestNode impatient = node(terms(LEASE, LEASE.multipliedBy(3), Duration.ofMillis(50)));
        Flight flight = one.takeOff();
        // The passenger's patience is three leases long.
        assertThat(await(impatient.join())).isEqualTo(new Outcome.Expired());
        assertThat(flight.isHeld()).isTrue();
        Future<Outcome> outcome = impatient.join();
        await(flight.landStored());
        assertThat(await(outcome)).isEqualTo(new Outcome.Stored(flight.fence()));
        assertThat(one.metrics.lostFlights().count()).isZero();
    }

    @Test
    void aFlightIsNotRenewedForEver() throws Exception {
        FlightTerms terms = new FlightTerms(
                LEASE, REMEMBERED, AGES, Duration.ofMillis(50), Duration.ofMillis(400), Duration.ofSeconds(2), LEASE);
        TestNode one = node(terms);
        TestNode other = node();
        Flight flight = one.takeOff();
        assertThat(await(other.join())).isEqualTo(new Outcome.Expired());
        assertThat(flight.isHeld()).isFalse();
    }

    @Test
    void aLostMessageIsSurvived() throws Exception {
        TestNode one = node();
        TestNode deaf = node();
        await(((SharedFlights) deaf.flights).stopListening());
        Flight flight = one.takeOff();
        Future<Outcome> stored = deaf.join();
        await(flight.landStored());
        assertThat(await(stored)).isEqualTo(new Outcome.Stored(flight.fence()));

        Flight next = owner(await(one.flights.board(KEY, flight.fence())));
        Future<Outcome> failed = deaf.join();
        await(next.landFailed(WHY));
        assertThat(await(failed)).isEqualTo(new Outcome.Failed(next.fence(), WHY));
    }

    @Test
    void aLandingAfterTheLeaseWasLostDoesNotTouchTheNextFlight() throws Exception {
        // It never renews, as if its process stood still.
        TestNode paused = node(new FlightTerms(
                LEASE, REMEMBERED, AGES, Duration.ofMillis(50), Duration.ofMillis(400), Duration.ofSeconds(2),
                Duration.ofNanos(1)));
        TestNode other = node();
        Flight late = paused.takeOff();
        assertThat(await(other.join())).isEqualTo(new Outcome.Expired());
        Flight next = other.takeOff();
        Future<Outcome> outcome = paused.join();
        assertThat(late.isHeld()).isFalse();
        await(late.landStored());
        assertThat(paused.metrics.lostFlights().count()).isEqualTo(1);
        boolean told = await(outcome.timeout(200, TimeUnit.MILLISECONDS).map(true).otherwise(false));
        assertThat(told).isFalse();
        await(next.landFailed(WHY));
        assertThat(await(outcome)).isEqualTo(new Outcome.Failed(next.fence(), WHY));
    }

    @Test
    void whatIsDoneWithAFlightTwiceCountsOnce() throws Exception {
        TestNode one = node();
        Flight flight = one.takeOff();
        await(flight.landStored());
        await(flight.landFailed(WHY));
        await(flight.abandon());
        assertThat(await(one.join())).isEqualTo(new Outcome.Stored(flight.fence()));
        assertThat(one.metrics.lostFlights().count()).isZero();
    }

    @Test
    void passengersWhoLeaveDoNotEndTheFlight() throws Exception {
        TestNode one = node();
        TestNode impatient = node(terms(LEASE, Duration.ofMillis(30), Duration.ofMillis(50)));
        Flight flight = one.takeOff();
        assertThat(await(impatient.join())).isEqualTo(new Outcome.Expired());
        Future<Outcome> patient = one.join();
        await(flight.landStored());
        assertThat(await(patient)).isEqualTo(new Outcome.Stored(flight.fence()));
    }

    @Test
    void closingLetsEverybodyGo() throws Exception {
        TestNode one = listeningNode();
        TestNode other = listeningNode();
        Flight flight = one.takeOff();
        Future<Outcome> outcome = one.join();
        Future<Outcome> elsewhere = other.join();
        Duration waited = took(() -> {
            await(one.flights.close());
            assertThat(await(outcome)).isEqualTo(new Outcome.Expired());
            assertThat(await(elsewhere)).isEqualTo(new Outcome.Expired());
        });
        assertThat(waited).isLessThan(AGES.dividedBy(3));
        assertThat(other.takeOff().fence()).isGreaterThan(flight.fence());
        assertThat(one.takeOff().fence()).as("after it was closed").isZero();
        await(flight.landStored());
    }

    /** The steps that the store does in its own language are those of the core, whatever their order. */
    @Test
    void theStoreDoesWhatTheCoreSays() throws Exception {
        FlightStore store = node().store;
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FlightState core = FlightState.NONE;
        long last = 0;
        for (int step = 0; step < 400; step++) {
            String at = "seed " + seed + ", step " + step;
            // What holds for no time is over at once; the rest outlives the test.
            Duration length = random.nextInt(3) == 0 ? Duration.ZERO : AGES.multipliedBy(40);
            long own = random.nextInt(4) == 0 ? last - 1 : last;
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    long after = random.nextBoolean() ? last : 0;
                    FlightStore.Take take = await(store.take(KEY, after, length));
                    FlightState taken = core.take(after, take.sight().fence(), 0, length.toMillis());
                    assertThat(take.taken()).as(at).isEqualTo(taken != null);
                    core = taken == null ? core : taken;
                    last = core.fence();
                    assertThat(take.sight().fence()).as(at).isEqualTo(last);
                }
                case 2 -> {
                    FlightState renewed = core.renew(own, 0, length.toMillis());
                    assertThat(await(store.renew(KEY, own, length))).as(at).isEqualTo(renewed != null);
                    core = renewed == null ? core : renewed;
                }
                default -> {
                    Phase end = Phase.values()[1 + random.nextInt(3)];
                    String why = end == Phase.FAILED ? WHY : "";
                    FlightState landed = core.land(own, end, why, 0, length.toMillis());
                    assertThat(await(store.land(new FlightMessage(KEY, own, end), why, length))).as(at)
                            .isEqualTo(landed != null);
                    core = landed == null ? core : landed;
                }
            }
            Sight seen = await(store.look(KEY));
            assertThat(seen.fence()).as(at).isEqualTo(core.fence());
            assertThat(seen.phase()).as(at).isEqualTo(core.at(0).phase());
            assertThat(seen.failure()).as(at).isEqualTo(core.at(0).failure());
            assertThat(seen.leftMillis()).as(at)
                    .isBetween(core.at(0).leftMillis() - AGES.toMillis(), core.at(0).leftMillis());
        }
    }

    /** The store forgets all flights, as after a crash. */
    abstract void emptyStore();

    @Test
    void fencesGrowAlsoWhereTheStoreForgotAllFlights() throws Exception {
        TestNode one = node();
        TestNode other = node();
        Flight flight = one.takeOff();
        emptyStore();
        Flight next = other.takeOff();
        assertThat(next.fence()).isGreaterThan(flight.fence());
        until("the loss is known", () -> !flight.isHeld());
        await(flight.landStored());
        assertThat(one.metrics.lostFlights().count()).isEqualTo(1);
        assertThat(one.board()).isInstanceOf(Boarding.Passenger.class);
        assertThat(next.isHeld()).isTrue();
    }

    /** The store can be taken away. */
    abstract void breakStore();

    @Test
    void whereTheStoreIsAwayFlightsAreLocalAndCounted() throws Exception {
        TestNode one = node();
        TestNode other = node();
        Flight flight = one.takeOff();
        Future<Outcome> outcome = other.join();
        breakStore();
        assertThat(await(outcome)).isEqualTo(new Outcome.Expired());
        for (TestNode node : List.of(one, other)) {
            Flight alone = node.takeOff();
            assertThat(alone.fence()).isZero();
            assertThat(alone.isHeld()).isTrue();
            await(alone.landStored());
            assertThat(node.metrics.scrape()).contains("rentcache_flights_local_total 1.0");
        }
        await(flight.landStored());
        assertThat(one.metrics.lostFlights().count()).isEqualTo(1);
    }
}

package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import systems.supported.rentcache.limits.Circuit.Closed;
import systems.supported.rentcache.limits.Circuit.End;
import systems.supported.rentcache.limits.Circuit.HalfOpen;
import systems.supported.rentcache.limits.Circuit.Open;
import systems.supported.rentcache.limits.Circuit.Passage;

/** When calls go through, whatever order they begin and end in. */
class CircuitTest {
    /** Time passes; then a call comes, or the call of a number ends. */
    private record Step(long millis, boolean begins, int which, End end) {
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 20_000), Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.of(End.FAILURE, End.FAILURE, End.FAILURE, End.SUCCESS, End.UNKNOWN))
                .as(Step::new).list().ofMinSize(20).ofMaxSize(200);
    }

    @Property
    void aProbeIsAloneAndAnOpenCircuitAdmitsNothing(
            @ForAll("steps") List<Step> steps, @ForAll @DoubleRange(max = 0.99) double random) {
        Circuit circuit = Circuit.CLOSED;
        List<Boolean> underWay = new ArrayList<>();
        long now = 0;
        for (Step step : steps) {
            now += step.millis();
            if (step.begins() || underWay.isEmpty()) {
                Circuit before = circuit;
                Passage passage = circuit.pass(now);
                circuit = passage.next();
                assertThat(passage.admits()).isEqualTo(before.refusesFor(now) == 0);
                if (before instanceof Open open && now < open.untilMillis()) {
                    assertThat(passage.admits()).isFalse();
                }
                assertThat(passage.probe()).isEqualTo(passage.admits() && !(before instanceof Closed));
                if (passage.admits()) {
                    underWay.add(passage.probe());
                }
            } else {
                boolean probe = underWay.remove(step.which() % underWay.size());
                Circuit before = circuit;
                circuit = circuit.after(step.end(), probe, now, random);
                if (!(before instanceof Closed) && !probe) {
                    assertThat(circuit).as("an old call says nothing").isEqualTo(before);
                }
                if (probe && step.end() == End.SUCCESS) {
                    assertThat(circuit).isEqualTo(Circuit.CLOSED);
                }
            }
            assertThat(underWay.stream().filter(probe -> probe).count())
                    .isEqualTo(circuit instanceof HalfOpen half && half.probing() ? 1 : 0);
            if (circuit instanceof Closed closed) {
                assertThat(closed.failures()).isBetween(0, Circuit.MOST_FAILURES - 1);
            }
        }
    }

    @Property
    void itIsOpenLongerEachTimeAndNeverTooLong(
            @ForAll @IntRange(min = 1, max = 100) int times, @ForAll @DoubleRange(max = 0.99) double random) {
        Open open = (Open) new HalfOpen(true, times).after(End.FAILURE, true, 1_000, random);
        long longest = Math.min(60_000, times >= 3 ? 60_000 : 10_000L << times);
        assertThat(open.untilMillis() - 1_000).isBetween(longest * 3 / 4, longest);
        assertThat(open.times()).isEqualTo(times + 1);
    }

    @Property
    void onlyFailuresInARowOpenIt(@ForAll List<End> ends) {
        Circuit circuit = Circuit.CLOSED;
        int inARow = 0;
        for (End end : ends) {
            inARow = end == End.FAILURE ? inARow + 1 : end == End.SUCCESS ? 0 : inARow;
            circuit = circuit.after(end, false, 0, 0);
            if (inARow >= Circuit.MOST_FAILURES) {
                assertThat(circuit).isEqualTo(new Open(10_000, 1));
                return;
            }
            assertThat(circuit).isEqualTo(new Closed(inARow));
        }
    }

    @Example
    void aClockThatStepsBackDoesNotHoldItOpenForLong() {
        assertThat(new Open(10_000_000, 1).pass(5_000).admits()).isTrue();
        assertThat(new Open(10_000, 1).pass(5_000).admits()).isFalse();
    }

    @Example
    void aProbeThatSaysNothingIsFollowedByAnother() {
        Circuit circuit = new Open(0, 2).pass(1).next();
        assertThat(circuit.pass(1).admits()).isFalse();
        circuit = circuit.after(End.UNKNOWN, true, 2, 0);
        assertThat(circuit.pass(2)).isEqualTo(new Passage(new HalfOpen(true, 2), true, true));
    }

    @Example
    void eachStateHasItsName() {
        assertThat(Circuit.CLOSED.text()).isEqualTo("closed");
        assertThat(new Open(10, 1).text()).isEqualTo("open");
        assertThat(new HalfOpen(false, 1).text()).isEqualTo("half-open");
    }

    @Example
    void aRefusalLastsUntilTheCircuitIsHalfOpen() {
        assertThat(Circuit.CLOSED.refusesFor(5)).isZero();
        assertThat(new Open(60_005, 1).refusesFor(5)).isEqualTo(Circuit.LONGEST_OPEN_MILLIS);
        assertThat(new Open(60_006, 1).refusesFor(5)).as("a clock that stepped back").isZero();
        assertThat(new Open(5, 1).refusesFor(5)).isZero();
        assertThat(new HalfOpen(true, 1).refusesFor(5)).isEqualTo(1);
        assertThat(new HalfOpen(false, 1).refusesFor(5)).isZero();
    }
}

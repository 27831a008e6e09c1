package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Who is next, and who has to go when there is no more room. */
class CallQueueTest {
    /** A call that waits. */
    private record Call(int number, long key, boolean background) {
    }

    @Provide
    Arbitrary<List<Call>> calls() {
        return Combinators.combine(Arbitraries.longs().between(1, 5), Arbitraries.of(true, false))
                .as((key, background) -> new Call(0, key, background))
                .list().ofMaxSize(60)
                .map(calls -> IntStream.range(0, calls.size())
                        .mapToObj(i -> new Call(i, calls.get(i).key(), calls.get(i).background())).toList());
    }

    private static List<Call> drained(CallQueue<Call> queue) {
        List<Call> order = new ArrayList<>();
        for (Call next = queue.poll(); next != null; next = queue.poll()) {
            order.add(next);
        }
        return order;
    }

    private static CallQueue<Call> filled(List<Call> calls, int capacity) {
        CallQueue<Call> queue = new CallQueue<>(capacity);
        calls.forEach(call -> queue.add(call.key(), call.background(), call));
        return queue;
    }

    @Property
    void everyCallComesOnceAndInteractiveOnesFirst(@ForAll("calls") List<Call> calls) {
        List<Call> order = drained(filled(calls, 100));
        assertThat(order).containsExactlyInAnyOrderElementsOf(calls);
        assertThat(order).isSortedAccordingTo((one, other) -> Boolean.compare(one.background(), other.background()));
    }

    @Property
    void theCallsOfAKeyKeepTheirOrder(@ForAll("calls") List<Call> calls, @ForAll @IntRange(min = 1, max = 5) long key) {
        List<Call> order = drained(filled(calls, 100));
        for (boolean background : List.of(true, false)) {
            assertThat(order.stream().filter(call -> call.key() == key && call.background() == background))
                    .isSortedAccordingTo((one, other) -> one.number() - other.number());
        }
    }

    @Property
    void noKeyGetsTwoTurnsWhileAnotherWaits(@ForAll("calls") List<Call> calls) {
        List<Call> order = drained(filled(calls, 100));
        for (int i = 0; i < order.size(); i++) {
            Call first = order.get(i);
            List<Long> between = new ArrayList<>();
            int second = i + 1;
            while (second < order.size() && order.get(second).key() != first.key()) {
                between.add(order.get(second++).key());
            }
            if (second == order.size() || order.get(second).background() != first.background()) {
                continue;
            }
            List<Long> waiting = order.subList(second, order.size()).stream()
                    .filter(call -> call.background() == first.background() && call.key() != first.key())
                    .map(Call::key).distinct().toList();
            assertThat(between).containsAll(waiting).doesNotHaveDuplicates();
        }
    }

    @Property
    void whatIsAheadOfANewCallIsWhatComesBeforeIt(
            @ForAll("calls") List<Call> calls, @ForAll @IntRange(max = 20) int polled,
            @ForAll @IntRange(min = 1, max = 6) long key, @ForAll boolean background) {
        CallQueue<Call> queue = filled(calls, 100);
        for (int i = 0; i < polled; i++) {
            queue.poll();
        }
        int ahead = queue.ahead(key, background);
        Call call = new Call(1_000, key, background);
        queue.add(key, background, call);
        assertThat(drained(queue).indexOf(call)).isEqualTo(ahead);
    }

    @Property
    void aFullQueueStaysAsLongAsItIsAndNobodyVanishes(
            @ForAll("calls") List<Call> calls, @ForAll @IntRange(min = 1, max = 20) int capacity) {
        CallQueue<Call> queue = new CallQueue<>(capacity);
        List<Call> left = new ArrayList<>();
        for (Call call : calls) {
            CallQueue.Added<Call> added = queue.add(call.key(), call.background(), call);
            if (added.place() == null) {
                left.add(call);
            } else if (added.displaced() != null) {
                assertThat(call.background() && !added.displaced().background()).isFalse();
                left.add(added.displaced());
            }
            assertThat(queue.size()).isLessThanOrEqualTo(capacity);
        }
        assertThat(queue.size()).isEqualTo(Math.min(capacity, calls.size()));
        left.addAll(drained(queue));
        assertThat(left).containsExactlyInAnyOrderElementsOf(calls);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Property
    void aKeyWithLittleGetsInWhereAnotherHasMuch(@ForAll @IntRange(min = 2, max = 50) int capacity) {
        CallQueue<Call> queue = new CallQueue<>(capacity);
        for (int i = 0; i < capacity; i++) {
            queue.add(1, false, new Call(i, 1, false));
        }
        Call more = new Call(capacity, 1, false);
        assertThat(queue.add(1, false, more).place()).as("its own line is the longest").isNull();
        CallQueue.Added<Call> added = queue.add(2, false, new Call(capacity + 1, 2, false));
        assertThat(added.place()).isNotNull();
        assertThat(added.displaced()).isEqualTo(new Call(capacity - 1, 1, false));
        assertThat(queue.add(3, true, new Call(0, 3, true)).place()).as("in the background").isNull();
    }

    @Property
    void whoLeavesIsNotCalled(@ForAll("calls") List<Call> calls, @ForAll List<Boolean> leaving) {
        CallQueue<Call> queue = new CallQueue<>(100);
        List<Call> staying = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            CallQueue.Place<Call> place = queue.add(call.key(), call.background(), call).place();
            if (i < leaving.size() && leaving.get(i)) {
                assertThat(queue.remove(place)).isTrue();
                assertThat(queue.remove(place)).isFalse();
            } else {
                staying.add(call);
            }
        }
        assertThat(drained(queue)).containsExactlyInAnyOrderElementsOf(staying);
    }

    @Example
    void oneOfEachInTurn() {
        CallQueue<String> queue = new CallQueue<>(10);
        queue.add(1, true, "1 background");
        queue.add(1, false, "1a");
        queue.add(1, false, "1b");
        queue.add(2, false, "2a");
        queue.add(1, false, "1c");
        queue.add(2, false, "2b");
        assertThat(List.of(queue.poll(), queue.poll(), queue.poll(), queue.poll(), queue.poll(), queue.poll()))
                .containsExactly("1a", "2a", "1b", "2b", "1c", "1 background");
        assertThat(queue.poll()).isNull();
    }

    @Example
    void theLongestLineGivesWay() {
        CallQueue<String> queue = new CallQueue<>(5);
        assertThat(queue.isEmpty()).isTrue();
        queue.add(1, false, "a1");
        queue.add(2, false, "b1");
        queue.add(2, false, "b2");
        queue.add(2, false, "b3");
        queue.add(3, false, "c1");
        assertThat(queue.isEmpty()).isFalse();
        CallQueue.Added<String> added = queue.add(1, false, "a2");
        assertThat(added.displaced()).isEqualTo("b3");
        assertThat(added.place().call()).isEqualTo("a2");
        assertThat(queue.add(3, false, "c2")).as("no line is longer than its own would be")
                .isEqualTo(new CallQueue.Added<String>(null, null));
    }

    @Example
    void anInteractiveCallDisplacesABackgroundOne() {
        CallQueue<String> queue = new CallQueue<>(2);
        queue.add(1, true, "background");
        queue.add(1, false, "interactive");
        assertThat(queue.add(1, true, "more").place()).as("the new one gives way itself").isNull();
        assertThat(queue.add(1, false, "urgent").displaced()).isEqualTo("background");
        assertThat(queue.add(1, false, "late").place()).isNull();
        assertThat(queue.add(2, true, "other").place()).as("the background displaces nothing interactive").isNull();
    }

    @Example
    void aQueueHoldsOneAtLeast() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CallQueue<String>(0));
        assertThat(new CallQueue<String>(1).add(1, false, "only").place()).isNotNull();
    }
}

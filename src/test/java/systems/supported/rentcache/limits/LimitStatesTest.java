package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;

/** Which state a key has, and what of the states has to be saved. */
class LimitStatesTest {
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final Period PERIOD = Period.at(NOON, ZoneOffset.UTC);
    private static final LimitPolicy FREE = new LimitPolicy(
            SlidingWindow.of(Rate.UNLIMITED), List.of(TokenBucket.of(Rate.UNLIMITED)), Quota.UNLIMITED, Quota.UNLIMITED);

    private static final LimitPolicy LIMITED =
            new LimitPolicy(FREE.global(), FREE.endpoints(), Quota.UNLIMITED, 100);

    private final LimitStates own = new LimitStates(1, false);
    private final LimitStates shared = new LimitStates(1, true);

    private static Usage used(long count) {
        return new Usage(PERIOD.day(), count, PERIOD.month(), count);
    }

    @Test
    void theStateThatThereIsKnowsBetterThanTheStore() {
        KeyLimits limits = own.of(7, used(3));
        assertThat(limits.usage()).isEqualTo(used(3));
        assertThat(own.of(7, used(9))).isSameAs(limits);
        assertThat(own.peek(7, used(9))).isSameAs(limits);
        assertThat(own.of(8, used(9))).isNotSameAs(limits);
    }

    @Test
    void aPeekedStateIsNotRemembered() {
        KeyLimits peeked = own.peek(7, used(3));
        assertThat(peeked.usage()).isEqualTo(used(3));
        assertThat(own.of(7, used(4)).usage()).isEqualTo(used(4));
    }

    @Test
    void nodesShareStoredKeysAlone() {
        assertThat(shared.of(7, Usage.NONE).leased()).isNotNull();
        assertThat(shared.peek(8, Usage.NONE).leased()).isNotNull();
        assertThat(shared.of(0, Usage.NONE).leased()).as("a key in memory").isNull();
        assertThat(new LimitStates(1, true).peek(0, Usage.NONE).leased()).isNull();
        assertThat(own.of(7, Usage.NONE).leased()).isNull();
        assertThat(own.peek(8, Usage.NONE).leased()).isNull();
    }

    @Test
    void aUsageThatChangedIsToldOnceAndAgainWhenItWasNotSaved() {
        own.of(7, used(3));
        own.of(8, used(1)).admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        Map<Long, Usage> taken = own.take(own.drainChanged());
        assertThat(taken).isEqualTo(Map.of(8L, used(2)));
        assertThat(own.drainChanged()).isEmpty();
        own.takeBack(taken);
        assertThat(own.take(own.drainChanged())).isEqualTo(taken);
    }

    @Test
    void ofWhatWaitsForItsTurnTheUsageIsThatOfTheTurn() {
        KeyLimits limits = own.of(8, used(1));
        limits.admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        List<KeyLimits> waiting = own.drainChanged();
        limits.admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        assertThat(own.drainChanged()).as("what waits already").isEmpty();
        own.putBack(waiting);
        assertThat(own.take(own.drainChanged())).isEqualTo(Map.of(8L, used(3)));
        limits.admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        assertThat(own.take(own.drainChanged())).as("after its turn").isEqualTo(Map.of(8L, used(4)));
    }

    @Test
    void ofKeysWithQuotasIsToldApart() {
        own.of(7, used(3)).admit(LIMITED, 0, PERIOD, NOON.toEpochMilli());
        own.of(8, used(1)).admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        Map<Long, Usage> quotas = own.take(own.drainChangedQuotas());
        assertThat(quotas).isEqualTo(Map.of(7L, used(4)));
        assertThat(own.take(own.drainChanged())).isEqualTo(Map.of(8L, used(2)));
        own.takeBack(quotas);
        assertThat(own.take(own.drainChangedQuotas())).as("again at once").isEqualTo(quotas);
    }

    @Test
    void aKeyThatGetsQuotasWhileItWaitsNeedNotWaitAnyMore() {
        KeyLimits limits = own.of(7, used(3));
        limits.admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        List<KeyLimits> waiting = own.drainChanged();
        limits.admit(LIMITED, 0, PERIOD, NOON.toEpochMilli());
        assertThat(own.take(own.drainChangedQuotas())).isEqualTo(Map.of(7L, used(5)));
        assertThat(own.take(waiting)).as("what is older is not written over it").isEmpty();
        limits.admit(LIMITED, 0, PERIOD, NOON.toEpochMilli());
        limits.admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        assertThat(own.drainChanged()).as("it is there already").isEmpty();
        assertThat(own.take(own.drainChangedQuotas())).isEqualTo(Map.of(7L, used(7)));
    }

    @Test
    void keysOfOneProcessAreNotSaved() {
        own.of(0, Usage.NONE).admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        assertThat(own.take(own.drainChanged())).isEmpty();
    }

    @Test
    void whatTheStoreDoesNotKnowIsToldOnceAndAgainWhenItWasNotAdded() {
        shared.of(7, used(3)).countQuota(FREE, PERIOD);
        shared.of(8, used(1));
        Map<Long, Usage> taken = shared.take(shared.drainChanged());
        assertThat(taken).isEqualTo(Map.of(7L, used(1)));
        assertThat(shared.drainChanged()).isEmpty();
        shared.of(7, used(3)).countQuota(FREE, PERIOD);
        shared.takeBack(taken);
        assertThat(shared.take(shared.drainChanged())).isEqualTo(Map.of(7L, used(2)));
    }
}

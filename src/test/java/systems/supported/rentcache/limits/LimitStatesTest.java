package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.LimitStates.Unsaved;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;

/** Which state a key has, and what of the states has to be saved. */
class LimitStatesTest {
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final Period PERIOD = Period.at(NOON, ZoneOffset.UTC);
    private static final LimitPolicy FREE = new LimitPolicy(
            SlidingWindow.of(Rate.UNLIMITED), List.of(TokenBucket.of(Rate.UNLIMITED)), Quota.UNLIMITED, Quota.UNLIMITED);

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
    void aUsageThatChangedIsReportedOnceAndAgainWhenItWasNotSaved() {
        own.of(7, used(3));
        own.of(8, used(1)).admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        List<Unsaved> unsaved = own.drainUnsaved();
        assertThat(unsaved).containsExactly(new Unsaved(8, used(2)));
        assertThat(own.drainUnsaved()).isEmpty();
        own.saveAgain(unsaved);
        assertThat(own.drainUnsaved()).isEqualTo(unsaved);
        assertThat(own.drainUncounted()).as("where this process counts alone").isEmpty();
    }

    @Test
    void ofKeysWithQuotasIsReportedApart() {
        LimitPolicy limited = new LimitPolicy(FREE.global(), FREE.endpoints(), Quota.UNLIMITED, 100);
        own.of(7, used(3)).admit(limited, 0, PERIOD, NOON.toEpochMilli());
        own.of(8, used(1)).admit(FREE, 0, PERIOD, NOON.toEpochMilli());
        List<Unsaved> quotas = own.drainUnsavedQuotas();
        assertThat(quotas).containsExactly(new Unsaved(7, used(4)));
        assertThat(own.drainUnsaved()).containsExactly(new Unsaved(8, used(2)));
        own.saveAgain(quotas);
        assertThat(own.drainUnsaved()).as("what could not be saved is not lost").isEqualTo(quotas);
        own.of(7, used(3)).giveBack(limited, 0, PERIOD, NOON.toEpochMilli());
        assertThat(own.drainUnsavedQuotas()).containsExactly(new Unsaved(7, used(3)));
    }

    @Test
    void whatTheStoreDoesNotKnowIsReportedOnceAndAgainWhenItWasNotAdded() {
        shared.of(7, used(3)).countQuota(FREE, PERIOD);
        shared.of(8, used(1));
        List<Unsaved> uncounted = shared.drainUncounted();
        assertThat(uncounted).containsExactly(new Unsaved(7, used(1)));
        assertThat(shared.drainUncounted()).isEmpty();
        shared.of(7, used(3)).countQuota(FREE, PERIOD);
        shared.countAgain(uncounted);
        assertThat(shared.drainUncounted()).containsExactly(new Unsaved(7, used(2)));
    }
}

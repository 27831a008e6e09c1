package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;

/** What a node does with what it leased of a key's quotas. */
class LeasedQuotaTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Period TODAY = Period.at(Instant.parse("2026-03-10T12:00:00Z"), ZoneOffset.UTC);
    private static final Period TOMORROW = Period.at(Instant.parse("2026-03-11T12:00:00Z"), ZoneOffset.UTC);

    private static LimitPolicy policy(long daily) {
        return new LimitPolicy(
                SlidingWindow.of(Rate.UNLIMITED), List.of(TokenBucket.of(Rate.UNLIMITED)), daily, Quota.UNLIMITED);
    }

    private static Usage used(long count) {
        return new Usage(TODAY.day(), count, TODAY.month(), count);
    }

    /** A database of one key's quota and some nodes that lease of it, spend, give back, and crash. */
    @Property
    void allNodesTogetherNeverPassTheQuota(
            @ForAll @IntRange(min = 1, max = 40) int daily,
            @ForAll @Size(max = 200) List<@IntRange(max = 17) Integer> steps) {
        LimitPolicy policy = policy(daily);
        LeasedQuota[] nodes = {new LeasedQuota(used(0)), new LeasedQuota(used(0)), new LeasedQuota(used(0))};
        long counted = 0;
        long admitted = 0;
        for (int step : steps) {
            LeasedQuota node = nodes[step % 3];
            switch (step / 3) {
                case 0 -> {
                    Usage back = node.takeUnspent(true, 0);
                    counted += back == null ? 0 : back.dayCount();
                }
                case 1 -> nodes[step % 3] = new LeasedQuota(used(counted));
                default -> {
                    if (node.isNeeded(policy, TODAY, 0) && node.begin()) {
                        long granted = counted + 3 <= daily ? 3 : counted + 1 <= daily ? 1 : 0;
                        counted += granted;
                        node.received(policy, new QuotaGrant(granted, used(counted)), TODAY, SECOND, 0);
                    }
                    admitted += node.take(policy, TODAY) == null ? 1 : 0;
                }
            }
            assertThat(admitted).isLessThanOrEqualTo(counted);
            assertThat(counted).isLessThanOrEqualTo(daily);
        }
    }

    @Test
    void withoutTheDatabaseANodeHasItsShareOfWhatWasLeft() {
        LimitPolicy policy = policy(100);
        LeasedQuota quota = new LeasedQuota(used(40));
        assertThat(quota.begin()).isTrue();
        assertThat(quota.begin()).as("one at a time").isFalse();
        quota.unanswered(policy, TODAY, 3, 0);
        for (int i = 0; i < 20; i++) {
            assertThat(quota.take(policy, TODAY)).isNull();
        }
        quota.begin();
        quota.unanswered(policy, TODAY, 3, 0);
        assertThat(quota.take(policy, TODAY)).isEqualTo(Refusal.DAILY_QUOTA);
        assertThat(quota.takeUnspent(true, 0)).as("nothing was leased").isNull();
        assertThat(quota.takeUncounted()).isEqualTo(used(20));
        assertThat(quota.takeUncounted()).isNull();
    }

    @Test
    void whatWasLeasedForADayIsNotSpentOnTheNext() {
        LimitPolicy policy = policy(10);
        LeasedQuota quota = new LeasedQuota(Usage.NONE);
        quota.received(policy, new QuotaGrant(5, used(5)), TODAY, SECOND, 0);
        assertThat(quota.isNeeded(policy, TODAY, 0)).isFalse();
        assertThat(quota.isNeeded(policy, TOMORROW, 0)).isTrue();
    }

    @Test
    void aRefusalIsBelievedForASecondOfItsDay() {
        LimitPolicy policy = policy(10);
        LeasedQuota quota = new LeasedQuota(Usage.NONE);
        quota.received(policy, new QuotaGrant(0, used(10)), TODAY, SECOND, 0);
        assertThat(quota.isNeeded(policy, TODAY, SECOND - 1)).isFalse();
        assertThat(quota.isNeeded(policy, TODAY, SECOND)).isTrue();
        assertThat(quota.isNeeded(policy, TOMORROW, 0)).isTrue();
    }

    @Test
    void aKeyWithoutQuotaIsCountedForLater() {
        LimitPolicy policy = policy(Quota.UNLIMITED);
        LeasedQuota quota = new LeasedQuota(Usage.NONE);
        for (int i = 0; i < 3; i++) {
            assertThat(quota.isNeeded(policy, TODAY, 0)).isFalse();
            assertThat(quota.take(policy, TODAY)).isNull();
        }
        quota.giveBack(policy, TODAY);
        Usage taken = quota.takeUncounted();
        assertThat(taken).isEqualTo(used(2));
        quota.take(policy, TODAY);
        quota.countAgain(taken);
        assertThat(quota.takeUncounted()).isEqualTo(used(3));
    }
}

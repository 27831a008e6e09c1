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
    private static final Period NEXT_MONTH = Period.at(Instant.parse("2026-04-01T12:00:00Z"), ZoneOffset.UTC);

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

    private static LimitPolicy monthly(long monthly) {
        return new LimitPolicy(
                SlidingWindow.of(Rate.UNLIMITED), List.of(TokenBucket.of(Rate.UNLIMITED)), Quota.UNLIMITED, monthly);
    }

    /** A quota of which so much is leased until a second. */
    private static LeasedQuota leased(LimitPolicy policy, long granted) {
        LeasedQuota quota = new LeasedQuota(Usage.NONE);
        quota.received(policy, new QuotaGrant(granted, used(granted)), TODAY, SECOND, 0);
        return quota;
    }

    private static int taken(LeasedQuota quota, LimitPolicy policy, Period period) {
        int taken = 0;
        while (quota.take(policy, period) == null) {
            taken++;
        }
        return taken;
    }

    @Test
    void aMonthlyQuotaRefusesForTheMonth() {
        LimitPolicy policy = monthly(10);
        LeasedQuota quota = leased(policy, 2);
        assertThat(quota.holds(TODAY)).isTrue();
        assertThat(taken(quota, policy, TODAY)).isEqualTo(2);
        assertThat(quota.holds(TODAY)).isFalse();
        assertThat(quota.isNeeded(policy, TODAY, 0)).isTrue();
        quota.received(policy, new QuotaGrant(0, used(10)), TODAY, SECOND, 0);
        assertThat(quota.take(policy, TODAY)).isEqualTo(Refusal.MONTHLY_QUOTA);
        quota.received(policy, new QuotaGrant(0, used(9)), TODAY, SECOND, 0);
        assertThat(quota.take(policy, TODAY)).isEqualTo(Refusal.DAILY_QUOTA);
    }

    @Test
    void moreIsLeasedWhenHalfIsSpent() {
        LimitPolicy policy = policy(100);
        LeasedQuota quota = leased(policy, 4);
        quota.take(policy, TODAY);
        assertThat(quota.runsLow(policy, TODAY)).isFalse();
        quota.take(policy, TODAY);
        assertThat(quota.runsLow(policy, TODAY)).isTrue();
        assertThat(quota.runsLow(policy(Quota.UNLIMITED), TODAY)).as("without quotas nothing is leased").isFalse();
        quota.begin();
        assertThat(quota.runsLow(policy, TODAY)).as("while it is asked for").isFalse();
        quota.received(policy, new QuotaGrant(6, used(10)), TODAY, SECOND, 0);
        assertThat(quota.runsLow(policy, TODAY)).isFalse();
        assertThat(taken(quota, policy, TODAY)).as("with what was left").isEqualTo(8);
    }

    @Test
    void whatIsLeasedOneByOneIsNotLeasedInTheBackground() {
        LimitPolicy policy = policy(100);
        LeasedQuota quota = leased(policy, 1);
        quota.take(policy, TODAY);
        assertThat(quota.runsLow(policy, TODAY)).isFalse();
        LeasedQuota alone = new LeasedQuota(used(0));
        alone.unanswered(policy, TODAY, 1, 0);
        taken(alone, policy, TODAY);
        assertThat(alone.runsLow(policy, TODAY)).as("nor where the database is away").isFalse();
    }

    @Test
    void aRequestThatDidNotCountCanBeSpentAgainOnItsDay() {
        LimitPolicy policy = policy(10);
        LeasedQuota quota = leased(policy, 1);
        quota.take(policy, TODAY);
        quota.giveBack(policy, TOMORROW);
        assertThat(quota.holds(TODAY)).isFalse();
        quota.giveBack(policy, TODAY);
        assertThat(taken(quota, policy, TODAY)).isEqualTo(1);
        LeasedQuota fresh = new LeasedQuota(Usage.NONE);
        fresh.giveBack(policy, TODAY);
        assertThat(fresh.holds(TODAY)).as("of what another process leased").isFalse();
    }

    @Test
    void whatDidNotCountIsNotAddedToTheDatabasesCount() {
        LimitPolicy policy = policy(100);
        LeasedQuota quota = new LeasedQuota(used(0));
        quota.unanswered(policy, TODAY, 1, 0);
        for (int i = 0; i < 3; i++) {
            quota.take(policy, TODAY);
        }
        quota.giveBack(policy, TODAY);
        assertThat(quota.takeUncounted()).isEqualTo(used(2));
    }

    @Test
    void aRequestOfYesterdayIsGivenBackToTheMonthAlone() {
        LimitPolicy policy = policy(Quota.UNLIMITED);
        LeasedQuota quota = new LeasedQuota(Usage.NONE);
        quota.take(policy, TODAY);
        quota.take(policy, TOMORROW);
        quota.giveBack(policy, TODAY);
        assertThat(quota.takeUncounted()).isEqualTo(new Usage(TOMORROW.day(), 1, TODAY.month(), 1));
        quota.take(policy, TODAY);
        quota.take(policy, TOMORROW);
        quota.giveBack(policy, TOMORROW);
        assertThat(quota.takeUncounted()).as("nothing of the day, one of the month")
                .isEqualTo(new Usage(TOMORROW.day(), 0, TODAY.month(), 1));
        quota.take(policy, TODAY);
        quota.giveBack(policy, NEXT_MONTH);
        assertThat(quota.takeUncounted()).isEqualTo(used(1));
    }

    @Test
    void theShareIsTheSmallerOfTheQuotas() {
        LimitPolicy both = new LimitPolicy(
                SlidingWindow.of(Rate.UNLIMITED), List.of(TokenBucket.of(Rate.UNLIMITED)), 50, 30);
        LeasedQuota quota = new LeasedQuota(used(10));
        quota.unanswered(both, TODAY, 2, 0);
        assertThat(taken(quota, both, TODAY)).isEqualTo(10);
        LeasedQuota spent = new LeasedQuota(used(40));
        spent.unanswered(both, TODAY, 2, 0);
        assertThat(spent.take(both, TODAY)).isEqualTo(Refusal.MONTHLY_QUOTA);
        assertThat(spent.isNeeded(both, TODAY, SECOND - 1)).as("the refusal is believed").isFalse();
    }

    @Test
    void theShareIsTakenOnceADay() {
        LimitPolicy policy = policy(10);
        LeasedQuota quota = new LeasedQuota(used(0));
        quota.unanswered(policy, TODAY, 1, 0);
        for (int i = 0; i < 4; i++) {
            quota.take(policy, TODAY);
        }
        quota.unanswered(policy, TODAY, 1, 0);
        assertThat(taken(quota, policy, TODAY)).isEqualTo(6);
        quota.unanswered(policy, TOMORROW, 1, 0);
        assertThat(taken(quota, policy, TOMORROW)).as("another day's").isEqualTo(10);
    }

    @Test
    void whatWasSpentWithoutTheDatabaseCountsAgainstTheNextShare() {
        LimitPolicy policy = policy(10);
        LeasedQuota quota = new LeasedQuota(used(0));
        quota.unanswered(policy, TODAY, 2, 0);
        assertThat(taken(quota, policy, TODAY)).isEqualTo(5);
        quota.received(policy, new QuotaGrant(0, used(0)), TODAY, SECOND, 0);
        quota.unanswered(policy, TODAY, 1, 0);
        assertThat(taken(quota, policy, TODAY)).isEqualTo(5);
    }

    @Test
    void whereTheDatabaseIsBackTheShareIsVoid() {
        LimitPolicy policy = policy(100);
        LeasedQuota quota = new LeasedQuota(used(0));
        quota.unanswered(policy, TODAY, 1, 0);
        quota.received(policy, new QuotaGrant(3, used(3)), TODAY, SECOND, 0);
        assertThat(taken(quota, policy, TODAY)).isEqualTo(3);
        assertThat(quota.takeUncounted()).as("the database counted what it leased").isNull();
    }

    @Test
    void whatIsNotSpentWhenTheLeaseEndsGoesBack() {
        LimitPolicy policy = policy(10);
        LeasedQuota quota = leased(policy, 5);
        quota.take(policy, TODAY);
        assertThat(quota.takeUnspent(false, SECOND - 1)).as("the lease goes on").isNull();
        assertThat(quota.takeUnspent(false, SECOND)).isEqualTo(used(-4));
        assertThat(quota.holds(TODAY)).isFalse();
        assertThat(quota.takeUnspent(true, SECOND)).as("it went back once").isNull();
        LeasedQuota asking = leased(policy, 5);
        asking.begin();
        assertThat(asking.takeUnspent(true, SECOND)).as("while more is asked for").isNull();
        assertThat(leased(policy, 5).takeUnspent(true, 0)).isEqualTo(used(-5));
    }

    @Test
    void whatCouldNotBeAddedIsAddedToWhatCameSince() {
        LimitPolicy policy = policy(Quota.UNLIMITED);
        LeasedQuota quota = new LeasedQuota(Usage.NONE);
        quota.take(policy, TOMORROW);
        quota.countAgain(used(5));
        assertThat(quota.takeUncounted()).as("yesterday's are of the month").isEqualTo(
                new Usage(TOMORROW.day(), 1, TODAY.month(), 6));
        quota.take(policy, NEXT_MONTH);
        quota.countAgain(used(5));
        assertThat(quota.takeUncounted()).as("last month's are of no use any more").isEqualTo(
                new Usage(NEXT_MONTH.day(), 1, NEXT_MONTH.month(), 1));
        quota.take(policy, TODAY);
        quota.countAgain(new Usage(TOMORROW.day(), 2, TODAY.month(), 2));
        assertThat(quota.takeUncounted()).as("a clock that stepped back").isEqualTo(
                new Usage(TOMORROW.day(), 2, TODAY.month(), 3));
    }
}

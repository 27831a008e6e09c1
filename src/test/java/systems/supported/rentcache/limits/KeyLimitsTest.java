package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;

/** One key's limits together: what refuses, and that a refusal counts against nothing. */
class KeyLimitsTest {
    private static final ZoneId CHICAGO = ZoneId.of("America/Chicago");

    private static LimitPolicy policy(String global, String endpoint, long daily, long monthly) {
        return new LimitPolicy(
                SlidingWindow.of(Rate.parse(global)), List.of(TokenBucket.of(Rate.parse(endpoint))), daily, monthly);
    }

    private static Admission admit(KeyLimits limits, LimitPolicy policy, Instant now) {
        return limits.admit(policy, 0, Period.at(now, CHICAGO), now.toEpochMilli());
    }

    @Test
    void theEndpointsBucketRefusesAndTheGlobalWindowIsNotCounted() {
        LimitPolicy policy = policy("1000/hour", "2/minute", Quota.UNLIMITED, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        assertThat(admit(limits, policy, now).globalRemaining()).isEqualTo(999);
        assertThat(admit(limits, policy, now).endpointRemaining()).isZero();
        for (int i = 0; i < 5; i++) {
            Admission refused = admit(limits, policy, now);
            assertThat(refused.refusal()).isEqualTo(Refusal.ENDPOINT_RATE);
            assertThat(refused.retryAfterSeconds()).isEqualTo(30);
            assertThat(refused.globalRemaining()).isEqualTo(998);
        }
        assertThat(limits.usage().dayCount()).isEqualTo(2);
        assertThat(admit(limits, policy, now.plusSeconds(30)).admitted()).isTrue();
    }

    @Test
    void theGlobalWindowRefusesFirstAndTheBucketIsNotCounted() {
        LimitPolicy policy = policy("1/hour", "10/minute", Quota.UNLIMITED, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        assertThat(admit(limits, policy, now).admitted()).isTrue();
        Admission refused = admit(limits, policy, now);
        assertThat(refused.refusal()).isEqualTo(Refusal.GLOBAL_RATE);
        assertThat(refused.endpointRemaining()).isEqualTo(9);
    }

    @Test
    void aDailyQuotaEndsAtTheZonesMidnight() {
        LimitPolicy policy = policy("unlimited", "unlimited", 2, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant beforeMidnight = Instant.parse("2026-03-02T05:59:30Z");
        assertThat(admit(limits, policy, beforeMidnight).admitted()).isTrue();
        assertThat(admit(limits, policy, beforeMidnight).admitted()).isTrue();
        Admission refused = admit(limits, policy, beforeMidnight);
        assertThat(refused.refusal()).isEqualTo(Refusal.DAILY_QUOTA);
        assertThat(refused.retryAfterSeconds()).isEqualTo(30);
        assertThat(admit(limits, policy, beforeMidnight.plusSeconds(30)).admitted()).isTrue();
    }

    @Test
    void aMonthlyQuotaOutlivesTheDay() {
        LimitPolicy policy = policy("unlimited", "unlimited", Quota.UNLIMITED, 1);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant firstOfMonth = Instant.parse("2026-03-02T12:00:00Z");
        assertThat(admit(limits, policy, firstOfMonth).admitted()).isTrue();
        assertThat(admit(limits, policy, firstOfMonth.plusSeconds(86_400)).refusal()).isEqualTo(Refusal.MONTHLY_QUOTA);
        assertThat(admit(limits, policy, Instant.parse("2026-04-01T05:00:00Z")).admitted()).isTrue();
    }

    @Test
    void whatTheStoreKnewCounts() {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        Period period = Period.at(now, CHICAGO);
        LimitPolicy policy = policy("unlimited", "unlimited", 5, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, new Usage(period.day(), 5, period.month(), 9));
        assertThat(admit(limits, policy, now).refusal()).isEqualTo(Refusal.DAILY_QUOTA);
        KeyLimits ofYesterday = new KeyLimits(1, new Usage(period.day() - 1, 5, period.month(), 9));
        assertThat(admit(ofYesterday, policy, now).admitted()).isTrue();
        assertThat(ofYesterday.usage()).isEqualTo(new Usage(period.day(), 1, period.month(), 10));
    }

    @Test
    void whatIsGivenBackCountsAgainstNothing() {
        LimitPolicy policy = policy("1/hour", "1/minute", 1, 1);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        for (int i = 0; i < 3; i++) {
            assertThat(admit(limits, policy, now).admitted()).isTrue();
            limits.giveBack(policy, 0, Period.at(now, CHICAGO), now.toEpochMilli());
        }
        assertThat(limits.usage().monthCount()).isZero();
    }

    @Test
    void whatYesterdayTookIsNotGivenBackToToday() {
        LimitPolicy policy = policy("unlimited", "unlimited", 1, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant beforeMidnight = Instant.parse("2026-03-02T05:59:59Z");
        assertThat(admit(limits, policy, beforeMidnight).admitted()).isTrue();
        assertThat(admit(limits, policy, beforeMidnight.plusSeconds(1)).admitted()).isTrue();
        limits.giveBack(policy, 0, Period.at(beforeMidnight, CHICAGO), beforeMidnight.toEpochMilli());
        assertThat(admit(limits, policy, beforeMidnight.plusSeconds(1)).refusal()).isEqualTo(Refusal.DAILY_QUOTA);
    }

    @Test
    void aRequestThatCameInEarlierDoesNotStartTheCountsAnew() {
        LimitPolicy policy = policy("5/second", "unlimited", 10, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant midnight = Instant.parse("2026-03-02T06:00:00Z");
        long admitted = 0;
        for (int i = 0; i < 50; i++) {
            admitted += admit(limits, policy, i % 2 == 0 ? midnight : midnight.minusSeconds(5)).admitted() ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(5);
    }

    @Test
    void aDayInAZoneMayHave23Hours() {
        Period period = Period.at(Instant.parse("2026-03-08T12:00:00Z"), CHICAGO);
        assertThat(Instant.ofEpochMilli(period.dayEndsAt())).isEqualTo("2026-03-09T05:00:00Z");
        assertThat(Instant.ofEpochMilli(period.monthEndsAt())).isEqualTo("2026-04-01T05:00:00Z");
    }

    @Test
    void whatIsForeseenIsNotCounted() {
        LimitPolicy policy = policy("3/hour", "2/minute", 5, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant now = Instant.parse("2026-03-01T12:15:00Z");
        Period period = Period.at(now, CHICAGO);
        Admission foreseen = limits.foresee(policy, 0, period, now.toEpochMilli());
        assertThat(foreseen).isEqualTo(new Admission(null, 0, 2, 2_700, 1, 30));
        assertThat(limits.foresee(policy, 0, period, now.toEpochMilli())).isEqualTo(foreseen);
        assertThat(admit(limits, policy, now)).isEqualTo(foreseen);
        assertThat(limits.usage().dayCount()).isEqualTo(1);
    }

    @Test
    void anExhaustedWindowSaysWhenThereIsRoomAgain() {
        LimitPolicy policy = policy("2/hour", "unlimited", Quota.UNLIMITED, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant now = Instant.parse("2026-03-01T12:15:00Z");
        assertThat(admit(limits, policy, now).globalReset()).as("the window's end").isEqualTo(45 * 60);
        Admission last = admit(limits, policy, now);
        assertThat(last.globalRemaining()).isZero();
        assertThat(last.globalReset()).as("half of the next window").isEqualTo(75 * 60 + 1);
        assertThat(admit(limits, policy, now).retryAfterSeconds()).isEqualTo(75 * 60 + 1);
    }

    @Test
    void aChangedUsageIsReportedOnce() {
        LimitPolicy policy = policy("unlimited", "unlimited", 9, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        assertThat(limits.unsavedUsage()).isNull();
        admit(limits, policy, now);
        Usage usage = limits.usage();
        assertThat(limits.unsavedUsage()).isEqualTo(usage);
        assertThat(limits.unsavedUsage()).isNull();
        limits.saveAgain();
        assertThat(limits.unsavedUsage()).isEqualTo(usage);
    }

    @Test
    void sharedQuotasAreLeasedSpentAndGivenBack() {
        LimitPolicy policy = policy("unlimited", "unlimited", 9, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE, new LeasedLimits(1), 1, new ArrayDeque<>(), new ArrayDeque<>());
        Period period = Period.at(Instant.parse("2026-03-01T12:00:00Z"), CHICAGO);
        Usage stored = new Usage(period.day(), 4, period.month(), 4);
        assertThat(limits.needsQuota(policy, period, 0)).isTrue();
        assertThat(limits.beginQuotaLease()).isTrue();
        assertThat(limits.beginQuotaLease()).isFalse();
        limits.quotaReceived(policy, new QuotaGrant(4, stored), period, 1_000, 0);
        assertThat(limits.needsQuota(policy, period, 0)).isFalse();
        assertThat(limits.quotaRunsLow(policy, period)).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(limits.countQuota(policy, period)).isNull();
        }
        assertThat(limits.quotaRunsLow(policy, period)).isTrue();
        limits.giveBackQuota(policy, period);
        assertThat(limits.takeUnspentQuota(false, 0)).isNull();
        assertThat(limits.takeUnspentQuota(true, 0)).isEqualTo(new Usage(period.day(), -2, period.month(), -2));
        assertThat(limits.takeUncounted()).as("what is leased is counted").isNull();
    }

    @Test
    void withoutTheStoreSharedQuotasAreCountedForLater() {
        LimitPolicy policy = policy("unlimited", "unlimited", 9, Quota.UNLIMITED);
        KeyLimits limits = new KeyLimits(1, Usage.NONE, new LeasedLimits(1), 1, new ArrayDeque<>(), new ArrayDeque<>());
        Period period = Period.at(Instant.parse("2026-03-01T12:00:00Z"), CHICAGO);
        limits.quotaUnanswered(policy, period, 9, 0);
        assertThat(limits.countQuota(policy, period)).isNull();
        assertThat(limits.countQuota(policy, period)).isEqualTo(Refusal.DAILY_QUOTA);
        Usage uncounted = limits.takeUncounted();
        assertThat(uncounted).isEqualTo(new Usage(period.day(), 1, period.month(), 1));
        assertThat(limits.takeUncounted()).isNull();
        limits.countAgain(uncounted);
        assertThat(limits.takeUncounted()).isEqualTo(uncounted);
        assertThat(new KeyLimits(1, Usage.NONE).takeUncounted()).as("where nodes share nothing").isNull();
    }

    @Test
    void aSharedQuotaIsForeseenByWhatIsHeldAndWhatTheStoreCounted() {
        LimitPolicy policy = policy("unlimited", "unlimited", 9, 90);
        KeyLimits limits = new KeyLimits(1, Usage.NONE, new LeasedLimits(1), 1, new ArrayDeque<>(), new ArrayDeque<>());
        Period period = Period.at(Instant.parse("2026-03-01T12:00:00Z"), CHICAGO);
        assertThat(limits.foreseeQuota(policy, period, new Usage(period.day(), 8, period.month(), 89))).isNull();
        Usage daySpent = new Usage(period.day(), 9, period.month(), 89);
        assertThat(limits.foreseeQuota(policy, period, daySpent)).isEqualTo(Refusal.DAILY_QUOTA);
        assertThat(limits.foreseeQuota(policy, period, new Usage(period.day(), 8, period.month(), 90)))
                .isEqualTo(Refusal.MONTHLY_QUOTA);
        limits.quotaReceived(policy, new QuotaGrant(1, daySpent), period, 1_000, 0);
        assertThat(limits.foreseeQuota(policy, period, daySpent)).as("one is held").isNull();
    }

    @Test
    void theDaysOfOneMonthAddUp() {
        LimitPolicy policy = policy("unlimited", "unlimited", Quota.UNLIMITED, 100);
        KeyLimits limits = new KeyLimits(1, Usage.NONE);
        Instant now = Instant.parse("2026-03-10T12:00:00Z");
        admit(limits, policy, now);
        admit(limits, policy, now.plusSeconds(86_400));
        assertThat(limits.usage().dayCount()).isEqualTo(1);
        assertThat(limits.usage().monthCount()).isEqualTo(2);
    }

    @Test
    void monthsAreNumberedWithoutGaps() {
        assertThat(Quota.monthNumber(YearMonth.of(0, 1))).isZero();
        assertThat(Quota.monthNumber(YearMonth.of(2026, 1)) - Quota.monthNumber(YearMonth.of(2025, 12))).isEqualTo(1);
        assertThat(Quota.monthNumber(YearMonth.of(2026, 3))).isEqualTo(2026 * 12 + 2);
    }

    @Test
    void whatAnEarlierMonthTookNeedsNoGivingBack() {
        Period march = Period.at(Instant.parse("2026-03-31T12:00:00Z"), CHICAGO);
        Period april = Period.at(Instant.parse("2026-04-01T12:00:00Z"), CHICAGO);
        Usage usage = new Usage(april.day(), 3, april.month(), 3);
        assertThat(Quota.giveBack(usage, march, 1)).isEqualTo(usage);
        assertThat(Quota.giveBack(usage, april, 1)).isEqualTo(new Usage(april.day(), 2, april.month(), 2));
        assertThat(Quota.giveBack(usage, april, 9)).isEqualTo(new Usage(april.day(), 0, april.month(), 0));
    }
}

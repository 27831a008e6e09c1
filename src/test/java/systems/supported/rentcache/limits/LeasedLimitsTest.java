package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.Admission.Refusal;
import systems.supported.rentcache.limits.LeaseAnswer.Grant;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;
import systems.supported.rentcache.limits.SlidingWindow.Count;

/** What one node decides by itself, asks of the store, and tells it. */
class LeasedLimitsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MICROS = 1_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long NOW = 10 * SECOND;
    private static final long LEASE = 2 * SECOND;
    /** The store's clock is ten seconds into the eleventh minute. */
    private static final long STORE = 610 * MICROS;
    private static final long INDEX = 10;
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final Period PERIOD = Period.at(NOON, ZoneOffset.UTC);
    private static final long MILLIS = NOON.toEpochMilli();
    private static final Grant NONE = new Grant(0, 0, 0, 0);
    private static final LimitPolicy POLICY = policy("100/minute", "40/minute", Quota.UNLIMITED, Quota.UNLIMITED);
    private static final LimitPolicy FREE = policy("unlimited", "unlimited", Quota.UNLIMITED, Quota.UNLIMITED);
    private static final LimitPolicy BUCKETS = policy("unlimited", "40/minute", Quota.UNLIMITED, Quota.UNLIMITED);
    private static final LimitPolicy WINDOW = policy("10/minute", "unlimited", Quota.UNLIMITED, Quota.UNLIMITED);
    private static final LocalSpell ALONE = new LocalSpell(1, NOW, 2, true);

    private final LeasedLimits limits = new LeasedLimits(2);
    private final KeyLimits quotas = new KeyLimits(2, Usage.NONE, limits, 1, new ArrayDeque<>(), new ArrayDeque<>());

    private static LimitPolicy policy(String global, String endpoint, long daily, long monthly) {
        TokenBucket bucket = TokenBucket.of(Rate.parse(endpoint));
        return new LimitPolicy(SlidingWindow.of(Rate.parse(global)), List.of(bucket, bucket), daily, monthly);
    }

    private static LeaseAnswer answer(Grant window, long index, Grant bucket) {
        return new LeaseAnswer("one", STORE + (index - INDEX) * 60 * MICROS, 0, window, index, bucket);
    }

    private static Grant granted(long tokens, long left) {
        return new Grant(tokens, left, 0, 0);
    }

    private void count(LimitPolicy policy, int requests) {
        for (int i = 0; i < requests; i++) {
            limits.count(policy, 0, NOW);
        }
    }

    private void leased(LimitPolicy policy, int endpoint, Grant window, Grant bucket) {
        limits.count(policy, endpoint, NOW);
        limits.received(limits.ask(policy, endpoint, 1, NOW), answer(window, INDEX, bucket), NOW, LEASE, NOW);
    }

    private Admission admit(LimitPolicy policy, long now) {
        return limits.admit(policy, 0, quotas, PERIOD, MILLIS, now);
    }

    private Admission alone(LimitPolicy policy, int endpoint, LocalSpell local, long now) {
        return limits.admitShare(policy, endpoint, quotas, PERIOD, MILLIS, local, STORE + (now - NOW) / 1_000, now);
    }

    private int admittedAlone(LimitPolicy policy, int endpoint, LocalSpell local, long now) {
        int admitted = 0;
        while (admitted < 1_000 && alone(policy, endpoint, local, now).admitted()) {
            admitted++;
        }
        return admitted;
    }

    /** The store is told, and grants nothing. */
    private LeaseAsk told(LimitPolicy policy, long now) {
        LeaseAsk told = limits.tell(policy, now);
        if (told != null) {
            limits.received(told, answer(granted(0, 50), INDEX, granted(0, 20)), now, LEASE, now);
        }
        return told;
    }

    private static Usage used(long count) {
        return new Usage(PERIOD.day(), count, PERIOD.month(), count);
    }

    @Test
    void whereNothingIsHeldTheStoreHasToBeAsked() {
        count(POLICY, 1);
        assertThat(admit(POLICY, NOW)).isNull();
        leased(POLICY, 0, granted(1, 99), granted(0, 40));
        assertThat(admit(POLICY, NOW)).as("a token of the window alone is not enough").isNull();
    }

    @Test
    void whatTheStoreGrantedIsSpentWithoutAskingAgain() {
        leased(POLICY, 0, new Grant(3, 90, 0, 5 * MICROS), new Grant(2, 30, 0, 7_500_000));
        assertThat(admit(POLICY, NOW)).isEqualTo(new Admission(null, 0, 92, 5, 31, 8));
        assertThat(admit(POLICY, NOW + SECOND)).isEqualTo(new Admission(null, 0, 91, 4, 30, 7));
        assertThat(admit(POLICY, NOW + SECOND)).isNull();
    }

    @Test
    void whatIsNotLimitedNeedsNoStore() {
        count(FREE, 7);
        assertThat(admit(FREE, NOW)).isEqualTo(new Admission(null, 0, Long.MAX_VALUE, 0, Long.MAX_VALUE, 0));
        assertThat(limits.runsLow(FREE, 0, 1, NOW)).isFalse();
        LeaseAsk ask = limits.ask(FREE, 0, 1, NOW);
        assertThat(ask.window()).isEqualTo(new LeaseAsk.Window(0, SECOND, 0, 0, 0, Count.NONE));
        assertThat(ask.bucket()).isEqualTo(new LeaseAsk.Bucket(0, 0, 0, 0, 0, 0));
        limits.received(ask, answer(granted(5, 5), INDEX, granted(5, 5)), NOW, LEASE, NOW);
        limits.giveBack(FREE, 0, STORE, NOW);
        assertThat(limits.isIdle(NOW)).as("nothing is held of no limit").isTrue();
        assertThat(limits.tell(FREE, NOW)).isNull();
    }

    @Test
    void anEmptyWindowIsBelievedForHalfASecond() {
        leased(POLICY, 0, new Grant(0, 0, 20 * MICROS, 50 * MICROS), new Grant(0, 30, 0, 15 * MICROS));
        assertThat(admit(POLICY, NOW + SECOND / 4)).isEqualTo(new Admission(Refusal.GLOBAL_RATE, 20, 0, 50, 30, 15));
        assertThat(admit(POLICY, NOW + SECOND / 2 - 1)).isNotNull();
        assertThat(admit(POLICY, NOW + SECOND / 2)).isNull();
    }

    @Test
    void anEmptyWindowIsBelievedNoLongerThanTheStoreSaid() {
        leased(POLICY, 0, new Grant(0, 0, 100_000, 50 * MICROS), NONE);
        assertThat(admit(POLICY, NOW + SECOND / 10 - 1).retryAfterSeconds()).isEqualTo(1);
        assertThat(admit(POLICY, NOW + SECOND / 10)).isNull();
    }

    @Test
    void anEmptyBucketRefusesAndTheWindowIsNotCounted() {
        leased(POLICY, 0, granted(1, 90), new Grant(0, 0, 3 * MICROS, 60 * MICROS));
        for (int i = 0; i < 3; i++) {
            assertThat(admit(POLICY, NOW)).isEqualTo(new Admission(Refusal.ENDPOINT_RATE, 3, 91, 0, 0, 60));
        }
        assertThat(admit(POLICY, NOW + SECOND / 2)).isNull();
    }

    @Test
    void aQuotaIsAskedForBeforeAnyTokenIsSpent() {
        LimitPolicy policy = policy("100/minute", "40/minute", 5, Quota.UNLIMITED);
        leased(policy, 0, granted(2, 90), granted(2, 30));
        assertThat(admit(policy, NOW)).isNull();
        quotas.quotaReceived(policy, new QuotaGrant(1, used(1)), PERIOD, NOW + LEASE, NOW);
        assertThat(admit(policy, NOW)).isEqualTo(new Admission(null, 0, 91, 0, 31, 0));
        assertThat(admit(policy, NOW)).isNull();
        quotas.quotaReceived(policy, new QuotaGrant(0, used(5)), PERIOD, NOW + LEASE, NOW);
        for (int i = 0; i < 3; i++) {
            assertThat(admit(policy, NOW)).isEqualTo(new Admission(Refusal.DAILY_QUOTA, 12 * 3_600, 91, 0, 31, 0));
        }
    }

    @Test
    void aMonthlyQuotaRefusesUntilTheMonthEnds() {
        LimitPolicy policy = policy("unlimited", "unlimited", Quota.UNLIMITED, 5);
        count(policy, 1);
        quotas.quotaReceived(policy, new QuotaGrant(0, used(5)), PERIOD, NOW + LEASE, NOW);
        Admission refused = admit(policy, NOW);
        assertThat(refused.refusal()).isEqualTo(Refusal.MONTHLY_QUOTA);
        assertThat(refused.retryAfterSeconds()).isEqualTo(43 * 12 * 3_600);
    }

    @Test
    void asksForWhatItWillSpendBesidesWhatItHolds() {
        count(POLICY, 9);
        LeaseAsk first = limits.ask(POLICY, 0, 1, NOW);
        assertThat(first).isEqualTo(new LeaseAsk(0, 0, 1,
                new LeaseAsk.Window(100, MINUTE, 9, 0, 0, Count.NONE),
                new LeaseAsk.Bucket(40, 1_500_000_000, 9, 0, 0, 0)));
        limits.received(first, answer(granted(4, 96), INDEX, granted(3, 37)), NOW, LEASE, NOW);
        assertThat(limits.demand(NOW)).isEqualTo(9);
        assertThat(limits.ask(POLICY, 0, 1, NOW)).isEqualTo(new LeaseAsk(0, 0, 2,
                new LeaseAsk.Window(100, MINUTE, 5, 0, 0, Count.NONE),
                new LeaseAsk.Bucket(40, 1_500_000_000, 6, 3, 0, 0)));
    }

    @Test
    void moreNodesAskForLessEach() {
        count(POLICY, 30);
        LeaseAsk ask = limits.ask(POLICY, 0, 2, NOW);
        assertThat(ask.window().want()).isEqualTo(12);
        assertThat(ask.bucket().want()).isEqualTo(5);
    }

    @Test
    void oneAskIsUnderWayAtATime() {
        count(POLICY, 4);
        LeaseAsk ask = limits.ask(POLICY, 0, 1, NOW);
        assertThat(limits.ask(POLICY, 0, 1, NOW)).isNull();
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).isFalse();
        limits.unanswered(ask);
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).isTrue();
        ask = limits.ask(POLICY, 0, 1, NOW);
        limits.received(ask, answer(NONE, INDEX, NONE), NOW, LEASE, NOW);
        assertThat(limits.ask(POLICY, 0, 1, NOW).number()).isEqualTo(ask.number() + 1);
    }

    @Test
    void whatIsLeasedInOneWindowAddsUp() {
        leased(POLICY, 0, granted(2, 98), granted(5, 35));
        leased(POLICY, 0, granted(3, 95), granted(1, 34));
        for (int i = 0; i < 5; i++) {
            assertThat(admit(POLICY, NOW).admitted()).isTrue();
        }
        assertThat(admit(POLICY, NOW)).isNull();
    }

    @Test
    void whatIsNotSpentWhenTheLeaseEndsGoesBack() {
        leased(POLICY, 0, granted(3, 97), granted(2, 38));
        assertThat(admit(POLICY, NOW + LEASE - 1).admitted()).isTrue();
        assertThat(limits.tell(POLICY, NOW + LEASE - 1)).as("as long as the lease goes on").isNull();
        assertThat(admit(POLICY, NOW + LEASE)).isNull();
        assertThat(told(POLICY, NOW + LEASE)).isEqualTo(new LeaseAsk(0, 0, 2,
                new LeaseAsk.Window(100, MINUTE, 0, INDEX, 2, Count.NONE),
                new LeaseAsk.Bucket(40, 1_500_000_000, 0, 0, 1, 0)));
        assertThat(limits.tell(POLICY, NOW + LEASE)).as("it went back once").isNull();
    }

    @Test
    void tokensOfAWindowEndWithIt() {
        count(POLICY, 1);
        LeaseAsk ask = limits.ask(POLICY, 0, 1, NOW);
        limits.received(ask, answer(granted(3, 97), INDEX, granted(3, 37)), NOW, 2 * MINUTE, NOW);
        assertThat(admit(POLICY, NOW + 50 * SECOND - 1).admitted()).isTrue();
        assertThat(admit(POLICY, NOW + 50 * SECOND)).isNull();
        LeaseAsk told = limits.tell(POLICY, NOW + 50 * SECOND);
        assertThat(told.window().returned()).isEqualTo(2);
        assertThat(told.bucket().returned()).as("a bucket's tokens are of no window").isZero();
        assertThat(told.bucket().held()).isEqualTo(2);
    }

    @Test
    void tokensOfTheNextWindowTakeThePlaceOfTheLast() {
        leased(POLICY, 0, granted(3, 97), granted(9, 31));
        LeaseAsk ask = limits.ask(POLICY, 0, 1, NOW);
        limits.received(ask, answer(granted(2, 98), INDEX + 1, granted(0, 31)), NOW, LEASE, NOW);
        assertThat(admit(POLICY, NOW).admitted()).isTrue();
        assertThat(admit(POLICY, NOW).admitted()).isTrue();
        assertThat(admit(POLICY, NOW)).isNull();
        LeaseAsk told = limits.tell(POLICY, NOW);
        assertThat(told.window().returnedIndex()).isEqualTo(INDEX);
        assertThat(told.window().returned()).isEqualTo(3);
    }

    @Test
    void moreIsAskedForWhenHalfIsSpent() {
        count(POLICY, 10);
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).isTrue();
        leased(POLICY, 0, granted(20, 80), granted(4, 36));
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).isFalse();
        admit(POLICY, NOW);
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).isFalse();
        admit(POLICY, NOW);
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).as("by the bucket").isTrue();
        leased(POLICY, 0, granted(0, 80), granted(20, 16));
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).isFalse();
        for (int i = 0; i < 8; i++) {
            admit(POLICY, NOW);
        }
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).as("by the window").isTrue();
    }

    @Test
    void littleDemandIsLeasedOneByOne() {
        limits.count(POLICY, 0, NOW);
        assertThat(limits.runsLow(POLICY, 0, 1, NOW)).isFalse();
        assertThat(limits.runsLow(POLICY, 1, 1, NOW)).isFalse();
    }

    @Test
    void whatIsKnownToBeEmptyIsNotAskedForInTheBackground() {
        count(WINDOW, 10);
        leased(WINDOW, 0, new Grant(0, 0, 20 * MICROS, 0), NONE);
        assertThat(limits.runsLow(WINDOW, 0, 1, NOW)).isFalse();
        assertThat(limits.runsLow(WINDOW, 0, 1, NOW + SECOND / 4)).isFalse();
    }

    @Test
    void aloneANodeHasItsShareOfTheBucket() {
        count(POLICY, 1);
        assertThat(alone(POLICY, 0, ALONE, NOW)).isEqualTo(new Admission(null, 0, 49, 2, 19, 3));
        assertThat(admittedAlone(POLICY, 0, ALONE, NOW)).isEqualTo(19);
        assertThat(alone(POLICY, 0, ALONE, NOW)).isEqualTo(new Admission(Refusal.ENDPOINT_RATE, 3, 30, 24, 0, 60));
        assertThat(admittedAlone(POLICY, 1, ALONE, NOW)).isEqualTo(20);
        assertThat(admittedAlone(POLICY, 0, ALONE, NOW + 3 * SECOND)).isEqualTo(1);
    }

    @Test
    void aloneANodeHasItsShareOfTheWindow() {
        count(WINDOW, 1);
        assertThat(admittedAlone(WINDOW, 0, ALONE, NOW)).isEqualTo(5);
        Admission refused = alone(WINDOW, 1, ALONE, NOW);
        assertThat(refused.refusal()).isEqualTo(Refusal.GLOBAL_RATE);
        assertThat(refused.retryAfterSeconds()).isEqualTo(12);
    }

    @Test
    void whereALeaseMayHaveBeenSpentTheShareBeginsEmpty() {
        LocalSpell empty = new LocalSpell(3, NOW, 2, false);
        count(POLICY, 1);
        assertThat(alone(POLICY, 0, empty, NOW).refusal()).isEqualTo(Refusal.GLOBAL_RATE);
        assertThat(alone(POLICY, 0, empty, NOW + 2 * SECOND).refusal()).isEqualTo(Refusal.ENDPOINT_RATE);
        assertThat(admittedAlone(POLICY, 0, empty, NOW + 3 * SECOND)).isEqualTo(1);
    }

    @Test
    void eachSpellBeginsTheShareAnew() {
        count(POLICY, 1);
        assertThat(admittedAlone(POLICY, 0, ALONE, NOW)).isEqualTo(20);
        assertThat(admittedAlone(POLICY, 0, new LocalSpell(2, NOW, 2, true), NOW)).isEqualTo(20);
    }

    @Test
    void aloneQuotasHoldToo() {
        LimitPolicy policy = policy("100/minute", "40/minute", 3, Quota.UNLIMITED);
        count(policy, 1);
        assertThat(alone(policy, 0, ALONE, NOW)).as("the quota's store is there").isNull();
        quotas.quotaUnanswered(policy, PERIOD, 1, NOW);
        for (int i = 0; i < 3; i++) {
            assertThat(alone(policy, 0, ALONE, NOW).admitted()).isTrue();
        }
        assertThat(alone(policy, 0, ALONE, NOW)).as("the quota's store may be there again").isNull();
        quotas.quotaUnanswered(policy, PERIOD, 1, NOW);
        assertThat(alone(policy, 0, ALONE, NOW)).isEqualTo(
                new Admission(Refusal.DAILY_QUOTA, 12 * 3_600, 47, 4, 17, 9));
    }

    @Test
    void whatWasSpentAloneIsToldOnce() {
        count(POLICY, 1);
        assertThat(admittedAlone(POLICY, 1, ALONE, NOW)).isEqualTo(20);
        assertThat(limits.isIdle(NOW)).isFalse();
        LeaseAsk told = told(POLICY, NOW);
        assertThat(told.endpoint()).isEqualTo(1);
        assertThat(told.window().want()).isZero();
        assertThat(told.window().spent()).isEqualTo(new Count(INDEX, 20, 0));
        assertThat(told.bucket().want()).isZero();
        assertThat(told.bucket().spent()).isEqualTo(20);
        assertThat(limits.tell(POLICY, NOW)).isNull();
        assertThat(limits.isIdle(NOW)).isTrue();
    }

    @Test
    void whatTheStoreDidNotHearIsToldAgain() {
        count(POLICY, 1);
        assertThat(admittedAlone(POLICY, 0, ALONE, NOW)).isEqualTo(20);
        LeaseAsk lost = limits.tell(POLICY, NOW);
        assertThat(alone(POLICY, 0, ALONE, NOW + MINUTE).admitted()).isTrue();
        limits.unanswered(lost);
        LeaseAsk told = limits.tell(POLICY, NOW + MINUTE);
        assertThat(told.window().spent()).isEqualTo(new Count(INDEX + 1, 1, 20));
        assertThat(told.bucket().spent()).isEqualTo(21);
    }

    @Test
    void onlyTheWindowBeforeIsToldWhereTheBucketHasNoLimit() {
        count(WINDOW, 1);
        assertThat(alone(WINDOW, 0, ALONE, NOW).admitted()).isTrue();
        told(WINDOW, NOW);
        assertThat(limits.tell(WINDOW, NOW)).isNull();
        assertThat(alone(BUCKETS, 0, ALONE, NOW).admitted()).isTrue();
        assertThat(limits.tell(BUCKETS, NOW).window().spent()).as("of no limit nothing is told").isEqualTo(Count.NONE);
    }

    @Test
    void aStoreThatLostItsStateIsToldWhatWasSpentOfTheWindows() {
        leased(POLICY, 0, granted(5, 95), granted(5, 35));
        assertThat(admit(POLICY, NOW).admitted()).isTrue();
        assertThat(admit(POLICY, NOW).admitted()).isTrue();
        assertThat(alone(POLICY, 0, ALONE, NOW).admitted()).isTrue();
        told(POLICY, NOW);
        limits.lost();
        assertThat(admit(POLICY, NOW)).as("what was held is void").isNull();
        LeaseAsk told = limits.tell(POLICY, NOW);
        assertThat(told.generation()).isEqualTo(1);
        assertThat(told.window().spent()).isEqualTo(new Count(INDEX, 3, 0));
        assertThat(told.window().returned()).isZero();
        assertThat(told.bucket()).isEqualTo(new LeaseAsk.Bucket(40, 1_500_000_000, 0, 0, 0, 0));
    }

    @Test
    void whatAStoreThatLostItsStateWasAskedBeforeIsVoid() {
        count(POLICY, 1);
        assertThat(alone(POLICY, 0, ALONE, NOW).admitted()).isTrue();
        LeaseAsk before = limits.ask(POLICY, 0, 1, NOW);
        limits.lost();
        limits.received(before, answer(granted(5, 95), INDEX, granted(5, 35)), NOW, LEASE, NOW);
        assertThat(admit(POLICY, NOW)).isNull();
        limits.unanswered(before);
        LeaseAsk told = limits.tell(POLICY, NOW);
        assertThat(told.window().spent()).as("once, not twice").isEqualTo(new Count(INDEX, 1, 0));
        assertThat(told.bucket().spent()).isZero();
    }

    @Test
    void whatDidNotCountCanBeSpentAgain() {
        leased(POLICY, 0, granted(1, 99), granted(1, 39));
        for (int i = 0; i < 3; i++) {
            assertThat(admit(POLICY, NOW).admitted()).isTrue();
            assertThat(admit(POLICY, NOW)).isNull();
            limits.giveBack(POLICY, 0, STORE, NOW);
        }
        limits.lost();
        assertThat(limits.tell(POLICY, NOW)).as("nothing was spent").isNull();
    }

    @Test
    void whatDidNotCountGoesBackWhenTheLeaseIsOver() {
        leased(POLICY, 0, granted(3, 97), granted(3, 37));
        assertThat(admit(POLICY, NOW).admitted()).isTrue();
        limits.giveBack(POLICY, 0, STORE, NOW + LEASE);
        LeaseAsk told = limits.tell(POLICY, NOW + LEASE);
        assertThat(told.window().returned()).isEqualTo(3);
        assertThat(told.bucket().returned()).isEqualTo(3);
    }

    @Test
    void whatDidNotCountGoesBackToItsOwnWindow() {
        leased(POLICY, 0, granted(3, 97), granted(3, 37));
        assertThat(admit(POLICY, NOW).admitted()).isTrue();
        limits.giveBack(POLICY, 0, STORE - 60 * MICROS, NOW);
        LeaseAsk told = limits.tell(POLICY, NOW);
        assertThat(told.window().returnedIndex()).isEqualTo(INDEX - 1);
        assertThat(told.window().returned()).isEqualTo(1);
    }

    @Test
    void aWindowOfAnotherLengthBeginsAnew() {
        LimitPolicy hourly = policy("100/hour", "40/minute", Quota.UNLIMITED, Quota.UNLIMITED);
        leased(POLICY, 0, granted(5, 95), granted(5, 35));
        assertThat(alone(POLICY, 0, ALONE, NOW).admitted()).isTrue();
        LeaseAsk ofMinutes = limits.ask(POLICY, 0, 1, NOW);
        limits.count(hourly, 0, NOW);
        limits.received(ofMinutes, answer(granted(5, 90), INDEX, granted(5, 30)), NOW, LEASE, NOW);
        assertThat(admit(hourly, NOW)).isNull();
        LeaseAsk told = limits.ask(hourly, 0, 1, NOW);
        assertThat(told.window().spent()).isEqualTo(Count.NONE);
        assertThat(told.window().returned()).isZero();
        assertThat(told.bucket().held()).as("of a bucket they stay").isEqualTo(10);
    }

    @Test
    void anEndedLeaseGoesBackAtOnce() {
        leased(BUCKETS, 1, NONE, granted(4, 36));
        assertThat(limits.isIdle(NOW)).as("tokens are held").isFalse();
        limits.end();
        assertThat(limits.isIdle(NOW)).as("tokens are to go back").isFalse();
        LeaseAsk told = limits.tell(BUCKETS, NOW);
        assertThat(told.endpoint()).isEqualTo(1);
        assertThat(told.bucket().returned()).isEqualTo(4);
        assertThat(limits.isIdle(NOW)).as("the store is being told").isFalse();
        limits.received(told, answer(NONE, INDEX, granted(0, 40)), NOW, LEASE, NOW);
        assertThat(limits.isIdle(NOW)).isTrue();
    }

    @Test
    void aWindowsEndedLeaseGoesBackAtOnce() {
        leased(WINDOW, 0, granted(2, 8), NONE);
        assertThat(limits.isIdle(NOW)).isFalse();
        limits.end();
        assertThat(limits.isIdle(NOW)).isFalse();
        assertThat(told(WINDOW, NOW).window().returned()).isEqualTo(2);
        assertThat(limits.isIdle(NOW)).isTrue();
    }

    @Test
    void whereEveryRequestAsksItAsksForOne() {
        assertThat(limits.askForOne(POLICY, 1)).isEqualTo(new LeaseAsk(0, 1, 0,
                new LeaseAsk.Window(100, MINUTE, 1, 0, 0, Count.NONE),
                new LeaseAsk.Bucket(40, 1_500_000_000, 1, 0, 0, 0)));
        assertThat(limits.askForNone(FREE, 0)).isEqualTo(new LeaseAsk(0, 0, 0,
                new LeaseAsk.Window(0, SECOND, 0, 0, 0, Count.NONE), new LeaseAsk.Bucket(0, 0, 0, 0, 0, 0)));
    }

    private Admission admitOne(LimitPolicy policy, Grant window, Grant bucket) {
        limits.count(policy, 0, NOW);
        return limits.admitOne(
                policy, limits.askForOne(policy, 0), answer(window, INDEX, bucket), quotas, PERIOD, MILLIS, NOW);
    }

    @Test
    void whereEveryRequestAsksTheStoreDecides() {
        assertThat(admitOne(POLICY, new Grant(1, 99, 0, 50 * MICROS), new Grant(1, 39, 0, 2 * MICROS)))
                .isEqualTo(new Admission(null, 0, 99, 50, 39, 2));
        assertThat(admitOne(POLICY, new Grant(0, 0, 9 * MICROS, 50 * MICROS), new Grant(0, 39, 0, 0)).refusal())
                .isEqualTo(Refusal.GLOBAL_RATE);
        Admission refused = admitOne(POLICY, new Grant(0, 98, 0, 0), new Grant(0, 0, 1_200_000, 60 * MICROS));
        assertThat(refused).isEqualTo(new Admission(Refusal.ENDPOINT_RATE, 2, 98, 0, 0, 60));
        assertThat(admitOne(FREE, NONE, NONE).admitted()).isTrue();
    }

    @Test
    void aStoreThatWaitsToHearWhatWasSpentAdmitsNothing() {
        LeaseAnswer settling = new LeaseAnswer("one", STORE, 1, granted(1, 99), INDEX, granted(1, 39));
        assertThat(limits.admitOne(
                POLICY, limits.askForOne(POLICY, 0), settling, quotas, PERIOD, MILLIS, NOW))
                .isEqualTo(Admission.storeAway());
    }

    @Test
    void whereEveryRequestAsksTheWindowsCountIsKept() {
        admitOne(POLICY, granted(1, 99), granted(1, 39));
        admitOne(POLICY, granted(1, 98), granted(1, 38));
        admitOne(POLICY, new Grant(0, 98, 0, 0), new Grant(0, 0, MICROS, MICROS));
        limits.lost();
        assertThat(limits.tell(POLICY, NOW).window().spent()).isEqualTo(new Count(INDEX, 2, 0));
    }

    @Test
    void whatAQuotaRefusesTakesNothingFromTheRates() {
        LimitPolicy policy = policy("100/minute", "40/minute", 5, Quota.UNLIMITED);
        quotas.quotaReceived(policy, new QuotaGrant(1, used(5)), PERIOD, NOW + LEASE, NOW);
        assertThat(admitOne(policy, granted(1, 99), granted(1, 39)).admitted()).isTrue();
        assertThat(admitOne(policy, granted(1, 98), granted(1, 38))).as("the quotas have to be asked").isNull();
        LeaseAsk back = told(policy, NOW);
        assertThat(back.window().returnedIndex()).isEqualTo(INDEX);
        assertThat(back.window().returned()).isEqualTo(1);
        assertThat(back.bucket().returned()).isEqualTo(1);
        quotas.quotaReceived(policy, new QuotaGrant(0, used(5)), PERIOD, NOW + LEASE, NOW);
        assertThat(admitOne(policy, granted(1, 98), granted(1, 38)).refusal()).isEqualTo(Refusal.DAILY_QUOTA);
        assertThat(told(policy, NOW).window().returned()).isEqualTo(1);
        limits.lost();
        assertThat(limits.tell(policy, NOW).window().spent()).as("one was spent").isEqualTo(new Count(INDEX, 1, 0));
    }

    @Test
    void foreseesByWhatIsHeldAndWhatTheStoreHas() {
        leased(POLICY, 0, granted(3, 97), granted(2, 38));
        LeaseAnswer answer = answer(new Grant(0, 5, 0, 10 * MICROS), INDEX, new Grant(0, 7, 0, 2_500_000));
        for (int i = 0; i < 9; i++) {
            assertThat(limits.foresee(POLICY, 0, answer, null, PERIOD, MILLIS, NOW))
                    .isEqualTo(new Admission(null, 0, 8, 10, 9, 3));
        }
        assertThat(limits.foresee(POLICY, 0, answer, Refusal.DAILY_QUOTA, PERIOD, MILLIS, NOW))
                .isEqualTo(new Admission(Refusal.DAILY_QUOTA, 12 * 3_600, 8, 10, 9, 3));
        assertThat(limits.foresee(FREE, 0, LeaseAnswer.NONE, null, PERIOD, MILLIS, NOW))
                .isEqualTo(new Admission(null, 0, Long.MAX_VALUE, 0, Long.MAX_VALUE, 0));
    }

    @Test
    void foreseesTheRateThatWouldRefuse() {
        LeaseAnswer noWindow = answer(new Grant(0, 0, 20 * MICROS, 50 * MICROS), INDEX, granted(0, 7));
        assertThat(limits.foresee(POLICY, 0, noWindow, Refusal.DAILY_QUOTA, PERIOD, MILLIS, NOW))
                .isEqualTo(new Admission(Refusal.GLOBAL_RATE, 20, 0, 50, 7, 0));
        LeaseAnswer noBucket = answer(granted(0, 7), INDEX, new Grant(0, 0, 1, 60 * MICROS));
        assertThat(limits.foresee(POLICY, 0, noBucket, null, PERIOD, MILLIS, NOW))
                .isEqualTo(new Admission(Refusal.ENDPOINT_RATE, 1, 7, 0, 0, 60));
    }

    @Test
    void foreseesByTheShareAndCountsNothing() {
        count(POLICY, 1);
        for (int i = 0; i < 99; i++) {
            assertThat(limits.foreseeShare(POLICY, 0, null, PERIOD, MILLIS, ALONE, NOW))
                    .isEqualTo(new Admission(null, 0, 50, 0, 20, 0));
        }
        assertThat(limits.foreseeShare(POLICY, 0, Refusal.DAILY_QUOTA, PERIOD, MILLIS, ALONE, NOW).refusal())
                .isEqualTo(Refusal.DAILY_QUOTA);
        assertThat(admittedAlone(POLICY, 0, ALONE, NOW)).isEqualTo(20);
        assertThat(limits.foreseeShare(POLICY, 0, Refusal.DAILY_QUOTA, PERIOD, MILLIS, ALONE, NOW).refusal())
                .isEqualTo(Refusal.ENDPOINT_RATE);
    }

    @Test
    void whatTheStoreSaidIsForgottenWithItsState() {
        LeasedLimit limit = new LeasedLimit();
        limit.told(granted(0, 12), NOW);
        assertThat(limit.remaining(Rate.parse("40/minute"), NOW)).isEqualTo(12);
        limit.told(new Grant(0, 0, 20 * MICROS, 0), NOW);
        assertThat(limit.isKnownEmpty(NOW)).isTrue();
        limit.forget();
        assertThat(limit.isKnownEmpty(NOW)).isFalse();
        assertThat(limit.remaining(Rate.parse("40/minute"), NOW)).isZero();
    }
}

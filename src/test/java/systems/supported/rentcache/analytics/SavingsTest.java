package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import systems.supported.rentcache.analytics.Savings.Grouping;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.Plan;

/** The laws of the two bills and their shares. */
class SavingsTest {
    private static final Instant START = Instant.parse("2026-01-31T00:00:00Z");
    private static final Instant END = START.plus(Duration.ofDays(120));
    private static final int HOURS = 120 * 24;
    private static final List<ZoneId> ZONES =
            List.of(ZoneId.of("UTC"), ZoneId.of("America/Chicago"), ZoneId.of("Asia/Kolkata"));

    @Provide
    Arbitrary<Plan> plans() {
        return Combinators.combine(
                Arbitraries.longs().between(0, 500_000_007), Arbitraries.longs().between(0, 300),
                Arbitraries.longs().between(0, 200_003)).as(Plan::new);
    }

    @Provide
    Arbitrary<BillingTerms> terms() {
        return Combinators.combine(
                plans(), Arbitraries.integers().between(1, 31), Arbitraries.of(ZONES), Arbitraries.of(true, false))
                .as(BillingTerms::new);
    }

    @Provide
    Arbitrary<List<BilledCalls>> calls() {
        return Combinators.combine(
                Arbitraries.integers().between(0, HOURS - 1), Arbitraries.longs().between(0, 3),
                Arbitraries.of("properties", "market_stats", "value_estimate"), Arbitraries.longs().between(0, 40),
                Arbitraries.longs().between(0, 90))
                .as((hour, key, endpoint, paid, uncached) -> new BilledCalls(
                        START.plus(Duration.ofHours(hour)), key, endpoint, paid, uncached))
                .list().ofMaxSize(60);
    }

    /** Those calls that a report from a moment on is given. */
    private static List<BilledCalls> seen(BillingTerms terms, Instant from, Instant to, List<BilledCalls> calls) {
        Instant first = terms.month(from).start();
        return calls.stream().filter(call -> !call.at().isBefore(first) && call.at().isBefore(to)).toList();
    }

    private static Savings savings(
            BillingTerms terms, Instant from, Instant to, List<BilledCalls> calls, Grouping grouping) {
        return Savings.of(terms, from, to, START, seen(terms, from, to, calls), grouping);
    }

    private static Saving sum(Collection<Saving> rows) {
        return rows.stream().reduce(Saving.NONE, Saving::plus);
    }

    @Property(tries = 300)
    void theRowsOfEveryGroupingSumToTheTwoBills(
            @ForAll("terms") BillingTerms terms, @ForAll("calls") List<BilledCalls> calls,
            @ForAll @IntRange(max = HOURS - 2) int from, @ForAll @IntRange(min = 1, max = HOURS) int hours) {
        Instant begin = START.plus(Duration.ofHours(from));
        Instant end = begin.plus(Duration.ofHours(hours));
        for (Grouping grouping : Grouping.values()) {
            Savings savings = savings(terms, begin, end, calls, grouping);
            assertThat(sum(savings.rows().values())).as(grouping.name()).isEqualTo(savings.total());
            assertThat(savings.rows().values()).allSatisfy(row -> {
                assertThat(row.paid().micros()).isNotNegative();
                assertThat(row.withoutCache().micros()).isNotNegative();
                assertThat(row.paid().feeMicros()).isEqualTo(row.withoutCache().feeMicros());
            });
        }
    }

    @Property(tries = 200)
    void aWholeMonthsBillIsThePlansOfItsCalls(
            @ForAll("plans") Plan plan, @ForAll @IntRange(min = 1, max = 28) int day,
            @ForAll("calls") List<BilledCalls> calls) {
        BillingTerms terms = new BillingTerms(plan, day, ZONES.get(1), false);
        BillingMonth month = terms.month(START.plus(Duration.ofDays(60)));
        long paid = 0;
        long uncached = 0;
        for (BilledCalls call : calls) {
            if (terms.month(call.at()).equals(month)) {
                paid += call.paid();
                uncached += call.uncached();
            }
        }
        Savings savings = savings(terms, month.start(), month.end(), calls, Grouping.DAY);
        assertThat(savings.total().paid().micros()).isEqualTo(plan.billOf(paid));
        assertThat(savings.total().withoutCache().micros()).isEqualTo(plan.billOf(uncached));
        assertThat(savings.total().savedMicros()).isEqualTo(plan.billOf(uncached) - plan.billOf(paid));
        assertThat(savings.total().paid().calls()).isEqualTo(paid);
    }

    @Property(tries = 200)
    void twoTimesThatFollowEachOtherSumToBothTogether(
            @ForAll("terms") BillingTerms terms, @ForAll("calls") List<BilledCalls> calls,
            @ForAll @IntRange(min = 1, max = HOURS - 1) int cut) {
        Instant middle = START.plus(Duration.ofHours(cut));
        Saving whole = savings(terms, START, END, calls, Grouping.MONTH).total();
        assertThat(savings(terms, START, middle, calls, Grouping.MONTH).total()
                .plus(savings(terms, middle, END, calls, Grouping.MONTH).total())).isEqualTo(whole);
    }

    @Property(tries = 200)
    void theOrderOfCallsAndHowTheyAreSummedMakeNoDifference(
            @ForAll("terms") BillingTerms terms, @ForAll("calls") List<BilledCalls> calls, @ForAll long seed) {
        List<BilledCalls> shuffled = new ArrayList<>();
        calls.forEach(call -> {
            shuffled.add(new BilledCalls(call.at(), call.keyId(), call.endpoint(), call.paid(), 0));
            shuffled.add(new BilledCalls(call.at(), call.keyId(), call.endpoint(), 0, call.uncached()));
        });
        Collections.shuffle(shuffled, new Random(seed));
        for (Grouping grouping : Grouping.values()) {
            assertThat(savings(terms, START, END, shuffled, grouping))
                    .isEqualTo(savings(terms, START, END, calls, grouping));
        }
    }

    @Property(tries = 200)
    void oneMorePaidCallNeverCostsLessNorChangesTheOtherBill(
            @ForAll("terms") BillingTerms terms, @ForAll("calls") List<BilledCalls> calls,
            @ForAll @IntRange(max = HOURS - 1) int hour) {
        Saving before = savings(terms, START, END, calls, Grouping.MONTH).total();
        List<BilledCalls> more = new ArrayList<>(calls);
        // A key that has an account already: another one's fee would be added.
        long key = calls.stream().mapToLong(BilledCalls::keyId).findFirst().orElse(1);
        more.add(new BilledCalls(START.plus(Duration.ofHours(hour)), key, "properties", 1, 0));
        Saving after = savings(terms, START, END, more, Grouping.MONTH).total();
        assertThat(after.paid().callsMicros() - before.paid().callsMicros())
                .isBetween(0L, terms.plan().overagePriceMicros());
        assertThat(after.withoutCache().callsMicros()).isEqualTo(before.withoutCache().callsMicros());
    }

    @Property(tries = 200)
    void whereNothingWasCalledThatWasNotAskedNothingIsLost(
            @ForAll("terms") BillingTerms terms, @ForAll("calls") List<BilledCalls> calls) {
        List<BilledCalls> hits = calls.stream().map(call -> new BilledCalls(
                call.at(), call.keyId(), call.endpoint(), Math.min(call.paid(), call.uncached()), call.uncached()))
                .toList();
        assertThat(savings(terms, START, END, hits, Grouping.MONTH).total().savedMicros()).isNotNegative();
    }

    @Property(tries = 200)
    void theInvoicesSumToThePaidBill(
            @ForAll("plans") Plan plan, @ForAll @IntRange(min = 1, max = 31) int day,
            @ForAll("calls") List<BilledCalls> calls) {
        BillingTerms terms = new BillingTerms(plan, day, ZONES.get(2), false);
        for (BillingMonth month : terms.months(START, END)) {
            List<BilledCalls> its = calls.stream().filter(call -> terms.month(call.at()).equals(month)).toList();
            List<Invoice> invoices = Invoice.of(terms, month, month.end(), START, its);
            long paid = its.stream().mapToLong(BilledCalls::paid).sum();
            assertThat(invoices.stream().mapToLong(invoice -> invoice.total().micros()).sum())
                    .isEqualTo(plan.billOf(paid));
            assertThat(invoices.stream().mapToLong(invoice -> invoice.total().calls()).sum()).isEqualTo(paid);
            assertThat(invoices.stream().mapToLong(Invoice::answers).sum())
                    .isEqualTo(its.stream().mapToLong(BilledCalls::uncached).sum());
            assertThat(invoices).allSatisfy(invoice -> assertThat(invoice.lines()).isNotEmpty());
        }
    }

    @Property(tries = 100)
    void aKeysInvoiceIsItsRowOfTheSavings(
            @ForAll("plans") Plan plan, @ForAll("calls") List<BilledCalls> calls) {
        BillingTerms terms = new BillingTerms(plan, 1, ZONES.get(0), false);
        BillingMonth month = terms.month(Instant.parse("2026-03-10T00:00:00Z"));
        Savings byKey = savings(terms, month.start(), month.end(), calls, Grouping.KEY);
        Invoice.of(terms, month, month.end(), START, seen(terms, month.start(), month.end(), calls)).forEach(invoice ->
                assertThat(byKey.rows().get(Long.toString(invoice.keyId())).paid()).isEqualTo(invoice.total()));
    }

    @Example
    void theIncludedCallsAreTheMonthsFirstAndTheFeeItsFirstDays() {
        Plan plan = new Plan(74_000_000, 100, 60_000);
        BillingTerms terms = new BillingTerms(plan, 1, ZONES.get(0), false);
        Instant first = Instant.parse("2026-03-01T00:00:00Z");
        List<BilledCalls> calls = List.of(
                new BilledCalls(first.plus(Duration.ofDays(1)), 1, "properties", 60, 200),
                new BilledCalls(first.plus(Duration.ofDays(5)), 2, "market_stats", 60, 60));

        Savings byDay = savings(terms, first, first.plus(Duration.ofDays(31)), calls, Grouping.DAY);
        assertThat(byDay.rows()).containsOnlyKeys("2026-03-01", "2026-03-02", "2026-03-06");
        assertThat(byDay.rows().get("2026-03-01")).isEqualTo(new Saving(
                new Bill(0, 74_000_000, 0), new Bill(0, 74_000_000, 0)));
        assertThat(byDay.rows().get("2026-03-02")).isEqualTo(new Saving(
                new Bill(200, 0, 6_000_000), new Bill(60, 0, 0)));
        assertThat(byDay.rows().get("2026-03-06")).isEqualTo(new Saving(
                new Bill(60, 0, 3_600_000), new Bill(60, 0, 1_200_000)));
        assertThat(byDay.total().savedMicros()).isEqualTo(8_400_000);

        Savings later = savings(
                terms, first.plus(Duration.ofDays(4)), first.plus(Duration.ofDays(31)), calls, Grouping.KEY);
        assertThat(later.rows()).containsOnlyKeys("2");
        assertThat(later.total()).isEqualTo(byDay.rows().get("2026-03-06"));

        Savings byKey = savings(terms, first, first.plus(Duration.ofDays(31)), calls, Grouping.KEY);
        assertThat(byKey.rows().get("1").paid()).isEqualTo(new Bill(60, 56_923_077, 600_000));
        assertThat(byKey.rows().get("2").paid()).isEqualTo(new Bill(60, 17_076_923, 600_000));
    }

    @Example
    void warmingIsPaidByNobodysKeyAndMayLoseMoney() {
        BillingTerms terms = new BillingTerms(new Plan(0, 0, 30_000), 1, ZONES.get(0), false);
        List<BilledCalls> calls = List.of(
                new BilledCalls(START, 0, "properties", 5, 0), new BilledCalls(START, 1, "properties", 1, 3));
        Savings savings = savings(terms, START, END, calls, Grouping.KEY);
        assertThat(savings.rows().get("0").savedMicros()).isEqualTo(-150_000);
        assertThat(savings.rows().get("1").savedMicros()).isEqualTo(60_000);
    }

    @Example
    void whereConsumersPayEachHasIncludedCallsAndAFeeOfItsOwn() {
        Plan plan = new Plan(10, 5, 1);
        List<BilledCalls> calls = List.of(
                new BilledCalls(START, 1, "properties", 6, 8), new BilledCalls(START, 2, "properties", 3, 9));
        Instant end = START.plus(Duration.ofDays(1));
        Savings apart = savings(new BillingTerms(plan, 31, ZONES.get(0), true), START, end, calls, Grouping.KEY);
        assertThat(apart.accounts()).isEqualTo(2);
        assertThat(apart.rows().get("1")).isEqualTo(new Saving(new Bill(8, 10, 3), new Bill(6, 10, 1)));
        assertThat(apart.rows().get("2")).isEqualTo(new Saving(new Bill(9, 10, 4), new Bill(3, 10, 0)));
        Savings shared = savings(new BillingTerms(plan, 31, ZONES.get(0), false), START, end, calls, Grouping.KEY);
        assertThat(shared.accounts()).isEqualTo(1);
        assertThat(shared.total()).isEqualTo(new Saving(new Bill(17, 10, 12), new Bill(9, 10, 4)));
    }

    @Example
    void aFeeThatNobodyUsedIsNobodysAndThoseBeforeTheFirstRecordAreNotCounted() {
        BillingTerms terms = new BillingTerms(new Plan(10, 5, 1), 1, ZONES.get(0), false);
        Instant from = Instant.parse("2026-01-01T00:00:00Z");
        Instant to = Instant.parse("2026-05-01T00:00:00Z");
        Savings months = Savings.of(
                terms, from, to, Instant.parse("2026-03-20T00:00:00Z"), List.of(), Grouping.MONTH);
        assertThat(months.rows()).containsOnlyKeys("2026-03-01", "2026-04-01");
        Savings keys = Savings.of(terms, from, to, Instant.parse("2026-03-20T00:00:00Z"), List.of(), Grouping.KEY);
        assertThat(keys.rows()).containsOnlyKeys("0");
        assertThat(keys.total().paid()).isEqualTo(new Bill(0, 20, 0));
        assertThat(Savings.of(terms, from, to, null, List.of(), Grouping.KEY).total()).isEqualTo(Saving.NONE);
    }
}

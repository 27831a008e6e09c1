package systems.supported.rentcache.analytics;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.Plan;

/**
 * The calls of one account in one billing month, as far as a report looks at it, and what they cost: the bill of all
 * calls up to its end, less that of the calls before it. Pure.
 *
 * @param terms   by what they are billed
 * @param account whose account it is
 * @param month   the billing month
 * @param begins  whether the report has the month's first moment in it
 * @param before  the month's calls before the report begins
 * @param within  those in it
 */
record AccountMonth(
        BillingTerms terms,
        long account,
        BillingMonth month,
        boolean begins,
        List<BilledCalls> before,
        List<BilledCalls> within) {

    /** A key's use of an endpoint: the smallest part of a month that has a share of its bill. */
    record Cell(long keyId, String endpoint) implements Comparable<Cell> {
        /** On which a fee falls where nobody asked anything. */
        static final Cell NOBODY = new Cell(0, "none");
        private static final Comparator<Cell> ORDER =
                Comparator.comparingLong(Cell::keyId).thenComparing(Cell::endpoint);

        static Cell of(BilledCalls calls) {
            return new Cell(calls.keyId(), calls.endpoint());
        }

        @Override
        public int compareTo(Cell other) {
            return ORDER.compare(this, other);
        }
    }

    /** Both bills. */
    Saving whole() {
        return new Saving(
                new Bill(sum(within, BilledCalls::uncached), feeMicros(), overage(BilledCalls::uncached)),
                new Bill(sum(within, BilledCalls::paid), feeMicros(), overage(BilledCalls::paid)));
    }

    /** What each day added to the bills; the fee is that of the day on which it is due. */
    SortedMap<LocalDate, Saving> byDay() {
        SortedMap<LocalDate, Saving> days = new TreeMap<>();
        if (feeMicros() > 0) {
            Bill fee = new Bill(0, feeMicros(), 0);
            days.put(feeDay(), new Saving(fee, fee));
        }
        Map<LocalDate, List<BilledCalls>> calls = within.stream()
                .collect(Collectors.groupingBy(call -> terms.day(call.at()), TreeMap::new, Collectors.toList()));
        long uncached = sum(before, BilledCalls::uncached);
        long paid = sum(before, BilledCalls::paid);
        for (Map.Entry<LocalDate, List<BilledCalls>> day : calls.entrySet()) {
            Bill without = added(uncached, sum(day.getValue(), BilledCalls::uncached));
            Bill really = added(paid, sum(day.getValue(), BilledCalls::paid));
            days.merge(day.getKey(), new Saving(without, really), Saving::plus);
            uncached += without.calls();
            paid += really.calls();
        }
        return days;
    }

    /** The bill of calls that follow others in the month. */
    private Bill added(long soFar, long calls) {
        Plan plan = terms.plan();
        return new Bill(calls, 0, plan.overageOf(soFar + calls) - plan.overageOf(soFar));
    }

    /**
     * What falls on each key's use of each endpoint: of the price of calls past the included ones in proportion to its
     * calls, of the fee in proportion to what it was answered. Both bills have the same fee, and share it in the same
     * way, so nobody saves of it.
     */
    SortedMap<Cell, Saving> byCell() {
        SortedMap<Cell, Long> uncached = cells(BilledCalls::uncached);
        SortedMap<Cell, Long> paid = cells(BilledCalls::paid);
        Map<Cell, Long> fee = Apportionment.of(feeMicros(), feeWeights(uncached, paid));
        Map<Cell, Long> without = Apportionment.of(overage(BilledCalls::uncached), uncached);
        Map<Cell, Long> really = Apportionment.of(overage(BilledCalls::paid), paid);
        SortedMap<Cell, Saving> shares = new TreeMap<>();
        fee.forEach((cell, micros) -> shares.put(cell, new Saving(
                new Bill(uncached.getOrDefault(cell, 0L), micros, without.getOrDefault(cell, 0L)),
                new Bill(paid.getOrDefault(cell, 0L), micros, really.getOrDefault(cell, 0L)))));
        return shares;
    }

    /** By answers; where there were none, as in a month of warming alone, by calls; else it is nobody's. */
    private static SortedMap<Cell, Long> feeWeights(SortedMap<Cell, Long> uncached, SortedMap<Cell, Long> paid) {
        if (uncached.values().stream().anyMatch(calls -> calls > 0)) {
            return uncached;
        }
        if (paid.values().stream().anyMatch(calls -> calls > 0)) {
            return paid;
        }
        SortedMap<Cell, Long> nobody = new TreeMap<>(uncached);
        nobody.put(Cell.NOBODY, 1L);
        return nobody;
    }

    /** Calls by cell; each cell is there, whichever calls are summed. */
    private SortedMap<Cell, Long> cells(ToLongFunction<BilledCalls> calls) {
        return within.stream().collect(Collectors.toMap(
                Cell::of, calls::applyAsLong, Math::addExact, TreeMap::new));
    }

    /**
     * Whether the fee is due in the report: at the month's first moment. That an account of a consumer's own is there at
     * all its first call tells, so its fee falls on that.
     */
    boolean feeDue() {
        return terms.consumerPays() ? before.isEmpty() && !within.isEmpty() : begins;
    }

    private LocalDate feeDay() {
        return terms.consumerPays()
                ? within.stream().map(call -> terms.day(call.at())).min(Comparator.naturalOrder()).orElseThrow()
                : month.firstDay();
    }

    private long feeMicros() {
        return feeDue() ? terms.plan().feeMicros() : 0;
    }

    private long overage(ToLongFunction<BilledCalls> calls) {
        return added(sum(before, calls), sum(within, calls)).callsMicros();
    }

    private static long sum(List<BilledCalls> all, ToLongFunction<BilledCalls> calls) {
        long sum = 0;
        for (BilledCalls one : all) {
            sum = Math.addExact(sum, calls.applyAsLong(one));
        }
        return sum;
    }
}

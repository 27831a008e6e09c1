package systems.supported.rentcache.analytics;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import systems.supported.rentcache.limits.BillingMonth;

/**
 * What a key has to bear of the bill that was paid for a billing month: of calls past the included ones as much as its
 * own requests called, of the fee as much as it was answered. The invoices of a month sum to its bill exactly. Pure.
 *
 * @param keyId the key; 0 for what nobody's request caused
 * @param lines one an endpoint, in the order of their names
 */
public record Invoice(long keyId, List<Line> lines) {
    /**
     * What an endpoint cost a key.
     *
     * @param endpoint the catalog's name
     * @param answers  answers that Rentcast would have billed had each been fetched for itself
     * @param share    of the paid bill
     */
    public record Line(String endpoint, long answers, Bill share) {
    }

    /** Keeps a copy of the lines. */
    public Invoice {
        lines = List.copyOf(lines);
    }

    /**
     * The invoices of a billing month, in the order of their keys.
     *
     * @param month the month
     * @param to    up to when calls count, the month's end or earlier
     * @param since from when on there are records at all, or null where there are none
     * @param calls all calls of the month before {@code to}, in any order
     */
    public static List<Invoice> of(
            BillingTerms terms, BillingMonth month, Instant to, Instant since, List<BilledCalls> calls) {
        SortedMap<Long, List<Line>> keys = new TreeMap<>();
        Savings.accountMonths(terms, month.start(), to, since, calls).forEach(account ->
                account.byCell().forEach((cell, saving) -> {
                    if (!saving.equals(Saving.NONE)) {
                        keys.computeIfAbsent(cell.keyId(), first -> new ArrayList<>()).add(
                                new Line(cell.endpoint(), saving.withoutCache().calls(), saving.paid()));
                    }
                }));
        return keys.entrySet().stream().map(key -> new Invoice(key.getKey(), key.getValue())).toList();
    }

    /** Its sum. */
    public Bill total() {
        return lines.stream().map(Line::share).reduce(Bill.NONE, Bill::plus);
    }

    /** All its answers that Rentcast would have billed. */
    public long answers() {
        return lines.stream().mapToLong(Line::answers).sum();
    }
}

package systems.supported.rentcache.analytics;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import systems.supported.rentcache.limits.BillingMonth;

/**
 * What a time cost, and what the same answers would have cost without the cache.
 *
 * <p>Each of the two is a bill: for a billing month it is the plan's fee and the price of all calls past those that the
 * fee includes. So a single request saves nothing that could be told of it alone, and days, keys and endpoints have
 * shares of the two bills, which sum to them exactly. A time that is a part of a month has what it added to the month's
 * bill, and the fee where the month's first moment is in it. Pure.
 *
 * @param total    the two bills
 * @param rows     their shares, in their order: by day or the first day of a billing month, by a key's id, or by an
 *                 endpoint's name
 * @param accounts how many accounts they are of
 */
public record Savings(Saving total, SortedMap<String, Saving> rows, long accounts) {

    /** What a row is. */
    public enum Grouping {
        /** A day in the account's zone. */
        DAY,
        /** A billing month. */
        MONTH,
        /** A key. */
        KEY,
        /** An endpoint. */
        ENDPOINT
    }

    /** Whose bill of which month. */
    private record Slot(long account, BillingMonth month) {
    }

    /**
     * The savings of a time.
     *
     * @param from  its first moment
     * @param to    the first moment after it, later than {@code from}
     * @param since from when on there are records at all, or null where there are none: the fee of a month that ended
     *              before is left out
     * @param calls all calls before {@code to} from the beginning of the billing month of {@code from} on, in any order
     * @throws ArithmeticException where a bill comes to more than 9 trillion dollars
     */
    public static Savings of(
            BillingTerms terms, Instant from, Instant to, Instant since, List<BilledCalls> calls, Grouping grouping) {
        List<AccountMonth> months = accountMonths(terms, from, to, since, calls);
        Saving total = Saving.NONE;
        SortedMap<String, Saving> rows = new TreeMap<>(grouping == Grouping.KEY
                ? Comparator.comparingLong(Long::parseLong) : Comparator.<String>naturalOrder());
        for (AccountMonth month : months) {
            total = total.plus(month.whole());
            add(rows, month, grouping);
        }
        rows.values().removeIf(Saving.NONE::equals);
        return new Savings(
                total, rows, terms.consumerPays() ? months.stream().map(AccountMonth::account).distinct().count() : 1);
    }

    private static void add(SortedMap<String, Saving> rows, AccountMonth month, Grouping grouping) {
        switch (grouping) {
            case DAY -> month.byDay().forEach((day, saving) -> rows.merge(day.toString(), saving, Saving::plus));
            case MONTH -> rows.merge(month.month().id(), month.whole(), Saving::plus);
            case KEY -> month.byCell().forEach((cell, saving) ->
                    rows.merge(Long.toString(cell.keyId()), saving, Saving::plus));
            case ENDPOINT -> month.byCell().forEach((cell, saving) ->
                    rows.merge(cell.endpoint(), saving, Saving::plus));
            default -> throw new IllegalArgumentException("not a grouping: " + grouping);
        }
    }

    /** The bills that a time touches, each with its calls. */
    static List<AccountMonth> accountMonths(
            BillingTerms terms, Instant from, Instant to, Instant since, List<BilledCalls> calls) {
        Map<Slot, AccountMonth> months = new LinkedHashMap<>();
        if (!terms.consumerPays()) {
            terms.months(from, to).forEach(month -> months.put(
                    new Slot(BillingTerms.SHARED_ACCOUNT, month),
                    empty(terms, BillingTerms.SHARED_ACCOUNT, month, from, since)));
        }
        for (BilledCalls call : calls) {
            if (call.paid() == 0 && call.uncached() == 0) {
                continue;
            }
            long account = terms.account(call.keyId());
            BillingMonth month = terms.month(call.at());
            AccountMonth its = months.computeIfAbsent(
                    new Slot(account, month), slot -> empty(terms, account, month, from, since));
            (call.at().isBefore(from) ? its.before() : its.within()).add(call);
        }
        months.values().removeIf(month -> !month.feeDue() && month.within().isEmpty());
        return List.copyOf(months.values());
    }

    private static AccountMonth empty(
            BillingTerms terms, long account, BillingMonth month, Instant from, Instant since) {
        boolean begins = !month.start().isBefore(from);
        boolean recorded = since != null && month.end().isAfter(since);
        return new AccountMonth(terms, account, month, begins && recorded, new ArrayList<>(), new ArrayList<>());
    }
}

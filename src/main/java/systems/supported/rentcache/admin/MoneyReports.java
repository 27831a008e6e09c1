package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import systems.supported.rentcache.analytics.BilledCalls;
import systems.supported.rentcache.analytics.BilledCallsStore;
import systems.supported.rentcache.analytics.BillingTerms;
import systems.supported.rentcache.analytics.Invoice;
import systems.supported.rentcache.analytics.PlanComparison;
import systems.supported.rentcache.analytics.Savings;
import systems.supported.rentcache.analytics.Savings.Grouping;
import systems.supported.rentcache.analytics.Span;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.ApiKeyStore;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.UpstreamKey;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BillingMonth;

/**
 * What was saved, what other plans would have cost, and who has to bear the bill: operations of the admin API, and
 * commands. Thread-safe.
 */
public final class MoneyReports {
    /** What names the present billing month. */
    public static final String CURRENT = "current";
    private static final String CSV = "csv";

    private final BilledCallsStore calls;
    private final ApiKeyStore keys;
    private final BudgetStore ledger;
    private final BillingTerms terms;
    private final InstantSource clock;

    /** Reports over what is kept, by the terms of the settings. */
    public MoneyReports(
            BilledCallsStore calls, ApiKeyStore keys, BudgetStore ledger, Settings settings, InstantSource clock) {
        this.calls = calls;
        this.keys = keys;
        this.ledger = ledger;
        this.terms = terms(settings);
        this.clock = clock;
    }

    /** By what terms calls are billed. */
    static BillingTerms terms(Settings settings) {
        boolean consumerPays =
                settings.upstream().keyMode() == UpstreamKey.CONSUMER && !settings.sandbox().enabled();
        return new BillingTerms(
                settings.spending().plan(), settings.spending().billingDay(), settings.limiting().zone(),
                consumerPays);
    }

    /** The operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of(
                "savings", call -> refusing(() -> savings(
                        call.text("from"), call.text("to"), grouping(call.text("groupBy"))))
                        .map(report -> CSV.equals(call.text("format"))
                                ? Document.csv(report.csv()) : Document.of(report.json())),
                "comparePlans", call -> refusing(() -> plans(call.text("month")))
                        .map(report -> Document.of(report.json())),
                "invoices", call -> refusing(() -> invoices(
                        call.text("month"), Optional.ofNullable(call.parameters().getLong("key"))))
                        .map(report -> CSV.equals(call.text("format"))
                                ? Document.csv(report.csv()) : Document.of(report.json())));
    }

    private static <T> Future<T> refusing(Supplier<Future<T>> report) {
        try {
            return report.get();
        } catch (RefusedCall refused) {
            return Future.failedFuture(refused);
        }
    }

    private static Grouping grouping(String name) {
        return name == null ? Grouping.DAY : Grouping.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /**
     * What a time cost and would have cost.
     *
     * @param from its first moment, a time or a day; null for the beginning of the billing month
     * @param to   the first moment after it; null for now
     * @throws RefusedCall where one of them is not allowed
     */
    public Future<SavingsReport> savings(String from, String to, Grouping grouping) {
        Instant now = clock.instant();
        Instant end = nextSecond(now);
        ReportTime asked = ReportTime.of(from, to, terms.month(now).start(), end, terms.zone());
        Span span = isOfDays(asked, end) ? Span.DAY : Span.HOUR;
        ReportTime time = span == Span.DAY ? asked : asked.inWholeHours(end);
        return calls.since().compose(since -> calls(span, time, grouping).compose(counted -> names().map(names ->
                counted(() -> new SavingsReport(time, terms, grouping, Savings.of(
                        terms, time.from(), time.to(), since.orElse(null), counted, grouping), names)))));
    }

    /** Whether a time is made of whole days; the present one counts as far as it has come. */
    private boolean isOfDays(ReportTime time, Instant end) {
        return isMidnight(time.from()) && (time.to().equals(end) || isMidnight(time.to()));
    }

    private boolean isMidnight(Instant moment) {
        return terms.day(moment).atStartOfDay(terms.zone()).toInstant().equals(moment);
    }

    /** All calls of a time, and those before it in its first billing month. */
    private Future<List<BilledCalls>> calls(Span span, ReportTime time, Grouping grouping) {
        if (grouping == Grouping.DAY) {
            return calls.bySpan(span, terms.month(time.from()).start(), time.to(), terms.consumerPays());
        }
        List<Future<List<BilledCalls>>> parts = new ArrayList<>();
        for (BillingMonth month : terms.months(time.from(), time.to())) {
            Instant begin = month.start().isBefore(time.from()) ? time.from() : month.start();
            if (month.start().isBefore(begin)) {
                parts.add(calls.byCell(span, month.start(), begin));
            }
            parts.add(calls.byCell(span, begin, month.end().isBefore(time.to()) ? month.end() : time.to()));
        }
        return Future.all(parts).map(done -> parts.stream().flatMap(part -> part.result().stream()).toList());
    }

    /**
     * What a billing month would have cost under other plans.
     *
     * @param month its first day, or null for the present one
     * @throws RefusedCall where no billing month begins then
     */
    public Future<PlanReport> plans(String month) {
        Instant now = clock.instant();
        BillingMonth asked = month(month, now);
        return ofMonth(asked, now, (since, counted) -> new PlanReport(
                asked, isOver(asked, now), terms,
                PlanComparison.of(terms, asked, end(asked, now), since, counted)));
    }

    /**
     * The invoices of a billing month.
     *
     * @param month its first day, or {@value #CURRENT}
     * @param key   the id of the only key whose invoice is wanted; empty for all
     * @throws RefusedCall where no billing month begins then, or the keys pay by themselves
     */
    public Future<InvoiceReport> invoices(String month, Optional<Long> key) {
        if (terms.consumerPays()) {
            throw RefusedCall.conflict("With UPSTREAM_KEY=consumer each key pays Rentcast by itself, so there is nothing "
                    + "to invoice. The savings by key say what each paid.");
        }
        Instant now = clock.instant();
        BillingMonth asked = month(month, now);
        return ledgerCalls(asked).compose(inLedger -> names().compose(names -> ofMonth(asked, now, (since, counted) -> {
            List<Invoice> all = Invoice.of(terms, asked, end(asked, now), since, counted);
            return new InvoiceReport(
                    asked, isOver(asked, now), terms,
                    Savings.of(terms, asked.start(), end(asked, now), since, counted, Grouping.MONTH).total().paid(),
                    inLedger, all.stream().filter(invoice -> key.isEmpty() || key.get() == invoice.keyId()).toList(),
                    names);
        })));
    }

    /** What is made of the calls of a billing month. */
    @FunctionalInterface
    private interface OfCalls<T> {
        T of(Instant since, List<BilledCalls> calls);
    }

    private <T> Future<T> ofMonth(BillingMonth month, Instant now, OfCalls<T> report) {
        return calls.since().compose(since -> calls.byCell(Span.DAY, month.start(), end(month, now))
                .map(counted -> counted(() -> report.of(since.orElse(null), counted))));
    }

    private static <T> T counted(Supplier<T> report) {
        try {
            return report.get();
        } catch (ArithmeticException tooMuch) {
            throw RefusedCall.conflict("A bill comes to more than 9 trillion dollars. The settings PLAN_FEE and "
                    + "PLAN_OVERAGE_PRICE say what a month and a call cost.");
        }
    }

    private static boolean isOver(BillingMonth month, Instant now) {
        return !now.isBefore(month.end());
    }

    /** Up to when calls are counted. */
    private static Instant end(BillingMonth month, Instant now) {
        return nextSecond(now).isBefore(month.end()) ? nextSecond(now) : month.end();
    }

    /** The end of all that there is: what was asked in this second is in it. */
    private static Instant nextSecond(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }

    private BillingMonth month(String firstDay, Instant now) {
        if (firstDay == null || firstDay.equals(CURRENT)) {
            return terms.month(now);
        }
        BillingMonth month;
        try {
            month = terms.month(LocalDate.parse(firstDay).atStartOfDay(terms.zone()).toInstant());
        } catch (DateTimeParseException notADay) {
            throw RefusedCall.invalid("month", firstDay, "the first day of a billing month, such as 2026-03-15");
        }
        if (!month.id().equals(firstDay)) {
            throw RefusedCall.invalid("month", firstDay, "the first day of a billing month; that of the one around this "
                    + "day is " + month.id());
        }
        if (month.start().isAfter(now)) {
            throw RefusedCall.invalid("month", firstDay, "a billing month that has begun; the present one did on "
                    + terms.month(now).id());
        }
        return month;
    }

    private Future<Long> ledgerCalls(BillingMonth month) {
        return ledger.uses(month.id()).map(uses -> uses.stream()
                .filter(use -> use.scope().equals(BudgetScope.ACCOUNT))
                .mapToLong(BudgetUse::committedCalls).sum());
    }

    private Future<Map<Long, String>> names() {
        return keys.list(true, 0, Integer.MAX_VALUE)
                .map(all -> all.stream().collect(Collectors.toMap(ApiKey::id, ApiKey::name)));
    }
}

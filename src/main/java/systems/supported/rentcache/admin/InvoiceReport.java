package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import systems.supported.rentcache.analytics.Bill;
import systems.supported.rentcache.analytics.BillingTerms;
import systems.supported.rentcache.analytics.Invoice;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.Dollars;

/**
 * The invoices of a billing month.
 *
 * @param month       the month
 * @param complete    whether it is over
 * @param terms       by what terms it was billed
 * @param paid        its bill: the sum of all its invoices, also where only one is shown
 * @param ledgerCalls how many calls the budget's ledger counted in it: more than are on the bill where a crash lost
 *                    usage records
 * @param invoices    the invoices that were asked for
 * @param keys        the names of keys by their ids
 */
public record InvoiceReport(
        BillingMonth month,
        boolean complete,
        BillingTerms terms,
        Bill paid,
        long ledgerCalls,
        List<Invoice> invoices,
        Map<Long, String> keys) {

    /** The invoices as JSON. */
    public JsonObject json() {
        return new JsonObject()
                .put("month", month.id())
                .put("from", month.start().toString())
                .put("to", month.end().toString())
                .put("complete", complete)
                .put("plan", BillView.json(terms.plan(), terms))
                .put("paid", BillView.json(paid))
                .put("ledgerCalls", ledgerCalls)
                .put("invoices", new JsonArray(invoices.stream().map(this::json).toList()));
    }

    private JsonObject json(Invoice invoice) {
        return BillView.json(invoice.total())
                .put("key", invoice.keyId())
                .put("keyName", keys.get(invoice.keyId()))
                .put("answers", invoice.answers())
                .put("lines", new JsonArray(invoice.lines().stream().map(line -> BillView.json(line.share())
                        .put("endpoint", line.endpoint())
                        .put("answers", line.answers())).toList()));
    }

    /** The lines of all invoices as comma-separated values, without totals, money in dollars. */
    public String csv() {
        Csv csv = Csv.of("month", "key", "key_name", "endpoint", "answers", "paid_calls", "fee_dollars", "calls_dollars",
                "dollars");
        invoices.forEach(invoice -> invoice.lines().forEach(line -> csv.row(
                month.id(), invoice.keyId(), keys.get(invoice.keyId()), line.endpoint(), line.answers(),
                line.share().calls(), Dollars.of(line.share().feeMicros()), Dollars.of(line.share().callsMicros()),
                Dollars.of(line.share().micros()))));
        return csv.toString();
    }
}

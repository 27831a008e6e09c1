package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import systems.supported.rentcache.analytics.BillingTerms;
import systems.supported.rentcache.analytics.Saving;
import systems.supported.rentcache.analytics.Savings;
import systems.supported.rentcache.analytics.Savings.Grouping;
import systems.supported.rentcache.limits.Dollars;

/**
 * The two bills of a time, and their shares.
 *
 * @param time     of which
 * @param terms    by what terms they were billed
 * @param grouping what a row is
 * @param savings  the bills
 * @param keys     the names of keys by their ids
 */
public record SavingsReport(
        ReportTime time, BillingTerms terms, Grouping grouping, Savings savings, Map<Long, String> keys) {

    /** The report as JSON. */
    public JsonObject json() {
        JsonArray rows = new JsonArray();
        savings.rows().forEach((name, saving) -> rows.add(json(name, saving)));
        return put(new JsonObject()
                .put("from", time.from().toString())
                .put("to", time.to().toString())
                .put("groupBy", name())
                .put("plan", BillView.json(terms.plan(), terms))
                .put("consumerPays", terms.consumerPays())
                .put("accounts", savings.accounts()), savings.total())
                .put("rows", rows);
    }

    private JsonObject json(String name, Saving saving) {
        JsonObject row = new JsonObject();
        if (grouping == Grouping.KEY) {
            row.put("key", Long.parseLong(name)).put("keyName", keyName(name));
        } else {
            row.put(name(), name);
        }
        return put(row, saving);
    }

    private static JsonObject put(JsonObject json, Saving saving) {
        return json.put("withoutCache", BillView.json(saving.withoutCache()))
                .put("paid", BillView.json(saving.paid()))
                .put("savedMicros", saving.savedMicros());
    }

    /** The rows as comma-separated values, without a total, money in dollars. */
    public String csv() {
        boolean ofKeys = grouping == Grouping.KEY;
        Csv csv = ofKeys
                ? Csv.of("key", "key_name", "without_cache_calls", "without_cache_dollars", "paid_calls", "paid_dollars",
                        "saved_dollars")
                : Csv.of(name(), "without_cache_calls", "without_cache_dollars", "paid_calls", "paid_dollars",
                        "saved_dollars");
        savings.rows().forEach((name, saving) -> {
            Object without = Dollars.of(saving.withoutCache().micros());
            Object paid = Dollars.of(saving.paid().micros());
            Object saved = Dollars.of(saving.savedMicros());
            if (ofKeys) {
                csv.row(name, keyName(name), saving.withoutCache().calls(), without, saving.paid().calls(), paid, saved);
            } else {
                csv.row(name, saving.withoutCache().calls(), without, saving.paid().calls(), paid, saved);
            }
        });
        return csv.toString();
    }

    /** The name of a row's key; null where it has none. */
    public String keyName(String id) {
        return keys.get(Long.parseLong(id));
    }

    private String name() {
        return grouping.name().toLowerCase(Locale.ROOT);
    }
}

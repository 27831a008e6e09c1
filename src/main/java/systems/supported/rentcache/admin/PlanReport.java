package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import systems.supported.rentcache.analytics.BillingTerms;
import systems.supported.rentcache.analytics.PlanComparison;
import systems.supported.rentcache.limits.BillingMonth;

/**
 * What a billing month would have cost under other plans.
 *
 * @param month    the month
 * @param complete whether it is over; of one that is not, the fees count in full and the calls so far
 * @param terms    by what terms it was billed
 * @param plans    the plans and their bills
 */
public record PlanReport(BillingMonth month, boolean complete, BillingTerms terms, PlanComparison plans) {

    /** The plans as JSON. */
    public JsonObject json() {
        return new JsonObject()
                .put("month", month.id())
                .put("from", month.start().toString())
                .put("to", month.end().toString())
                .put("complete", complete)
                .put("plans", new JsonArray(plans.offers().stream().map(this::json).toList()));
    }

    private JsonObject json(PlanComparison.Offer offer) {
        return new JsonObject()
                .put("plan", BillView.json(offer.plan(), terms))
                .put("inForce", offer.inForce())
                .put("cheapest", offer.equals(plans.cheapest()))
                .put("withoutCache", BillView.json(offer.bills().withoutCache()))
                .put("paid", BillView.json(offer.bills().paid()))
                .put("savedMicros", offer.bills().savedMicros());
    }
}

package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonObject;
import systems.supported.rentcache.analytics.Bill;
import systems.supported.rentcache.analytics.BillingTerms;
import systems.supported.rentcache.analytics.PlanComparison;
import systems.supported.rentcache.limits.Plan;

/** Plans and bills as they are shown to machines. */
final class BillView {
    private BillView() {
    }

    static JsonObject json(Bill bill) {
        return new JsonObject()
                .put("calls", bill.calls())
                .put("micros", bill.micros())
                .put("feeMicros", bill.feeMicros())
                .put("callsMicros", bill.callsMicros());
    }

    static JsonObject json(Plan plan, BillingTerms terms) {
        return new JsonObject()
                .put("name", PlanComparison.name(plan).orElse(null))
                .put("feeMicros", plan.feeMicros())
                .put("includedCalls", plan.includedCalls())
                .put("overagePriceMicros", plan.overagePriceMicros())
                .put("billingDay", terms.billingDay())
                .put("timeZone", terms.zone().getId());
    }
}

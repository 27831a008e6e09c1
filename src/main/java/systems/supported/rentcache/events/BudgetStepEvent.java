package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A budget is spent so far that something follows; said once a billing month for each step, by one node.
 *
 * @param budget   {@code account}, {@code endpoint:NAME} or {@code key:ID}
 * @param percent  80, 90 or 100
 * @param calls    calls spent and reserved
 * @param micros   what they cost, in micro-dollars, without the plan's fee
 * @param period   the billing month's first day
 * @param renewsAt when the next one begins
 */
public record BudgetStepEvent(
        String budget, int percent, long calls, long micros, String period, Instant renewsAt) implements Event {
    @Override
    public String address() {
        return Addresses.BUDGET_STEP;
    }

    @Override
    public void addTo(JsonObject json) {
        json.put("budget", budget)
                .put("percent", percent)
                .put("calls", calls)
                .put("micros", micros)
                .put("period", period)
                .put("renewsAt", renewsAt.toString());
    }
}

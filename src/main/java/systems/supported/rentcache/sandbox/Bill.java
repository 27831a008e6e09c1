package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * What Rentcast would have billed. Only a 200 with a body is: one with {@code []} too, one that broke off in the middle
 * or that nobody waited for any more as well; no other status, and no call that hung.
 *
 * @param calls        requests that reached a path under {@code /v1}
 * @param billed       those of them that were billed
 * @param costMicros   their price, in micro-dollars
 * @param maxPerSecond the most calls that one key tried to make in any second
 * @param byEndpoint   calls by the catalog's names, all of them
 */
public record Bill(long calls, long billed, long costMicros, int maxPerSecond, Map<String, Counts> byEndpoint) {

    /**
     * One endpoint's share.
     *
     * @param calls  requests
     * @param billed those of them that were billed
     */
    public record Counts(long calls, long billed) {
    }

    /** The form that the admin path answers. */
    public JsonObject toJson() {
        JsonObject endpoints = new JsonObject();
        byEndpoint.forEach((name, counts) ->
                endpoints.put(name, JsonObject.of("calls", counts.calls(), "billed", counts.billed())));
        return JsonObject.of(
                "calls", calls, "billed", billed, "costMicros", costMicros, "maxPerSecond", maxPerSecond,
                "byEndpoint", endpoints);
    }
}

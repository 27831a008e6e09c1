package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * The circuit of an endpoint changed on a node.
 *
 * @param endpoint the catalog's name of the endpoint
 * @param state    {@code closed}, {@code open} or {@code half-open}
 * @param until    until when no call is made; null unless it is open
 */
public record UpstreamStateChanged(String endpoint, String state, Instant until) implements Event {
    @Override
    public String address() {
        return Addresses.UPSTREAM_STATE;
    }

    @Override
    public void addTo(JsonObject json) {
        json.put("endpoint", endpoint).put("state", state);
        if (until != null) {
            json.put("until", until.toString());
        }
    }
}

package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;

/**
 * A key was revoked, and the node that says so accepts it no longer. Every node says it.
 *
 * @param keyId the key's id
 */
public record KeyRevoked(long keyId) implements Event {
    @Override
    public String address() {
        return Addresses.KEY_REVOKED;
    }

    @Override
    public void addTo(JsonObject json) {
        json.put("keyId", keyId);
    }
}

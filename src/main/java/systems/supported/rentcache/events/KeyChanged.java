package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;

/**
 * A key was made or changed, and the node that says so goes by what it is now. Every node says it.
 *
 * @param keyId the key's id
 */
public record KeyChanged(long keyId) implements Event {
    @Override
    public String address() {
        return Addresses.KEY_CHANGED;
    }

    @Override
    public void addTo(JsonObject json) {
        json.put("keyId", keyId);
    }
}

package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonObject;
import systems.supported.rentcache.auth.ApiKey;

/**
 * A call of an operation, of the form that {@code openapi/admin.yaml} allows: defaults are not filled in.
 *
 * @param parameters the parameters of path and query by their names, with the types of the contract
 * @param body       the body; empty where there is none
 * @param caller     whose key calls
 */
public record Call(JsonObject parameters, JsonObject body, ApiKey caller) {
    /** The contract's default of {@code limit}. */
    public static final int LIMIT = 50;

    /** A parameter as text; null where it was not given. */
    public String text(String name) {
        return parameters.getString(name);
    }

    /** How many items are wanted at most. */
    public int limit() {
        return parameters.getInteger("limit", LIMIT);
    }

    /** How many items are left out before the first. */
    public int offset() {
        return parameters.getInteger("offset", 0);
    }
}

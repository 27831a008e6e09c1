package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;

/**
 * Makes a key and hands its value over, the only time that it is shown.
 *
 * @param root  the program
 * @param json  whether to print JSON
 * @param given the value where the caller gave it and so need not be told; null otherwise
 */
record KeyCreation(RentCacheCommand root, boolean json, String given) {
    /** Makes it in the form of a body of the admin API. */
    void run(Operations operations, JsonObject body) throws CommandFailure {
        JsonObject made = operations.call("createKey", new JsonObject(), withValue(body));
        JsonObject key = made.getJsonObject("key");
        handOver("Key '" + key.getString("name") + "' was made; its id is " + key.getLong("id") + ".", made);
    }

    /** A body with the value where there is one. */
    JsonObject withValue(JsonObject body) {
        return given == null ? body : body.put("value", given);
    }

    /** Prints a value that was just given to a key. */
    void handOver(String what, JsonObject made) {
        JsonObject key = made.getJsonObject("key");
        String value = given == null ? made.getString("value") : given;
        PrintWriter out = root.out();
        if (json) {
            JsonObject shown = new JsonObject()
                    .put("id", key.getLong("id")).put("name", key.getString("name")).put("key", value);
            out.println(shown.mergeIn(key).encodePrettily());
            return;
        }
        out.println(what);
        if (given != null) {
            out.println("Its value is the one that you gave.");
        } else {
            out.println();
            out.println("  " + value);
            out.println();
            out.println("Keep it safe: it cannot be shown again. It is sent as X-Api-Key: KEY or as Authorization: "
                    + "Bearer KEY.");
        }
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.config.Settings;

/**
 * Makes a key and hands its value over, the only time that it is shown.
 *
 * @param root  the program
 * @param json  whether to print JSON
 * @param known whether the caller knows the value and so need not be told
 */
record KeyCreation(RentCacheCommand root, boolean json, boolean known) {
    /** Makes it. */
    void run(Settings settings, KeySpec spec, String value, Instant now) throws Exception {
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            ApiKey key = database.awaitChange(database.keys().create(spec, value, now));
            handOver("Key '" + key.name() + "' was made; its id is " + key.id() + ".", key, value, settings, now);
        }
    }

    /** Prints a value that was just given to a key. */
    void handOver(String what, ApiKey key, String value, Settings settings, Instant now) {
        PrintWriter out = root.out();
        if (json) {
            JsonObject shown = new JsonObject().put("id", key.id()).put("name", key.name()).put("key", value);
            out.println(shown.mergeIn(new KeyView(settings, now).json(key)).encodePrettily());
            return;
        }
        out.println(what);
        if (known) {
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

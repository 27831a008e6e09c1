package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;

/** Hands a webhook's secret over, the only time that it is shown. */
final class WebhookSecret {
    private WebhookSecret() {
    }

    /**
     * Prints it.
     *
     * @param json whether to print JSON
     * @param what in words, what was done
     * @param made what the operation answered
     */
    static void print(RentCacheCommand root, boolean json, String what, JsonObject made) {
        PrintWriter out = root.out();
        if (json) {
            out.println(made.encodePrettily());
            return;
        }
        out.println(what + " It is signed with:");
        out.println();
        out.println("  " + made.getString("secret"));
        out.println();
        out.println("Give it to the receiver: it is not shown again.");
    }
}

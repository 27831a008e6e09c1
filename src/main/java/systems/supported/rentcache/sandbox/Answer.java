package systems.supported.rentcache.sandbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * What a call is answered with.
 *
 * @param status     the HTTP status
 * @param body       JSON
 * @param totalCount for {@code X-Total-Count}, or -1 for none
 */
record Answer(int status, Buffer body, long totalCount) {

    static Answer of(JsonObject json) {
        return new Answer(200, json.toBuffer(), -1);
    }

    static Answer of(JsonArray json, long totalCount) {
        return new Answer(200, json.toBuffer(), totalCount);
    }

    static Answer of(RentcastError error) {
        return new Answer(error.status(), error.toJson().toBuffer(), -1);
    }

    /** Whether Rentcast would bill it: a 200 with a body, however little is in it. */
    boolean isBilled() {
        return status == 200;
    }
}

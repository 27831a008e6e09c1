package systems.supported.rentcache.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * What an operation answers.
 *
 * @param status    the status of HTTP that says the same
 * @param mediaType the body's media type
 * @param body      the bytes
 */
public record Document(int status, String mediaType, Buffer body) {
    /** The media type of JSON. */
    public static final String JSON = "application/json";

    private static final int OK = 200;

    /** JSON, where all went well. */
    public static Document of(JsonObject json) {
        return new Document(OK, JSON, json.toBuffer());
    }

    /** JSON with a status of its own, such as 201 for what was made and 202 for what was begun. */
    public static Document of(int status, JsonObject json) {
        return new Document(status, JSON, json.toBuffer());
    }

    /** Comma-separated values (RFC 4180), with a line of names. */
    public static Document csv(String lines) {
        return new Document(OK, "text/csv; charset=utf-8", Buffer.buffer(lines));
    }
}

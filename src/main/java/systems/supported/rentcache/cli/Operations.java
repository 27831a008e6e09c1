package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;

/**
 * The operations of the admin API, by their ids in {@code openapi/admin.yaml}: done here, on the configured database, or
 * by a running server. Commands print what either answers, and do not know which it was.
 */
interface Operations extends AutoCloseable {
    /**
     * Has one done.
     *
     * @param parameters of path and query
     * @param body       empty where there is none
     * @return the document that it answers
     * @throws CommandFailure when it is refused, or cannot be asked for
     */
    JsonObject call(String operation, JsonObject parameters, JsonObject body) throws CommandFailure;

    /** The same without a body. */
    default JsonObject call(String operation, JsonObject parameters) throws CommandFailure {
        return call(operation, parameters, new JsonObject());
    }

    /** Where they are done, fit to be shown. */
    String place();

    @Override
    void close();
}

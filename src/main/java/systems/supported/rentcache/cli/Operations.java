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
     * @return what it answers, as text
     * @throws CommandFailure when it is refused, or cannot be asked for
     */
    String answer(String operation, JsonObject parameters, JsonObject body) throws CommandFailure;

    /** The same, where it answers JSON. */
    default JsonObject call(String operation, JsonObject parameters, JsonObject body) throws CommandFailure {
        return new JsonObject(answer(operation, parameters, body));
    }

    /** The same without a body. */
    default JsonObject call(String operation, JsonObject parameters) throws CommandFailure {
        return call(operation, parameters, new JsonObject());
    }

    /** A report as comma-separated values. */
    default String csv(String operation, JsonObject parameters) throws CommandFailure {
        return answer(operation, parameters.copy().put("format", "csv"), new JsonObject());
    }

    /** Where they are done, fit to be shown. */
    String place();

    @Override
    void close();
}

package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A question that an event is about, and who asked it.
 *
 * @param keyId    the id of the key it was asked with; 0 for one that lives in memory only
 * @param endpoint the catalog's name of the endpoint
 * @param question the question's canonical JSON
 * @param cacheKey the digest of that, in hex
 */
public record AskedQuestion(long keyId, String endpoint, String question, String cacheKey) {
    /** No parameter of Rentcast's is named so; one that a consumer invented may hold what is nobody's business. */
    private static final Pattern SECRET = Pattern.compile("(?i).*(key|token|secret|passw|auth).*");
    private static final String MASK = "***";

    /** Puts its members beside those of the event. */
    void addTo(JsonObject json) {
        json.put("keyId", keyId).put("endpoint", endpoint).put("parameters", parameters()).put("cacheKey", cacheKey);
    }

    /** The parameters of path and query, canonical: one value is a text, several are an array. */
    private JsonObject parameters() {
        JsonObject canonical = new JsonObject(question);
        JsonObject parameters = new JsonObject();
        for (String part : new String[] {"path_params", "query_params"}) {
            for (Map.Entry<String, Object> parameter : canonical.getJsonObject(part, new JsonObject())) {
                boolean secret = SECRET.matcher(parameter.getKey()).matches();
                parameters.put(parameter.getKey(), secret ? MASK : parameter.getValue());
            }
        }
        return parameters;
    }
}

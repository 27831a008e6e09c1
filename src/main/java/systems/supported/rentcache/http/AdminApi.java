package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import systems.supported.rentcache.admin.Operation;

/**
 * The admin API: its contract, and what does each of its operations.
 *
 * @param document   {@code openapi/admin.yaml} as it is written
 * @param contract   what calls are checked against
 * @param operations by operation id; what the contract names and is not here has no path
 */
public record AdminApi(JsonObject document, OpenAPIContract contract, Map<String, Operation> operations) {
    private static final String DOCUMENT = "/openapi/admin.yaml";

    /** Reads the contract and joins operations to it. */
    public static Future<AdminApi> load(Vertx vertx, List<Map<String, Operation>> parts) {
        Map<String, Operation> operations = new HashMap<>();
        parts.forEach(operations::putAll);
        return vertx.executeBlocking(AdminApi::read).compose(document ->
                OpenAPIContract.from(vertx, requestsOf(document))
                        .map(contract -> new AdminApi(document, contract, Map.copyOf(operations))));
    }

    private static JsonObject read() throws IOException {
        return read(DOCUMENT);
    }

    /** A document of the jar in YAML. */
    static JsonObject read(String document) throws IOException {
        try (InputStream file = AdminApi.class.getResourceAsStream(document)) {
            return new JsonObject(new Yaml(new SafeConstructor(new LoaderOptions())).<Map<String, Object>>load(file));
        }
    }

    /**
     * The document without the bodies of its answers and without its security. Only the form of calls is checked against
     * it: who may call is known before, and vertx-openapi refuses a contract with media types that it cannot read, such
     * as {@code application/problem+json}.
     */
    private static JsonObject requestsOf(JsonObject document) {
        JsonObject requests = document.copy();
        requests.remove("security");
        JsonObject paths = requests.getJsonObject("paths");
        paths.fieldNames().forEach(path -> paths.getJsonObject(path).forEach(member -> {
            if (member.getValue() instanceof JsonObject operation && operation.containsKey("responses")) {
                operation.put("responses", new JsonObject().put("200", new JsonObject().put("description", "")));
            }
        }));
        return requests;
    }
}

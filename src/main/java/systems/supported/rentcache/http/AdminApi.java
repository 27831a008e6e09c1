package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import systems.supported.rentcache.admin.Operation;

/**
 * The admin API: its contract, and what does each of its operations.
 *
 * @param document   {@code openapi/admin.yaml} as it is written
 * @param contract   what calls are checked against
 * @param operations by operation id: all that the contract names, but for the live stream
 */
public record AdminApi(JsonObject document, OpenAPIContract contract, Map<String, Operation> operations) {
    private static final String DOCUMENT = "/openapi/admin.yaml";
    private static final String COMPONENTS = "#/components/";
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    /** Reads the contract, which has no operations yet. It takes as long as a good part of a start. */
    public static Future<AdminApi> read(Vertx vertx) {
        return vertx.executeBlocking(AdminApi::read).compose(document ->
                vertx.executeBlocking(() -> requestsOf(document))
                        .compose(requests -> OpenAPIContract.from(vertx, requests))
                        .map(contract -> new AdminApi(document, contract, Map.of())));
    }

    /** The same contract with operations. */
    public AdminApi with(List<Map<String, Operation>> parts) {
        Map<String, Operation> joined = new HashMap<>();
        parts.forEach(joined::putAll);
        return new AdminApi(document, contract, Map.copyOf(joined));
    }

    /** The contract as it is written, for who calls it. Reads a file of the jar. */
    public static JsonObject describe() {
        try {
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The methods that a path answers, with commas; the path begins after the API's own beginning. */
    String methods(String path) {
        return document.getJsonObject("paths").stream()
                .filter(candidate -> path.matches(candidate.getKey().replaceAll("\\{[^}]+}", "[^/]+")))
                .flatMap(candidate -> ((JsonObject) candidate.getValue()).fieldNames().stream())
                .filter(METHODS::contains)
                .map(method -> method.toUpperCase(Locale.ROOT))
                .distinct()
                .collect(Collectors.joining(", "));
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
     * The document without the bodies of its answers, what only they are made of, and its security. Only the form of calls
     * is checked against it: who may call is known before, and vertx-openapi refuses a contract with media types that it
     * cannot read, such as {@code application/problem+json}. It also checks the contract at each start, all of it.
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
        Set<String> used = new HashSet<>();
        addUsed(requests, paths, used);
        requests.getJsonObject("components").forEach(kind -> ((JsonObject) kind.getValue()).fieldNames()
                .removeIf(name -> !used.contains(COMPONENTS + kind.getKey() + "/" + name)));
        return requests;
    }

    /** Adds what a part of a document refers to, and what that refers to. */
    private static void addUsed(JsonObject document, Object part, Set<String> used) {
        if (part instanceof JsonObject object) {
            if (object.getValue("$ref") instanceof String reference && used.add(reference)) {
                addUsed(document, JsonPointer.from(reference.substring(1)).queryJson(document), used);
            }
            object.forEach(member -> addUsed(document, member.getValue(), used));
        } else if (part instanceof JsonArray array) {
            array.forEach(element -> addUsed(document, element, used));
        }
    }
}

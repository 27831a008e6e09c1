package systems.supported.rentcache.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * {@code openapi/admin.yaml} as a judge of answers: each has a status, a media type and a body that the contract names
 * for its operation. Problems that an operation has no part in, such as a missing key, fit the operation's problem too.
 */
public final class AdminContract {
    private static final String BASE = "/admin/v1";
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String DEFINITIONS = "#/$defs/";
    private static final JsonObject DOCUMENT = read();

    private AdminContract() {
    }

    private static JsonObject read() {
        try (InputStream file = AdminContract.class.getResourceAsStream("/openapi/admin.yaml")) {
            return new JsonObject(new Yaml(new SafeConstructor(new LoaderOptions())).<Map<String, Object>>load(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checks an answer to a request to {@code /admin/v1/...}. */
    public static void assertFits(HttpResponse<byte[]> answer) {
        String method = answer.request().method();
        String path = answer.uri().getPath();
        String mediaType = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        String what = method + " " + answer.uri() + " answered " + answer.statusCode() + " " + text;
        JsonObject content = response(operation(method, path, what), answer.statusCode(), what)
                .getJsonObject("content", new JsonObject());
        assertThat(content.fieldNames()).as(what).contains(mediaType);
        if (mediaType.endsWith("json")) {
            assertValid(content.getJsonObject(mediaType).getJsonObject("schema"), new JsonObject(text), what);
        }
    }

    private static JsonObject operation(String method, String path, String what) {
        assertThat(path).as(what).startsWith(BASE + "/");
        String rest = path.substring(BASE.length());
        // A path without parameters is meant where one with parameters would do as well.
        String template = DOCUMENT.getJsonObject("paths").fieldNames().stream()
                .filter(candidate -> rest.matches(candidate.replaceAll("\\{[^}]+}", "[^/]+")))
                .min((one, other) -> Boolean.compare(one.contains("{"), other.contains("{")))
                .orElseThrow(() -> new AssertionError("the contract has no path for what " + what));
        JsonObject operation = DOCUMENT.getJsonObject("paths").getJsonObject(template)
                .getJsonObject(method.toLowerCase(Locale.ROOT));
        assertThat(operation).as(what).isNotNull();
        return operation;
    }

    private static JsonObject response(JsonObject operation, int status, String what) {
        JsonObject responses = operation.getJsonObject("responses");
        JsonObject response = responses.getJsonObject(String.valueOf(status));
        if (response == null) {
            assertThat(status).as(what).isGreaterThanOrEqualTo(400);
            response = responses.getJsonObject("default");
        }
        String reference = response.getString("$ref");
        return reference == null ? response : DOCUMENT.getJsonObject("components").getJsonObject("responses")
                .getJsonObject(reference.substring(reference.lastIndexOf('/') + 1));
    }

    /** Checks a document against a schema that may name those of the contract. */
    static void assertValid(JsonObject schema, JsonObject document, String what) {
        JsonObject whole = (JsonObject) withoutComponents(new JsonObject()
                .put("$id", "https://rentcache.invalid/" + Integer.toHexString(schema.hashCode()))
                .put("allOf", new JsonArray().add(schema))
                .put("$defs", DOCUMENT.getJsonObject("components").getJsonObject("schemas")));
        OutputUnit result = Validator.create(JsonSchema.of(whole), new JsonSchemaOptions()
                .setBaseUri("https://rentcache.invalid/")
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Basic)).validate(document);
        assertThat(result.getValid()).as(() -> what + " does not fit the contract: " + (result.getErrors() == null
                ? result : result.getErrors().stream().map(OutputUnit::toString).collect(Collectors.joining("; "))))
                .isTrue();
    }

    private static Object withoutComponents(Object part) {
        if (part instanceof JsonObject object) {
            JsonObject copy = new JsonObject();
            object.forEach(member -> copy.put(member.getKey(), withoutComponents(member.getValue())));
            return copy;
        }
        if (part instanceof JsonArray array) {
            JsonArray copy = new JsonArray();
            array.forEach(item -> copy.add(withoutComponents(item)));
            return copy;
        }
        return part instanceof String text && text.startsWith(SCHEMAS)
                ? DEFINITIONS + text.substring(SCHEMAS.length()) : part;
    }
}

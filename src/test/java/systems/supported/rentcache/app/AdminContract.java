package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The schemas of the admin API's contract. */
final class AdminContract {
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

    /** Checks that a document is what the contract says. */
    static void assertFits(String schema, JsonObject document) {
        OutputUnit result = Validator.create(
                JsonSchema.of(new JsonObject()
                        .put("$ref", "#/components/schemas/" + schema)
                        .put("components", DOCUMENT.getJsonObject("components"))),
                new JsonSchemaOptions().setBaseUri("https://rentcache.test").setDraft(Draft.DRAFT202012)
                        .setOutputFormat(OutputFormat.Basic)).validate(document);
        assertThat(result.getValid()).as(() -> result.toJson().encodePrettily()).isTrue();
    }
}

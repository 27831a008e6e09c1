package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.http.OpenApiDocument;
import systems.supported.rentcache.limits.Rate;

/** Catalog, document and behaviour agree. */
class OpenApiTest {
    @TempDir
    private static Path directory;
    private static Node node;
    private static JsonObject document;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("ENABLE_RATE_LIMITING", false).start();
        document = node.send("GET", "/openapi.json", null).json();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void valid(JsonObject openApi) {
        OutputUnit outcome = Node.await(OpenAPIVersion.V3_1.getRepository(node.vertx(), "https://rentcache.example/")
                .compose(schemas -> OpenAPIVersion.V3_1.validateContract(node.vertx(), schemas, openApi)));
        assertThat(outcome.getValid()).as(String.valueOf(outcome.getErrors())).isTrue();
    }

    private static void each(Object value, String name, BiConsumer<String, Object> visit) {
        visit.accept(name, value);
        if (value instanceof JsonObject object) {
            object.forEach(member -> each(member.getValue(), member.getKey(), visit));
        } else if (value instanceof JsonArray array) {
            array.forEach(item -> each(item, "", visit));
        }
    }

    private static Object at(JsonObject root, String pointer) {
        return JsonPointer.from(pointer.substring(1)).queryJson(root);
    }

    @Test
    void itIsAProperDocumentInBothForms() throws SettingsException {
        valid(document);
        OpenApiDocument made = new OpenApiDocument(
                CatalogFile.load(Map.of(), Duration.ZERO, Rate.UNLIMITED, true), UnknownParameters.PASS);
        valid(made.consumer());
        valid(made.whole());
        for (JsonObject form : List.of(document, made.consumer(), made.whole())) {
            Set<String> ids = new HashSet<>();
            each(form, "", (name, value) -> {
                if (name.equals("$ref")) {
                    assertThat(at(form, (String) value)).as((String) value).isNotNull();
                } else if (name.equals("operationId")) {
                    assertThat(ids.add((String) value)).as((String) value).isTrue();
                }
            });
        }
        assertThat(made.consumer().encode()).doesNotContain("/admin/v1");
        assertThat(document.getJsonObject("paths").fieldNames())
                .contains("/admin/v1/explain", "/v1/markets", "/api/v1/estimates/value/bulk");
    }

    @Test
    void itIsSentCompressedAndOnlyOnce() throws IOException {
        Answer gzip = node.send("GET", "/openapi.json", null, "Accept-Encoding", "gzip");
        assertThat(gzip.header("Content-Encoding")).isEqualTo("gzip");
        byte[] bytes = new GZIPInputStream(new ByteArrayInputStream(gzip.bytes())).readAllBytes();
        assertThat(new JsonObject(new String(bytes, StandardCharsets.UTF_8))).isEqualTo(document);
        assertThat(node.send("GET", "/openapi.json", null, "If-None-Match", gzip.header("ETag")).status()).isEqualTo(304);
    }

    @Test
    void theViewerNeedsNoOtherHost() {
        assertThat(node.send("GET", "/docs", null).header("Location")).isEqualTo("/docs/");
        Answer page = node.send("GET", "/docs/", null);
        assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'").doesNotContain("unsafe");
        assertThat(page.text()).doesNotContain("http").doesNotContain("<script>").doesNotContain("style=");
        for (String file : List.of("viewer.js", "viewer.css", "swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")) {
            assertThat(node.send("GET", "/docs/" + file, null).status()).as(file).isEqualTo(200);
        }
        assertThat(node.send("GET", "/docs/../openapi/admin.yaml", null).status()).isEqualTo(404);
        assertThat(node.send("GET", "/docs/nothing.js", null).status()).isEqualTo(404);
    }

    private record Asked(String path, JsonObject get) {
        List<JsonObject> parameters(String in) {
            return get.getJsonArray("parameters").stream().map(JsonObject.class::cast)
                    .map(one -> one.containsKey("$ref") ? (JsonObject) at(document, one.getString("$ref")) : one)
                    .filter(one -> one.getString("in").equals(in)).toList();
        }

        /** The path with what it cannot do without, and one parameter more. */
        String with(String name, Object value) {
            Map<String, Object> query = new LinkedHashMap<>();
            parameters("query").stream()
                    .filter(one -> one.getBoolean("required", false)
                            || path.matches(".*(avm|estimates|comparables).*") && one.getString("name").equals("address"))
                    .forEach(one -> query.put(one.getString("name"), one.getValue("example")));
            if (name != null) {
                query.put(name, value);
            }
            List<String> pairs = query.entrySet().stream().map(pair -> pair.getKey() + "="
                    + URLEncoder.encode(String.valueOf(pair.getValue()), StandardCharsets.UTF_8)).toList();
            return path.replace("{id}", "5500-Grand-Lake-Dr,-San-Antonio,-TX-78244")
                    + (pairs.isEmpty() ? "" : "?" + String.join("&", pairs));
        }
    }

    private static List<Asked> asked() {
        List<Asked> asked = new ArrayList<>();
        document.getJsonObject("paths").forEach(path -> {
            JsonObject get = ((JsonObject) path.getValue()).getJsonObject("get");
            if (get != null && get.getString("operationId").startsWith("ask")) {
                asked.add(new Asked(path.getKey(), get));
            }
        });
        assertThat(asked).hasSizeGreaterThan(20);
        return asked;
    }

    /** Accepted, for nothing: only what is kept is wanted. */
    private static void accepted(String target) {
        Answer answer = node.get(target, "Cache-Control", "only-if-cached");
        assertThat(answer.status()).as(target + " " + answer.text()).isIn(200, 404, 504);
        if (answer.status() != 200) {
            assertThat(answer.text()).as(target).contains(answer.status() == 504 ? "not-cached" : "resource/not-found");
        }
    }

    private static void refused(String target) {
        Answer answer = node.get(target, "Cache-Control", "only-if-cached");
        assertThat(answer.status()).as(target).isEqualTo(400);
        assertThat(answer.json().getString("type")).as(target).isEqualTo("urn:rentcache:problem:invalid-parameter");
    }

    @Test
    void whatIsDocumentedIsAcceptedAndWhatIsNotAllowedRefused() {
        for (Asked one : asked()) {
            accepted(one.with(null, null));
            accepted(one.with("notInTheDocument", "1"));
            for (JsonObject parameter : one.parameters("query")) {
                String name = parameter.getString("name");
                if (parameter.containsKey("example")) {
                    accepted(one.with(name, parameter.getValue("example")));
                }
                if (name.startsWith("ttl_") || name.startsWith("force_")) {
                    continue;
                }
                JsonObject schema = parameter.getJsonObject("schema");
                if (schema.containsKey("default")) {
                    accepted(one.with(name, schema.getValue("default")));
                }
                bounds(one, name, schema.containsKey("anyOf") ? schema.getJsonArray("anyOf").getJsonObject(0) : schema);
            }
        }
    }

    private static void bounds(Asked one, String name, JsonObject schema) {
        if (schema.containsKey("minimum")) {
            accepted(one.with(name, schema.getValue("minimum")));
            refused(one.with(name, schema.getNumber("minimum").intValue() - 1));
        }
        if (schema.containsKey("maximum")) {
            accepted(one.with(name, schema.getValue("maximum")));
            refused(one.with(name, schema.getNumber("maximum").intValue() + 1));
        }
        for (Object word : schema.getJsonArray("enum", new JsonArray())) {
            accepted(one.with(name, word));
        }
        boolean free = schema.getString("type").equals("string") && !schema.containsKey("enum")
                && !schema.containsKey("pattern");
        if (!free) {
            refused(one.with(name, "no such value"));
        }
    }

    @Test
    void theSandboxsAnswersFitTheirSchemas() {
        for (Asked one : asked()) {
            String target = one.path().matches(".*/(properties|listings/(sale|rental|rental/long-term))") ? one.with("zipCode", "78244")
                    : one.with(null, null);
            Answer answer = node.get(target);
            String as = target + ": " + answer.text().substring(0, Math.min(200, answer.text().length()));
            JsonObject described = one.get().getJsonObject("responses").getJsonObject(Integer.toString(answer.status()));
            assertThat(described).as(as).isNotNull();
            JsonObject schema = described.getJsonObject("content").getJsonObject("application/json")
                    .getJsonObject("schema");
            Object body = Json.decodeValue(answer.text());
            OutputUnit outcome = Validator.create(
                    JsonSchema.of(new JsonObject()
                            .put("$id", "https://rentcache.example/answer")
                            .put("allOf", new JsonArray().add(schema))
                            .put("components", document.getJsonObject("components"))),
                    new JsonSchemaOptions().setDraft(Draft.DRAFT202012).setBaseUri("https://rentcache.example/"))
                    .validate(body);
            assertThat(outcome.getValid()).as(as + outcome.getErrors()).isTrue();
            if (answer.status() == 200 && one.path().startsWith("/v1")) {
                Object first = body instanceof JsonArray array ? array.getValue(0) : body;
                assertThat(names(schema)).as(target).containsAll(((JsonObject) first).fieldNames().stream()
                        .filter(name -> !name.contains("PerSquareFoot")).toList());
            }
        }
    }

    private static Set<String> names(JsonObject schema) {
        Set<String> names = new TreeSet<>();
        if (schema.containsKey("$ref")) {
            names.addAll(names((JsonObject) at(document, schema.getString("$ref"))));
        }
        if (schema.containsKey("items")) {
            names.addAll(names(schema.getJsonObject("items")));
        }
        schema.getJsonArray("allOf", new JsonArray()).forEach(part -> names.addAll(names((JsonObject) part)));
        names.addAll(schema.getJsonObject("properties", new JsonObject()).fieldNames());
        return names;
    }
}

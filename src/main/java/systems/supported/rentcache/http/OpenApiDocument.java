package systems.supported.rentcache.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.DescribedPath;
import systems.supported.rentcache.catalog.DescribedPath.DescribedParameter;
import systems.supported.rentcache.config.UnknownParameters;

/**
 * The OpenAPI 3.1 document of a RentCache. Paths and parameters of consumers come from the {@link Catalog}, problems from
 * {@link ProblemTypes}, the admin API from {@code openapi/admin.yaml}; {@code openapi/consumer.yaml} has only what none of
 * them knows: texts, examples and the shapes of Rentcast's answers.
 *
 * <p>Making it reads files and takes some milliseconds: not for an event loop. Immutable.
 */
public final class OpenApiDocument {
    private static final String CONSUMER = "/openapi/consumer.yaml";
    private static final String ADMIN = "/openapi/admin.yaml";
    private static final String PROGRAM = "/rentcache.properties";
    private static final String ADMIN_PREFIX = "/admin/v1";
    private static final List<String> COMPONENTS = List.of("parameters", "responses", "schemas", "headers", "securitySchemes");

    private final Catalog catalog;
    private final UnknownParameters unknown;
    private final String version;
    private final JsonObject texts;
    private final JsonObject admin;

    /**
     * Reads the files.
     *
     * @param unknown what becomes of parameters that the document does not have
     */
    public OpenApiDocument(Catalog catalog, UnknownParameters unknown) {
        this.catalog = catalog;
        this.unknown = unknown;
        try (InputStream program = OpenApiDocument.class.getResourceAsStream(PROGRAM)) {
            Properties properties = new Properties();
            properties.load(program);
            this.version = properties.getProperty("version");
            this.texts = AdminApi.read(CONSUMER);
            this.admin = AdminApi.read(ADMIN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The consumers' part alone. */
    public JsonObject consumer() {
        JsonObject paths = new JsonObject();
        for (DescribedPath path : catalog.paths()) {
            paths.put("/v1" + path.template(), item(path, "", new JsonArray()));
        }
        for (DescribedPath path : catalog.paths()) {
            paths.put("/api/v1" + path.template(), item(path, "original ", new JsonArray()));
        }
        OriginalPaths.RENAMED.forEach((original, rentcast) ->
                described(rentcast).ifPresent(path -> paths.put(
                        "/api/v1" + original, item(path, "original renamed ", new JsonArray()))));
        described("/avm/value").ifPresent(path -> paths.put("/api/v1/comparables", comparables(path)));
        described("/listings/sale/{id}").ifPresent(path -> paths.put("/api/v1/listings/{id}", item(
                path, "original any ", new JsonArray().add(type("sale", "rental")))));
        texts.getJsonObject("paths").forEach(path -> paths.put(path.getKey(), path.getValue()));
        JsonObject components = texts.getJsonObject("components").copy();
        JsonObject responses = components.getJsonObject("responses", new JsonObject());
        ProblemTypes.responses().forEach(responses::put);
        components.put("responses", responses);
        components.getJsonObject("schemas").put("Problem", adminSchemas().getJsonObject("Problem"));
        return new JsonObject()
                .put("openapi", "3.1.0")
                .put("info", info())
                .put("servers", new JsonArray().add(new JsonObject().put("url", "/")))
                .put("security", texts.getJsonArray("security"))
                .put("tags", texts.getJsonArray("tags").copy())
                .put("paths", paths)
                .put("components", components);
    }

    /** Consumers' part and admin API together. */
    public JsonObject whole() {
        JsonObject document = consumer();
        document.getJsonArray("tags").addAll(admin.getJsonArray("tags"));
        JsonObject paths = document.getJsonObject("paths");
        admin.getJsonObject("paths").forEach(path -> paths.put(ADMIN_PREFIX + path.getKey(), path.getValue()));
        for (String kind : COMPONENTS) {
            JsonObject mine = document.getJsonObject("components").getJsonObject(kind, new JsonObject());
            admin.getJsonObject("components").getJsonObject(kind, new JsonObject())
                    .forEach(component -> mine.put(component.getKey(), component.getValue()));
            document.getJsonObject("components").put(kind, mine);
        }
        return document;
    }

    private JsonObject adminSchemas() {
        return admin.getJsonObject("components").getJsonObject("schemas");
    }

    private JsonObject info() {
        String parameters = switch (unknown) {
            case PASS -> "Parameters that are not named here are passed on to Rentcast, and keyed as sent.";
            case REFUSE -> "Parameters that are not named here are refused.";
        };
        JsonObject info = texts.getJsonObject("info").copy();
        return info.put("version", version).put("description", info.getString("description").strip() + "\n\n" + parameters);
    }

    private Optional<DescribedPath> described(String template) {
        return catalog.paths().stream().filter(path -> path.template().equals(template)).findFirst();
    }

    /** The path item of a path of the catalog. */
    private JsonObject item(DescribedPath path, String dialect, JsonArray further) {
        JsonObject known = texts.getJsonObject("answers").getJsonObject(path.template(), new JsonObject());
        boolean original = !dialect.isEmpty();
        JsonArray parameters = new JsonArray();
        path.variables().forEach(variable -> parameters.add(new JsonObject()
                .put("name", variable).put("in", "path").put("required", true)
                .put("schema", new JsonObject().put("type", "string").put("minLength", 1))
                .put("example", texts.getJsonObject("examples").getString(variable, "x"))));
        parameters.addAll(further);
        path.parameters().forEach(parameter -> parameters.add(parameter(parameter)));
        texts.getJsonArray("everywhere").forEach(parameters::add);
        StringBuilder description = new StringBuilder(path.endpoint().cacheable()
                ? "Kept for " + Words.about(path.endpoint().ttl()) + "." : "Never kept.");
        if (!path.oneOf().isEmpty()) {
            description.append(" One of these has to be there: ").append(String.join("; ",
                    path.oneOf().stream().map(group -> String.join(" and ", group)).toList())).append('.');
        }
        JsonObject schema = known.getJsonObject("schema", new JsonObject());
        JsonObject json = new JsonObject().put("schema", schema);
        if (known.containsKey("example")) {
            json.put("example", known.getValue("example"));
        }
        return new JsonObject().put("get", new JsonObject()
                .put("operationId", operationId(dialect + path.template()))
                .put("tags", new JsonArray().add(original ? "original" : "questions"))
                .put("summary", known.getString("summary", "Ask " + path.endpoint().name()))
                .put("description", description.toString())
                .put("parameters", parameters)
                .put("responses", responses(json, original)));
    }

    private JsonObject comparables(DescribedPath estimate) {
        JsonObject item = item(estimate, "original comparables ", new JsonArray().add(type("value", "rent")));
        JsonObject get = item.getJsonObject("get")
                .put("summary", "The comparables of an estimate")
                .put("description", "The value of 'comparables' in the estimate, which is kept as a whole.");
        get.getJsonObject("responses").getJsonObject("200").put("content", new JsonObject().put(
                "application/json", new JsonObject().put("schema", new JsonObject()
                        .put("type", "array")
                        .put("items", new JsonObject().put("$ref", "#/components/schemas/Comparable")))));
        return item;
    }

    private static JsonObject type(String first, String second) {
        return new JsonObject().put("name", "type").put("in", "query")
                .put("schema", new JsonObject().put("type", "string")
                        .put("enum", new JsonArray().add(first).add(second)).put("default", first));
    }

    private JsonObject responses(JsonObject json, boolean original) {
        JsonObject headers = new JsonObject();
        JsonObject all = texts.getJsonObject("components").getJsonObject("headers");
        all.fieldNames().stream()
                .filter(name -> original || !texts.getJsonArray("originalHeaders").contains(name))
                .forEach(name -> headers.put(name, new JsonObject().put("$ref", "#/components/headers/" + name)));
        JsonObject responses = new JsonObject()
                .put("200", new JsonObject()
                        .put("description", "Rentcast's answer, byte for byte, kept or new")
                        .put("headers", headers)
                        .put("content", new JsonObject().put("application/json", json)))
                .put("304", new JsonObject().put("description", "The answer that the request names by If-None-Match"
                        + " or If-Modified-Since still holds").put("headers", headers));
        for (int status : ProblemTypes.statuses()) {
            responses.put(Integer.toString(status), new JsonObject()
                    .put("$ref", "#/components/responses/" + ProblemTypes.name(status)));
        }
        // A 404 of Rentcast's is an answer with Rentcast's own body, and so is a 400 that only Rentcast could know of.
        for (String status : List.of("400", "404")) {
            JsonObject both = ProblemTypes.responses().get(ProblemTypes.name(Integer.parseInt(status)));
            both.getJsonObject("content").put("application/json", new JsonObject().put(
                    "schema", new JsonObject().put("$ref", "#/components/schemas/RentcastError")));
            responses.put(status, both);
        }
        return responses;
    }

    private JsonObject parameter(DescribedParameter parameter) {
        JsonObject known = texts.getJsonObject("parameters").getJsonObject(parameter.name(), new JsonObject());
        JsonObject described = new JsonObject()
                .put("name", parameter.name())
                .put("in", "query")
                .put("description", (known.getString("description", "") + " Allowed: " + parameter.allowed() + ".").strip())
                .put("schema", schema(parameter));
        if (parameter.required()) {
            described.put("required", true);
        }
        return described.put("example", example(parameter, known.getValue("example")));
    }

    /** An example that is allowed, the one of the texts where it is. */
    private static Object example(DescribedParameter parameter, Object preferred) {
        if (!parameter.values().isEmpty()) {
            return parameter.values().get(0);
        }
        boolean range = preferred instanceof String text && text.contains(":");
        if (preferred != null && (!range || parameter.range())) {
            return preferred;
        }
        return switch (parameter.kind()) {
            case "boolean" -> true;
            case "state" -> "TX";
            case "zip-code" -> "78244";
            case "number", "integer", "days" -> parameter.min() == null ? 1 : parameter.min();
            default -> "text";
        };
    }

    /** A parameter's values as a schema. Words are given as the catalog has them; another letter case is taken too. */
    static JsonObject schema(DescribedParameter parameter) {
        JsonObject single = single(parameter);
        JsonObject schema = single;
        if (parameter.range() || parameter.multiple()) {
            String one = pattern(parameter);
            String several = parameter.multiple() ? one + "([|]" + one + ")*" : one;
            JsonObject text = new JsonObject().put("type", "string").put("pattern", "^" + several + "$");
            schema = single.getString("type").equals("string") ? text
                    : new JsonObject().put("anyOf", new JsonArray().add(single).add(text));
        }
        if (parameter.defaultValue() != null) {
            schema.put("default", typed(parameter));
        }
        return schema;
    }

    private static Object typed(DescribedParameter parameter) {
        return switch (parameter.kind()) {
            case "boolean" -> Boolean.valueOf(parameter.defaultValue());
            case "integer" -> Long.valueOf(parameter.defaultValue());
            default -> parameter.defaultValue();
        };
    }

    private static JsonObject single(DescribedParameter parameter) {
        JsonObject schema = new JsonObject();
        switch (parameter.kind()) {
            case "boolean" -> schema.put("type", "boolean");
            case "number" -> bounded(schema.put("type", "number"), parameter);
            case "integer", "days" -> bounded(schema.put("type", "integer"), parameter);
            case "state" -> schema.put("type", "string").put("pattern", "^[A-Za-z]{2}$");
            case "zip-code" -> schema.put("type", "string").put("pattern", "^[0-9]{5}$");
            default -> {
                schema.put("type", "string");
                if (!parameter.values().isEmpty()) {
                    schema.put("enum", new JsonArray(parameter.values()));
                }
            }
        }
        return schema;
    }

    private static void bounded(JsonObject schema, DescribedParameter parameter) {
        Stream.of("minimum", "maximum").forEach(bound -> {
            Number value = bound.equals("minimum") ? parameter.min() : parameter.max();
            if (value != null) {
                schema.put(bound, value);
            }
        });
    }

    private static String pattern(DescribedParameter parameter) {
        if (!parameter.values().isEmpty()) {
            return "(" + String.join("|", parameter.values()) + ")";
        }
        String number = parameter.kind().equals("number") ? "-?[0-9]+([.][0-9]+)?" : "[0-9]+";
        return switch (parameter.kind()) {
            case "number", "integer", "days" -> parameter.range()
                    ? "(" + number + "|([*]|" + number + "):([*]|" + number + "))" : number;
            default -> ".+";
        };
    }

    private static String operationId(String words) {
        StringBuilder id = new StringBuilder("ask");
        for (String word : words.split("[^A-Za-z0-9]+")) {
            if (!word.isEmpty()) {
                id.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
            }
        }
        return id.toString();
    }
}

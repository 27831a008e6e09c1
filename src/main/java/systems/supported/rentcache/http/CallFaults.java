package systems.supported.rentcache.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import systems.supported.rentcache.admin.RefusedCall;

/**
 * Says in words what is wrong with a call that the contract does not allow: which member or parameter, and what it may
 * be. The validator knows that something is wrong; here it is only found again, by the few keywords of JSON Schema that
 * the contract uses. Pure.
 */
final class CallFaults {
    private static final Pattern PARAMETER = Pattern.compile("(?:query|path) parameter (\\S+?)(?: |$)");
    private static final String SECRET = "value";
    private static final int LONGEST_SHOWN = 80;

    private final JsonObject document;

    /** Over a contract. */
    CallFaults(JsonObject document) {
        this.document = document;
    }

    /**
     * What is wrong with a parameter.
     *
     * @param complaint the validator's
     * @param given     reads a parameter's text; null where it is not given
     * @return empty where it is no parameter
     */
    Optional<RefusedCall> ofParameter(
            String path, String method, String complaint, UnaryOperator<String> given) {
        Matcher named = PARAMETER.matcher(complaint);
        return named.find()
                ? ofParameterNamed(path, method, named.group(1), given.apply(named.group(1))) : Optional.empty();
    }

    /**
     * What is wrong with the parameter of a name.
     *
     * @param text as it was given; null where it was not
     * @return empty where the contract has no such parameter
     */
    Optional<RefusedCall> ofParameterNamed(String path, String method, String name, String text) {
        return parameters(path, method).stream()
                .filter(parameter -> parameter.getString("name").equals(name))
                .findFirst()
                .map(parameter -> {
                    String allowed = allowed(parameter.getJsonObject("schema"));
                    return text == null
                            ? RefusedCall.malformed("The parameter '" + name + "' is required: " + allowed + ".")
                            : RefusedCall.invalid(name, shown(text), allowed);
                });
    }

    /** What is wrong with parameters whose names the contract does not have; empty where there are none. */
    Optional<RefusedCall> ofUnknown(String path, String method, Iterable<String> names) {
        List<String> known = parameters(path, method).stream()
                .filter(parameter -> parameter.getString("in").equals("query"))
                .map(parameter -> parameter.getString("name")).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                return Optional.of(RefusedCall.malformed("There is no parameter '" + shown(name) + "' here; allowed: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)) + "."));
            }
        }
        return Optional.empty();
    }

    /** What is wrong with a body; empty where that is not found. */
    Optional<RefusedCall> ofBody(String path, String method, Buffer body) {
        JsonObject wanted = operation(path, method).getJsonObject("requestBody");
        if (wanted == null) {
            return Optional.empty();
        }
        if (body == null || body.length() == 0) {
            return Optional.of(RefusedCall.malformed("The body is missing: a JSON object."));
        }
        Object value;
        try {
            value = Json.decodeValue(body);
        } catch (DecodeException wrong) {
            return Optional.of(RefusedCall.malformed("The body is no JSON."));
        }
        return Optional.ofNullable(fault("", value,
                wanted.getJsonObject("content").getJsonObject("application/json").getJsonObject("schema")));
    }

    /** Whether an operation takes a body. */
    boolean takesBody(String path, String method) {
        return operation(path, method).containsKey("requestBody");
    }

    private JsonObject operation(String path, String method) {
        return document.getJsonObject("paths").getJsonObject(path)
                .getJsonObject(method.toLowerCase(Locale.ROOT));
    }

    private List<JsonObject> parameters(String path, String method) {
        List<JsonObject> parameters = new ArrayList<>();
        for (JsonObject holder : List.of(document.getJsonObject("paths").getJsonObject(path), operation(path, method))) {
            holder.getJsonArray("parameters", new JsonArray())
                    .forEach(parameter -> parameters.add(resolved((JsonObject) parameter)));
        }
        return parameters;
    }

    private JsonObject resolved(JsonObject schema) {
        String reference = schema.getString("$ref");
        if (reference == null) {
            return schema;
        }
        JsonObject place = document;
        for (String step : reference.substring(2).split("/")) {
            place = place.getJsonObject(step);
        }
        return place;
    }

    private RefusedCall fault(String name, Object value, JsonObject reference) {
        JsonObject schema = resolved(reference);
        if (!fits(value, schema)) {
            return value instanceof JsonObject || value instanceof JsonArray || name.isEmpty()
                    ? RefusedCall.malformed((name.isEmpty() ? "The body" : "'" + name + "'")
                            + " is not allowed so; allowed: " + allowed(schema) + ".")
                    : invalid(name, value, allowed(schema));
        }
        if (value instanceof JsonObject object) {
            return members(name, object, schema);
        }
        if (value instanceof JsonArray array && schema.containsKey("items")) {
            for (Object item : array) {
                RefusedCall wrong = fault(name, item, schema.getJsonObject("items"));
                if (wrong != null) {
                    return wrong;
                }
            }
        }
        return null;
    }

    /** A key's value is not repeated. */
    private static RefusedCall invalid(String name, Object value, String allowed) {
        return name.equals(SECRET)
                ? RefusedCall.malformed("'" + name + "' is not allowed; allowed: " + allowed + ".")
                : RefusedCall.invalid(name, shown(String.valueOf(value)), allowed);
    }

    private RefusedCall members(String name, JsonObject object, JsonObject schema) {
        JsonObject members = schema.getJsonObject("properties", new JsonObject());
        for (Object required : schema.getJsonArray("required", new JsonArray())) {
            if (!object.containsKey((String) required)) {
                return RefusedCall.malformed("'" + required + "' is required: "
                        + allowed(members.getJsonObject((String) required)) + ".");
            }
        }
        for (String member : object.fieldNames()) {
            Object further = schema.getValue("additionalProperties");
            JsonObject own = members.getJsonObject(member, further instanceof JsonObject any ? any : null);
            if (own == null && Boolean.FALSE.equals(further)) {
                return RefusedCall.malformed("There is no member '" + shown(member) + "' here; allowed: "
                        + String.join(", ", members.fieldNames()) + ".");
            }
            RefusedCall wrong = own == null ? null
                    : fault(name.isEmpty() ? member : name + "." + shown(member), object.getValue(member), own);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private boolean fits(Object value, JsonObject schema) {
        if (types(schema).stream().noneMatch(type -> isOf(value, type))
                || schema.containsKey("enum") && !schema.getJsonArray("enum").contains(value)) {
            return false;
        }
        if (value instanceof Number number) {
            return number.doubleValue() >= schema.getDouble("minimum", -Double.MAX_VALUE)
                    && number.doubleValue() <= schema.getDouble("maximum", Double.MAX_VALUE);
        }
        if (value instanceof String text) {
            int length = text.codePointCount(0, text.length());
            return length >= schema.getInteger("minLength", 0)
                    && length <= schema.getInteger("maxLength", Integer.MAX_VALUE)
                    && Pattern.compile(schema.getString("pattern", "")).matcher(text).find();
        }
        return !(value instanceof JsonArray array)
                || array.size() <= schema.getInteger("maxItems", Integer.MAX_VALUE);
    }

    private static List<String> types(JsonObject schema) {
        Object type = schema.getValue("type");
        return type instanceof JsonArray several ? several.stream().map(String.class::cast).toList()
                : List.of((String) type);
    }

    private static boolean isOf(Object value, String type) {
        return switch (type) {
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Integer || value instanceof Long;
            case "number" -> value instanceof Number;
            case "boolean" -> value instanceof Boolean;
            case "array" -> value instanceof JsonArray;
            case "object" -> value instanceof JsonObject;
            default -> value == null;
        };
    }

    /** What a schema lets through, in words. */
    private String allowed(JsonObject reference) {
        JsonObject schema = resolved(reference);
        if (schema.containsKey("enum")) {
            return schema.getJsonArray("enum").stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
        return types(schema).stream().map(type -> switch (type) {
            case "integer" -> "a whole number" + range(schema, "minimum", "maximum", "");
            case "number" -> "a number" + range(schema, "minimum", "maximum", "");
            case "string" -> schema.containsKey("pattern") && schema.containsKey("description")
                    ? schema.getString("description")
                    : "a text" + (schema.containsKey("pattern") ? " of the form " + schema.getString("pattern")
                            : range(schema, "minLength", "maxLength", " characters"));
            case "boolean" -> "true or false";
            case "array" -> schema.containsKey("items")
                    ? "a list, each of " + allowed(schema.getJsonObject("items")) : "a list";
            case "object" -> "an object";
            default -> "null";
        }).collect(Collectors.joining(", or "));
    }

    private static String range(JsonObject schema, String least, String most, String unit) {
        Object from = schema.getValue(least);
        Object to = schema.getValue(most);
        if (from == null && to == null) {
            return "";
        }
        return to == null ? " of at least " + from + unit
                : from == null ? " of at most " + to + unit : " from " + from + " to " + to + unit;
    }

    private static String shown(String text) {
        String visible = text.replaceAll("\\p{Cntrl}", "?");
        return visible.length() > LONGEST_SHOWN ? visible.substring(0, LONGEST_SHOWN) + "…" : visible;
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The kinds of problems that are answered (RFC 9457 §3.1.1): what {@code /openapi.json} tells of them. */
final class ProblemTypes {
    static final String PREFIX = "urn:rentcache:problem:";

    /** Every kind, in the order of their statuses. */
    static final List<Type> ALL = List.of(
            both("malformed-request", 400, "Malformed request", "It cannot be read: its encoding, its body or its form."),
            both("invalid-parameter", 400, "Invalid parameter",
                    "A parameter is missing or has a value that is not allowed; 'violations' names them."),
            consumer("unknown-parameter", 400, "Unknown parameter",
                    "A parameter is not known, and UNKNOWN_PARAMETERS=refuse."),
            consumer("too-many-parameters", 400, "Too many parameters", "There are more parameters than any question has."),
            both("host-not-allowed", 400, "Host not allowed", "The Host header names none of ALLOWED_HOSTS."),
            both("api-key-missing", 401, "API key missing", "No key was sent."),
            both("api-key-invalid", 401, "API key invalid", "The key is unknown, revoked or expired."),
            consumer("budget-spent", 402, "Budget spent",
                    "The monthly budget of account, endpoint or key is spent; 'renewsAt' says until when."),
            both("permission-missing", 403, "Permission missing", "The key may not do this."),
            both("path-unknown", 404, "Path unknown", "There is nothing at this path."),
            admin("not-found", 404, "Not found", "What the call names is not there."),
            both("method-not-allowed", 405, "Method not allowed", "The path does not answer this method."),
            both("request-too-slow", 408, "Request too slow", "The request's body did not arrive in time."),
            admin("conflict", 409, "Conflict", "What the call wants contradicts what is there."),
            new Type("request-too-large", List.of(413, 414, 431), "Request too large",
                    "Its body, first line or headers are larger than is accepted.", true, true),
            admin("media-type-unsupported", 415, "Media type not supported", "The body is to be sent as application/json."),
            consumer("rate-limit-exceeded", 429, "Rate limit exceeded", "The key's limit of requests in a time is used up."),
            consumer("quota-exceeded", 429, "Quota exceeded", "The key's requests of the day or the month are used up."),
            both("too-many-bad-keys", 429, "Too many unknown keys",
                    "Too many unknown keys came from the address; keys that are known work all the same."),
            both("internal-error", 500, "Internal error", "RentCache failed; the log says why."),
            consumer("upstream-unreachable", 502, "Rentcast unreachable", "No connection could be made; nothing was billed."),
            consumer("upstream-key-refused", 502, "Rentcast refused the key", "The account's key or plan was refused."),
            new Type("upstream-error", List.of(502, 503), "Rentcast failed",
                    "Rentcast answered with an error of its own; nothing was billed.", true, false),
            consumer("upstream-broken", 502, "Rentcast's answer was broken", "It was cut off or is not what it should be."),
            consumer("upstream-too-large", 502, "Rentcast's answer is too large",
                    "Only a part was asked of an answer that is larger than what is held."),
            consumer("upstream-rate-limited", 503, "Rentcast's limit is reached", "Rentcast's calls a second are used up."),
            consumer("upstream-busy", 503, "Too many calls wait", "More calls wait than can be made in time."),
            consumer("upstream-circuit-open", 503, "Rentcast is failing",
                    "The last calls to the endpoint failed, so it is left alone for a while."),
            consumer("budget-unavailable", 503, "Budgets cannot be checked", "The database cannot be asked at the moment."),
            both("key-store-unavailable", 503, "Keys cannot be checked",
                    "The key is new here, and the database cannot be asked at the moment."),
            consumer("limits-unavailable", 503, "Limits cannot be checked", "Redis counts each request and is away."),
            consumer("role-missing", 503, "A part of the cluster is missing",
                    "No node that can be reached has the role that is named in 'role'."),
            admin("unavailable", 503, "Unavailable at the moment", "What the call needs does not work at the moment."),
            consumer("upstream-timeout", 504, "Rentcast timed out", "Rentcast did not answer in time."),
            consumer("not-cached", 504, "Nothing is kept", "The request says only-if-cached, and nothing is kept."));

    private ProblemTypes() {
    }

    /**
     * A kind of problem.
     *
     * @param name     the last part of its type
     * @param statuses the statuses that it is answered with
     * @param title    it in words
     * @param meaning  when it is answered
     * @param consumer whether the consumers' API answers it
     * @param admin    whether the admin API answers it
     */
    record Type(String name, List<Integer> statuses, String title, String meaning, boolean consumer, boolean admin) {
        String urn() {
            return PREFIX + name;
        }
    }

    private static Type both(String name, int status, String title, String meaning) {
        return new Type(name, List.of(status), title, meaning, true, true);
    }

    private static Type consumer(String name, int status, String title, String meaning) {
        return new Type(name, List.of(status), title, meaning, true, false);
    }

    private static Type admin(String name, int status, String title, String meaning) {
        return new Type(name, List.of(status), title, meaning, false, true);
    }

    /** The consumers' problems as responses of OpenAPI, by name: one for each status. */
    static SortedMap<String, JsonObject> responses() {
        SortedMap<String, JsonObject> responses = new TreeMap<>();
        for (int status : statuses()) {
            List<Type> types = ALL.stream()
                    .filter(type -> type.consumer() && type.statuses().contains(status)).toList();
            JsonObject examples = new JsonObject();
            StringBuilder description = new StringBuilder();
            for (Type type : types) {
                description.append("* `").append(type.name()).append("`: ").append(type.meaning()).append('\n');
                examples.put(type.name(), new JsonObject().put("summary", type.title()).put("value", new JsonObject()
                        .put("type", type.urn())
                        .put("title", type.title())
                        .put("status", status)
                        .put("detail", type.meaning())));
            }
            JsonObject schema = new JsonObject()
                    .put("allOf", new JsonArray()
                            .add(new JsonObject().put("$ref", "#/components/schemas/Problem"))
                            .add(new JsonObject().put("properties", new JsonObject()
                                    .put("type", new JsonObject().put("enum", new JsonArray(
                                            types.stream().map(Type::urn).toList())))
                                    .put("status", new JsonObject().put("const", status)))));
            responses.put(name(status), new JsonObject()
                    .put("description", description.toString().strip())
                    .put("content", new JsonObject().put(Problem.MEDIA_TYPE, new JsonObject()
                            .put("schema", schema).put("examples", examples))));
        }
        return responses;
    }

    /** The statuses of the consumers' problems. */
    static TreeSet<Integer> statuses() {
        TreeSet<Integer> statuses = new TreeSet<>();
        ALL.stream().filter(Type::consumer).forEach(type -> statuses.addAll(type.statuses()));
        return statuses;
    }

    /** The name of a status's response. */
    static String name(int status) {
        return "Problem" + status;
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.admin.Call;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.KeyRequest;
import systems.supported.rentcache.admin.RefusedCall;

/**
 * The original's paths of administration, in the original's names, over the operations of the admin API. Who may call
 * was decided before. A key's value is in the answer that makes the key, and nowhere else.
 */
final class OriginalAdminPaths {
    private static final Logger LOG = LoggerFactory.getLogger(OriginalAdminPaths.class);
    private static final String KEYS = "/admin/api-keys";
    private static final String CLEAR = "/admin/cache/clear";
    private static final String STATS = "/admin/cache/stats";
    private static final int OK = 200;
    private static final int CREATED = 201;
    /** The original's limits of a key that names none. */
    private static final long DAILY_LIMIT = 1_000;
    private static final long MONTHLY_LIMIT = 30_000;
    private static final long HIGHEST_LIMIT = 1_000_000_000_000L;
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Pattern HOURS = Pattern.compile("[0-9]{1,6}");
    private static final int MOST_HOURS = 876_000;
    private static final List<String> VALUES = List.of("api_key", "rentcast_api_key");
    private static final Set<String> CLEARED = Set.of("endpoint", "older_than_hours");
    private static final Map<String, Member> MEMBERS = new LinkedHashMap<>();

    static {
        MEMBERS.put("key_name", new Member(
                "name", value -> value instanceof String name && KeyRequest.isName(name), KeyRequest.NAME));
        MEMBERS.put("is_active", new Member("active", value -> value instanceof Boolean, "true or false"));
        String limits = "a whole number from 1 to " + HIGHEST_LIMIT + ", or null for none";
        MEMBERS.put("daily_limit", new Member("dailyLimit", OriginalAdminPaths::isLimit, limits));
        MEMBERS.put("monthly_limit", new Member("monthlyLimit", OriginalAdminPaths::isLimit, limits));
        MEMBERS.put("expires_at", new Member(
                "expiresAt", value -> value == null || value instanceof String, "a time, a day, or null for never"));
    }

    private final AdminApi api;
    private final long maxBodyBytes;

    /** A member of a key: our name of it, and what it may be. */
    private record Member(String name, Predicate<Object> allows, String allowed) {
    }

    OriginalAdminPaths(AdminApi api, long maxBodyBytes) {
        this.api = api;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** Adds them to a router. */
    void mount(Router router) {
        BodyHandler bodies = BodyHandler.create(false).setBodyLimit(maxBodyBytes);
        router.get(KEYS).handler(taking(this::list));
        router.post(KEYS).handler(bodies).handler(taking(this::create));
        router.put(KEYS + "/:id").handler(bodies).handler(taking((request, body) -> answer(
                request, OK, "updateKey", id(request), ours(body, List.of()), OriginalAdminPaths::original)));
        router.delete(KEYS + "/:id").handler(taking((request, body) -> answer(
                request, OK, "revokeKey", id(request), new JsonObject(), OriginalAdminPaths::original)));
        router.post(CLEAR).handler(bodies).handler(taking((request, body) -> answer(
                request, OK, "invalidate", new JsonObject(), cleared(request, body),
                done -> new JsonObject().put("cleared", done.getLong("count")).put("undo", done.getLong("seq")))));
        router.get(STATS).handler(taking((request, body) -> answer(
                request, OK, "cacheStats", new JsonObject(), new JsonObject(), OriginalAdminPaths::stats)));
    }

    /** The methods that a path answers, with commas. */
    static String methods(String path) {
        return switch (path) {
            case KEYS -> "GET, POST";
            case CLEAR -> "POST";
            case STATS -> "GET";
            default -> "PUT, DELETE";
        };
    }

    private void list(RoutingContext request, JsonObject body) {
        JsonObject all = new JsonObject().put("status", "all").put("limit", Integer.MAX_VALUE);
        answer(request, OK, "listKeys", all, new JsonObject(), keys -> new JsonArray(
                keys.getJsonArray("items").stream().map(key -> original((JsonObject) key)).toList()));
    }

    /** The original's key is the consumer's Rentcast key; where none is given, a new value is made. */
    private void create(RoutingContext request, JsonObject body) {
        JsonObject wanted = new JsonObject()
                .put("dailyLimit", DAILY_LIMIT).put("monthlyLimit", MONTHLY_LIMIT).mergeIn(ours(body, VALUES));
        VALUES.stream().filter(name -> body.getValue(name) != null).forEach(name -> {
            if (!(body.getValue(name) instanceof String value && KeyRequest.isValue(value))) {
                throw RefusedCall.malformed("'" + name + "' is not allowed; allowed: " + KeyRequest.VALUE + ".");
            }
            wanted.put("value", value);
        });
        if (!wanted.containsKey("name")) {
            throw RefusedCall.malformed("'key_name' is missing: " + KeyRequest.NAME + ".");
        }
        if (!wanted.getBoolean("active", true)) {
            throw RefusedCall.invalid("is_active", false, "true; a new key is active");
        }
        answer(request, CREATED, "createKey", new JsonObject(), wanted,
                made -> original(made.getJsonObject("key")).put("api_key", made.getString("value")));
    }

    private static JsonObject ours(JsonObject body, List<String> besides) {
        JsonObject ours = new JsonObject();
        body.forEach(given -> {
            Member member = MEMBERS.get(given.getKey());
            if (member != null) {
                if (!member.allows().test(given.getValue())) {
                    throw RefusedCall.invalid(given.getKey(), given.getValue(), member.allowed());
                }
                ours.put(member.name(), given.getValue());
            } else if (!besides.contains(given.getKey())) {
                throw unknown(given.getKey(), MEMBERS.keySet());
            }
        });
        return ours;
    }

    /** The original's name of a member of ours. */
    private static String theirs(String ours) {
        return MEMBERS.entrySet().stream().filter(member -> member.getValue().name().equals(ours))
                .map(Map.Entry::getKey).findFirst().orElse(ours);
    }

    private static boolean isLimit(Object value) {
        return value == null || (value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= 1 && ((Number) value).longValue() <= HIGHEST_LIMIT;
    }

    private static RefusedCall unknown(String name, Set<String> known) {
        return RefusedCall.malformed("There is no '" + name + "' here; allowed: " + String.join(", ", known) + ".");
    }

    private static JsonObject original(JsonObject key) {
        return new JsonObject()
                .put("id", key.getLong("id"))
                .put("key_name", key.getString("name"))
                .put("is_active", key.getString("status").equals("active"))
                .put("daily_limit", key.getLong("dailyLimit"))
                .put("monthly_limit", key.getLong("monthlyLimit"))
                .put("daily_usage", key.getLong("usedToday"))
                .put("monthly_usage", key.getLong("usedThisMonth"))
                .put("created_at", key.getString("createdAt"))
                .put("expires_at", key.getString("expiresAt"))
                .put("last_used", key.getString("lastUsed"));
    }

    /**
     * What is to be cleared, of body or query; without either it is everything, as in the original. So a name that is
     * not known must not be passed over.
     */
    private static JsonObject cleared(RoutingContext request, JsonObject body) {
        JsonObject given = new JsonObject();
        request.queryParams().forEach(parameter -> given.put(parameter.getKey(), parameter.getValue()));
        given.mergeIn(body);
        given.fieldNames().stream().filter(name -> !CLEARED.contains(name)).findFirst().ifPresent(name -> {
            throw unknown(name, CLEARED);
        });
        JsonObject what = new JsonObject();
        if (given.getValue("endpoint") != null) {
            what.put("endpoint", given.getString("endpoint"));
        }
        Object hours = given.getValue("older_than_hours");
        if (hours != null) {
            if (!HOURS.matcher(hours.toString()).matches() || Integer.parseInt(hours.toString()) > MOST_HOURS) {
                throw RefusedCall.invalid("older_than_hours", hours, "a whole number of hours, at most " + MOST_HOURS);
            }
            what.put("olderThan", hours + "h");
        }
        return what.isEmpty() ? what.put("all", true) : what;
    }

    private static JsonObject stats(JsonObject stats) {
        JsonObject total = stats.getJsonObject("total");
        JsonObject endpoints = new JsonObject();
        stats.getJsonArray("endpoints").stream().map(JsonObject.class::cast)
                .forEach(one -> endpoints.put(one.getString("endpoint"), one.getLong("entries")));
        return new JsonObject()
                .put("total_entries", total.getLong("entries"))
                .put("valid_entries", total.getLong("fresh"))
                .put("expired_entries", total.getLong("stale"))
                .put("total_hits", total.getLong("hits"))
                .put("entries_by_endpoint", endpoints);
    }

    private static JsonObject id(RoutingContext request) {
        String id = request.pathParam("id");
        if (!ID.matcher(id).matches()) {
            throw RefusedCall.invalid("id", id, "a whole number of at least 1");
        }
        return new JsonObject().put("id", Long.parseLong(id));
    }

    /** A handler that is given the body as well, empty where there is none. */
    private static Handler<RoutingContext> taking(BiConsumer<RoutingContext, JsonObject> use) {
        return request -> {
            try {
                boolean empty = request.body() == null || request.body().length() < 1;
                use.accept(request, empty ? new JsonObject() : new JsonObject(request.body().buffer()));
            } catch (RefusedCall refused) {
                problem(request, Problem.refused(refused));
            } catch (DecodeException noObject) {
                problem(request, Problem.malformed("The body has to be a JSON object."));
            }
        };
    }

    private void answer(
            RoutingContext request, int status, String operation, JsonObject parameters, JsonObject body,
            Function<JsonObject, Object> mapping) {
        api.operations().get(operation).run(new Call(parameters, body, OperatorRoutes.caller(request)))
                .map(document -> Json.encodeToBuffer(mapping.apply(document.body().toJsonObject())))
                .onSuccess(document -> request.response().setStatusCode(status)
                        .putHeader(HttpHeaders.CONTENT_TYPE, Document.JSON)
                        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                        .end(document))
                .onFailure(failure -> {
                    if (failure instanceof RefusedCall refused) {
                        problem(request, Problem.refused(refused.named(OriginalAdminPaths::theirs)));
                    } else {
                        LOG.error("The administrator's call {} {} failed", request.request().method(),
                                request.request().path(), failure);
                        problem(request, Problem.internal());
                    }
                });
    }

    private static void problem(RoutingContext request, Problem problem) {
        if (!request.response().ended()) {
            Rejections.send(request.response(), problem);
        }
    }
}

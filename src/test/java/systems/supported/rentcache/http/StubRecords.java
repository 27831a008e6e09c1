package systems.supported.rentcache.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Keys, answers, bills, settings and events of a scene; what can be changed, changes. */
final class StubRecords {
    private static final List<String> NAMES = List.of("operator", "valuation-service", "rent-model-nightly",
            "web-frontend", "partner: Blue Oak Realty, Austin", "notebook of the data team");
    private static final String[] QUERIES = {
        "/v1/properties?zipCode=78244", "/v1/avm/value?address=5500%20Grand%20Lake%20Dr%2C%20San%20Antonio%2C%20TX%2C%2078244",
        "/v1/markets?zipCode=78244", "/v1/listings/rental/long-term?city=Austin&limit=500&state=TX",
        "/v1/avm/rent/long-term?address=1011%20W%2023rd%20St%20Apt%20511%2C%20Austin%2C%20TX%2078705&propertyType=Apartment",
        "/v1/properties/random?limit=5", "/v1/listings/sale?city=San%20Antonio&state=TX&status=Active",
        "/v1/properties?bedrooms=3%3A5&city=Houston&propertyType=Single%20Family%7CCondo&state=TX"};

    private final Scene scene;
    private final List<JsonObject> keys = new ArrayList<>();
    private final List<JsonObject> entries = new ArrayList<>();

    StubRecords(Scene scene) {
        this.scene = scene;
        int names = scene == Scene.BUSY || scene == Scene.BROKEN ? NAMES.size() : 1;
        for (int index = 0; index < names; index++) {
            keys.add(key(index));
        }
        int questions = scene == Scene.EMPTY ? 0 : scene == Scene.ONE ? 1 : 24;
        for (int index = 0; index < questions; index++) {
            entries.add(entry(index));
        }
    }

    private JsonObject key(int index) {
        Instant now = Instant.now();
        long[] used = {412, 8_120, 990, 2_488, 77, 0};
        return new JsonObject().put("id", index + 1).put("name", NAMES.get(index))
                .put("status", index == 5 ? "expired" : "active").put("hint", "rc_" + Integer.toHexString(0x4e21 + index * 991))
                .put("permissions", index == 0 ? new JsonArray().add("read").add("refresh").add("admin") : new JsonArray().add("read"))
                .put("dailyLimit", index == 0 ? null : index == 2 ? 1_000 : 10_000)
                .put("monthlyLimit", index % 2 == 0 ? null : 100_000)
                .put("usedToday", scene == Scene.EMPTY ? 0 : scene == Scene.ONE ? 1 : used[index])
                .put("usedThisMonth", scene == Scene.EMPTY ? 0 : scene == Scene.ONE ? 1 : used[index] * 11)
                .put("rate", index == 3 ? "600/minute" : null).put("endpointRates", new JsonObject())
                .put("createdAt", now.minus(Duration.ofDays(90 - index)).toString())
                .put("expiresAt", index == 5 ? now.minus(Duration.ofDays(3)).toString()
                        : index == 4 ? now.plus(Duration.ofDays(12)).toString() : null)
                .put("lastUsed", index == 5 || scene == Scene.EMPTY ? null : now.minusSeconds(7L + index * index * 400L).toString());
    }

    private static JsonObject entry(int index) {
        Instant now = Instant.now();
        String target = QUERIES[index % QUERIES.length];
        long hits = index == 0 ? 9_412 : 4_000L / (index + 1);
        boolean stale = index % 7 == 5;
        Instant fetched = now.minus(Duration.ofMinutes(13L + 97L * index));
        String key = String.format("%016x", 0x9e3779b97f4a7c15L * (index + 1)).repeat(4);
        return new JsonObject().put("key", key).put("state", stale ? "stale" : "fresh")
                .put("endpoint", StubFigures.ENDPOINTS.get(index % 6)).put("target", target).put("question", new JsonObject())
                .put("status", 200).put("ageSeconds", Duration.between(fetched, now).toSeconds())
                .put("fetchedAt", fetched.toString())
                .put("expiresAt", (stale ? now.minusSeconds(900) : now.plus(Duration.ofHours(3L + index))).toString())
                .put("clearedAt", null).put("hits", hits).put("lastHit", now.minusSeconds(4L + index * 31L).toString())
                .put("bytes", 18_200 + index * 731).put("compressedBytes", 2_900 + index * 97)
                .put("costMicros", 200_000).put("savedMicros", hits * 200_000).put("etag", "\"" + key.substring(0, 16) + "\"");
    }

    void mount(Router router) {
        router.get("/admin/v1/keys").handler(this::listKeys);
        router.post("/admin/v1/keys").handler(this::createKey);
        router.get("/admin/v1/keys/:id").handler(request -> AdminStub.json(request, 200, find(request)));
        router.patch("/admin/v1/keys/:id").handler(this::changeKey);
        router.delete("/admin/v1/keys/:id").handler(request -> AdminStub.json(request, 200, find(request).put("status", "revoked")));
        router.post("/admin/v1/keys/:id/rotate").handler(request -> AdminStub.json(request, 200,
                new JsonObject().put("key", find(request)).put("value", "rc_new_value_of_the_key_0123456789")));
        router.get("/admin/v1/cache/entries").handler(this::listEntries);
        router.get("/admin/v1/cache/entries/:key").handler(this::showEntry);
        router.post("/admin/v1/cache/entries/:key/refresh").handler(request -> AdminStub.json(request, 200,
                new JsonObject().put("status", 200).put("costMicros", 200_000)));
        router.post("/admin/v1/cache/invalidate").handler(request -> clear(request, true));
        router.post("/admin/v1/cache/undo").handler(request -> clear(request, false));
        router.get("/admin/v1/explain").handler(this::explain);
        router.get("/admin/v1/savings").handler(this::savings);
        router.get("/admin/v1/savings/plans").handler(this::plans);
        router.get("/admin/v1/invoices/:month").handler(request -> request.response()
                .putHeader("Content-Type", "text/csv").end("key,questions,micros\noperator,1,0\n"));
        router.get("/admin/v1/budget").handler(this::budget);
        router.get("/admin/v1/budget/history").handler(this::history);
        router.put("/admin/v1/budget/:scope").handler(request -> AdminStub.json(request, 200, request.body().asJsonObject()));
        router.get("/admin/v1/settings").handler(request -> AdminStub.json(request, 200, settings()));
    }

    private void listKeys(RoutingContext request) {
        String search = request.queryParams().get("search");
        boolean all = "all".equals(request.queryParams().get("status"));
        List<JsonObject> found = keys.stream().filter(key -> search == null || key.getString("name").contains(search))
                .filter(key -> all || !key.getString("status").equals("revoked")).toList();
        AdminStub.json(request, 200, page(found));
    }

    private static JsonObject page(List<JsonObject> items) {
        return new JsonObject().put("items", new JsonArray(items)).put("total", items.size()).put("limit", 50).put("offset", 0);
    }

    private void createKey(RoutingContext request) {
        JsonObject wanted = request.body().asJsonObject();
        if (keys.stream().anyMatch(key -> key.getString("name").equals(wanted.getString("name")))) {
            AdminStub.problem(request, 409, "There is a key '" + wanted.getString("name") + "' already.");
            return;
        }
        JsonObject key = key(0).put("permissions", new JsonArray().add("read")).put("lastUsed", null)
                .put("usedToday", 0).put("usedThisMonth", 0).mergeIn(wanted).put("id", keys.size() + 1);
        keys.add(key);
        AdminStub.json(request, 201, new JsonObject().put("key", key).put("value", "rc_value_of_a_key_that_is_shown_once"));
    }

    private void changeKey(RoutingContext request) {
        JsonObject change = request.body().asJsonObject();
        JsonObject key = find(request);
        if (change.getBoolean("active", false)) {
            key.put("status", "active");
        }
        AdminStub.json(request, 200, key.mergeIn(change));
    }

    private JsonObject find(RoutingContext request) {
        int id = Integer.parseInt(request.pathParam("id"));
        return keys.stream().filter(key -> key.getInteger("id") == id).findFirst().orElseThrow();
    }

    private void listEntries(RoutingContext request) {
        String search = request.queryParams().get("search");
        List<JsonObject> found = entries.stream()
                .filter(entry -> search == null || entry.getString("target").contains(search))
                .filter(entry -> entry.getValue("clearedAt") == null).toList();
        AdminStub.json(request, 200, page(found));
    }

    private void showEntry(RoutingContext request) {
        AdminStub.json(request, 200, entries.stream()
                .filter(entry -> entry.getString("key").equals(request.pathParam("key"))).findFirst().orElseThrow());
    }

    private void clear(RoutingContext request, boolean cleared) {
        String key = request.body().asJsonObject().getString("key");
        entries.stream().filter(entry -> !cleared || entry.getString("key").equals(key))
                .forEach(entry -> entry.put("clearedAt", cleared ? Instant.now().toString() : null));
        AdminStub.json(request, 200, new JsonObject().put("seq", 7).put("count", 1));
    }

    private void explain(RoutingContext request) {
        String key = entries.isEmpty() ? "0".repeat(64) : entries.get(0).getString("key");
        AdminStub.json(request, 200, new JsonObject().put("request", request.queryParams().get("request"))
                .put("decision", new JsonObject().put("answer", "hit").put("tier", "near").put("status", 200)
                        .put("calls", 0).put("costMicros", 0).put("onFailure", null))
                .put("why", new JsonArray().add("The answer in the near tier is fresh for another 3 h."))
                .put("key", new JsonObject().put("id", 1).put("name", "operator"))
                .put("question", new JsonObject().put("problem", null).put("endpoint", "properties").put("cacheKey", key)
                        .put("canonical", new JsonObject().put("path", "/properties").put("zipCode", "78244")))
                .put("tiers", new JsonArray()
                        .add(new JsonObject().put("tier", "near").put("state", "fresh").put("ageSeconds", 780).put("hits", 9_412))
                        .add(new JsonObject().put("tier", "redis").put("state", "absent"))
                        .add(new JsonObject().put("tier", "sql").put("state", "fresh").put("ageSeconds", 780).put("hits", 9_412)))
                .put("limits", new JsonObject().put("admitted", true)
                        .put("daily", new JsonObject().put("limit", 10_000).put("used", 412)))
                .put("upstream", new JsonObject().put("circuit", "closed").put("refusedBy", null).put("waiting", 0)
                        .put("underWay", "none"))
                .put("budgets", new JsonArray().add(new JsonObject().put("scope", "account").put("microsLimit", 500_000_000)
                        .put("microsUsed", 299_400_000).put("callsUsed", 4_127).put("admits", true))));
    }

    private void savings(RoutingContext request) {
        String by = request.queryParams().get("groupBy");
        JsonArray rows = new JsonArray();
        Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
        int some = scene == Scene.EMPTY ? 0 : scene == Scene.ONE ? 1 : by.equals("day") ? 21 : 6;
        for (int index = 0; index < some; index++) {
            long without = scene == Scene.ONE ? 1 : Math.round(480 * (1.3 + Math.sin(index * 1.9)));
            long paid = scene == Scene.ONE ? 1 : without / (8 - index % 4);
            JsonObject row = switch (by) {
                case "day" -> new JsonObject().put("day", today.minus(some - 1L - index, ChronoUnit.DAYS).toString().substring(0, 10));
                case "key" -> new JsonObject().put("key", index + 1).put("keyName", NAMES.get(index));
                default -> new JsonObject().put("endpoint", StubFigures.ENDPOINTS.get(index));
            };
            rows.add(row.put("withoutCache", bill(without)).put("paid", bill(paid)).put("savedMicros", (without - paid) * 200_000));
        }
        boolean some1 = scene == Scene.BUSY || scene == Scene.BROKEN;
        AdminStub.json(request, 200, new JsonObject().put("from", today.minus(21, ChronoUnit.DAYS).toString())
                .put("to", Instant.now().toString()).put("groupBy", by).put("plan", plan("foundation"))
                .put("consumerPays", false).put("accounts", 1)
                .put("withoutCache", new JsonObject().put("calls", some1 ? 48_210 : some).put("micros", some1 ? 1_583_700_000L : 74_000_000))
                .put("paid", new JsonObject().put("calls", some1 ? 4_127 : some).put("micros", some1 ? 299_400_000L : 74_000_000))
                .put("savedMicros", some1 ? 1_284_300_000L : 0).put("rows", rows));
    }

    private static JsonObject bill(long calls) {
        return new JsonObject().put("calls", calls).put("micros", calls * 200_000);
    }

    private static JsonObject plan(String name) {
        return new JsonObject().put("name", name).put("feeMicros", 74_000_000).put("includedCalls", 1_000)
                .put("overagePriceMicros", 200_000).put("billingDay", 7).put("timeZone", "UTC");
    }

    private void plans(RoutingContext request) {
        JsonArray plans = new JsonArray();
        long calls = scene == Scene.BUSY || scene == Scene.BROKEN ? 4_127 : 1;
        Object[][] all = {{"developer", 0L, 50L, 200_000L}, {"foundation", 74_000_000L, 1_000L, 200_000L},
            {"growth", 199_000_000L, 5_000L, 60_000L}, {"scale", 449_000_000L, 25_000L, 30_000L}};
        for (Object[] each : all) {
            long fee = (Long) each[1];
            long paid = fee + Math.max(0, calls - (Long) each[2]) * (Long) each[3];
            plans.add(new JsonObject().put("plan", new JsonObject().put("name", each[0]).put("feeMicros", fee)
                            .put("includedCalls", each[2]).put("overagePriceMicros", each[3]))
                    .put("inForce", each[0].equals("foundation"))
                    .put("withoutCache", new JsonObject().put("calls", calls * 11).put("micros", fee + Math.max(0, calls * 11 - (Long) each[2]) * (Long) each[3]))
                    .put("paid", new JsonObject().put("calls", calls).put("micros", paid)));
        }
        AdminStub.json(request, 200, new JsonObject().put("month", "2026-11-07").put("plans", plans));
    }

    private void budget(RoutingContext request) {
        JsonObject now = new StubFigures(scene).budget(Instant.now());
        AdminStub.json(request, 200, new JsonObject().put("plan", plan("foundation")).put("period", now.getString("period"))
                .put("budgets", new JsonArray().add(now.copy().put("budget", "account"))));
    }

    private void history(RoutingContext request) {
        AdminStub.json(request, 200, new JsonObject().put("months", new JsonArray()
                .add(new JsonObject().put("period", "2026-10-07").put("begins", "2026-10-07T00:00:00Z"))
                .add(new JsonObject().put("period", "2026-09-07").put("begins", "2026-09-07T00:00:00Z"))));
    }

    private static JsonObject settings() {
        JsonArray all = new JsonArray();
        String[][] some = {
            {"HOST", "0.0.0.0", "default", "Server", "The address that is listened on"},
            {"PORT", "8000", "environment", "Server", "The port that is listened on"},
            {"RENTCAST_API_KEY", "••••••3f9a", ".env line 2", "Upstream", "The key that pays"},
            {"UPSTREAM_RATE_LIMIT", "20/second", "default", "Upstream", "How many calls a key may make"},
            {"MONTHLY_BUDGET", "500", "file conf/rentcache.yaml", "Money", "What a billing month may cost, in dollars"},
            {"REDIS_URL", null, "default", "Storage", "Redis as a tier between near and the database"}};
        for (String[] each : some) {
            all.add(new JsonObject().put("name", each[0]).put("value", each[1]).put("source", each[2]).put("section", each[3])
                    .put("secret", each[0].contains("KEY")).put("description", each[4]).put("allowed", "a text"));
        }
        return new JsonObject().put("settings", all);
    }

    List<JsonObject> events(Instant now) {
        List<JsonObject> events = new ArrayList<>();
        for (int index = 18; index > 0; index--) {
            String at = now.minusSeconds(index * 41L).toString();
            events.add(switch (index % 3) {
                case 0 -> event("cache.invalidated", new JsonObject().put("v", 1).put("seq", 40 - index)
                        .put("scope", "endpoint=markets zipCode:78244").put("at", at));
                case 1 -> event("upstream.state", new JsonObject().put("v", 1).put("endpoint", "avm-value")
                        .put("state", index % 2 == 0 ? "open" : "closed").put("at", at));
                default -> event("budget.step", new JsonObject().put("v", 1).put("budget", "account").put("percent", 80).put("at", at));
            });
        }
        return events;
    }

    private static JsonObject event(String name, JsonObject body) {
        return new JsonObject().put("name", name).put("body", body.put("node", "rentcache-1"));
    }
}

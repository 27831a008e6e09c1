package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.http.AdminContract;

/** Kept answers and budgets by the admin API: each operation, what the running node makes of it, and the bill. */
class AdminCacheTest {
    private static final String CACHE = "/admin/v1/cache";

    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("PLAN", "developer").start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Answer call(String method, String path, JsonObject body) {
        Answer answer = node.send(method, path, body == null ? null : body.encode(), Node.withKey(
                Node.ADMIN, "Content-Type", "application/json"));
        AdminContract.assertFits(answer.response());
        return answer;
    }

    private static JsonObject done(String method, String path, JsonObject body) {
        Answer answer = call(method, path, body);
        assertThat(answer.status()).as(answer.text()).isBetween(200, 202);
        return answer.json();
    }

    private static String asked(String question) {
        Answer answer = node.get(question);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.header("X-Cache");
    }

    /** The entry of a question by its zip code and offset, once it is in the database. */
    private static JsonObject entry(String search) {
        String path = CACHE + "/entries?search=" + search;
        Node.until(search + " is kept", () -> done("GET", path, null).getInteger("total") == 1);
        return done("GET", path, null).getJsonArray("items").getJsonObject(0);
    }

    @Test
    void answersAreCountedFoundAndShown() {
        String question = "/v1/properties?zipCode=78244&limit=1&offset=11";
        asked(question);
        assertThat(asked(question)).isEqualTo("HIT");
        JsonObject found = entry("offset%3D11");
        assertThat(found.getString("endpoint")).isEqualTo("properties");
        assertThat(found.getString("state")).isEqualTo("fresh");
        Node.until("its hit is written", () -> entry("offset%3D11").getLong("hits") == 1);
        assertThat(entry("offset%3D11").getLong("savedMicros")).isEqualTo(200_000);
        String key = found.getString("key");
        assertThat(done("GET", CACHE + "/entries?tag=offset:11&endpoint=properties&sort=fetched", null)
                .getInteger("total")).isEqualTo(1);
        assertThat(done("GET", CACHE + "/entries?tag=offset:1&search=offset%3D11", null).getInteger("total")).isZero();
        assertThat(done("GET", CACHE + "/entries?search=" + key.substring(0, 20), null).getInteger("total"))
                .isEqualTo(1);
        assertThat(done("GET", CACHE + "/entries?state=stale", null).getInteger("total")).isZero();
        JsonObject shown = done("GET", CACHE + "/entries/" + key + "?body=true", null);
        assertThat(shown.getJsonArray("body")).isEqualTo(new JsonArray(node.get(question).text()));
        assertThat(done("GET", CACHE + "/entries/" + key, null).containsKey("body")).isFalse();
        JsonObject stats = done("GET", CACHE + "/stats", null);
        assertThat(stats.getJsonArray("tiers").stream().map(tier -> ((JsonObject) tier).getString("tier")))
                .containsExactly("near", "sql");
        assertThat(stats.getJsonArray("tiers").getJsonObject(0).getLong("entries")).isPositive();
        assertThat(stats.getJsonObject("total").getLong("entries")).isPositive();
    }

    @Test
    void whatIsInvalidatedIsPaidForAgainUntilThatIsTakenBack() {
        String question = "/v1/properties?zipCode=78701&limit=1&offset=21";
        asked(question);
        String key = entry("offset%3D21").getString("key");
        long billed = node.bill().billed();
        JsonObject cleared = done("POST", CACHE + "/invalidate", new JsonObject().put("key", key));
        assertThat(cleared.getInteger("count")).isEqualTo(1);
        JsonObject undo = new JsonObject().put("seq", cleared.getLong("seq"));
        // What was invalidated at this very moment is given no more at this moment.
        node.clock.advance(Duration.ofSeconds(1));
        assertThat(done("POST", CACHE + "/undo", undo).getInteger("count")).isEqualTo(1);
        assertThat(asked(question)).isEqualTo("HIT");
        assertThat(node.bill().billed()).isEqualTo(billed);
        assertThat(call("POST", CACHE + "/undo", undo).status()).isEqualTo(404);
        assertThat(call("POST", CACHE + "/undo", new JsonObject().put("seq", 1)).status())
                .as("the first line is the bootstrap key's").isEqualTo(404);
        done("POST", CACHE + "/invalidate", new JsonObject()
                .put("endpoint", "properties").put("tags", new JsonArray().add("zipCode:78701")));
        node.clock.advance(Duration.ofSeconds(1));
        assertThat(asked(question)).isEqualTo("MISS");
        assertThat(node.bill().billed()).isEqualTo(billed + 1);
        node.clock.advance(Duration.ofMinutes(1));
        done("POST", CACHE + "/invalidate", new JsonObject().put("olderThan", "30s").put("endpoint", "market_stats"));
        assertThat(asked(question)).isEqualTo("HIT");
        done("POST", CACHE + "/invalidate", new JsonObject().put("olderThan", "30s"));
        assertThat(asked(question)).isEqualTo("MISS");
    }

    @Test
    void oneAnswerIsFetchedAnew() {
        String question = "/v1/properties?zipCode=78244&limit=1&offset=31";
        asked(question);
        String key = entry("offset%3D31").getString("key");
        node.clock.advance(Duration.ofMinutes(5));
        JsonObject refreshed = done("POST", CACHE + "/entries/" + key + "/refresh", null);
        assertThat(refreshed.getString("fetchedAt")).isEqualTo(node.clock.instant().toString());
        assertThat(asked(question)).isEqualTo("HIT");
        assertThat(node.get(question).header("Age")).isEqualTo("0");
        assertThat(call("POST", CACHE + "/entries/" + "0".repeat(64) + "/refresh", null).status()).isEqualTo(404);
        assertThat(call("GET", CACHE + "/entries/" + "0".repeat(64), null).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                          | 'all'",
        "{'all': true, 'endpoint': 'properties'}     | narrows",
        "{'all': true, 'olderThan': '1h'}            | one",
        "{'endpoint': 'prices'}                      | market_stats",
        "{'olderThan': 'long'}                       | 24h",
        "{'tags': ['78244']}                         | NAME:VALUE",
        "{'tags': '78244'}                           | a list",
        "{'key': 'abc'}                              | ^[0-9a-f]",
        "{'everything': true}                        | all, endpoint"})
    void whatIsNotClearIsNotInvalidated(String body, String allowed) {
        Answer refused = call("POST", CACHE + "/invalidate", new JsonObject(body.replace('\'', '"')));
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.json().getString("detail")).contains(allowed);
    }

    @Test
    void searchesThatMeanNothingAreRefused() {
        assertThat(call("GET", CACHE + "/entries?endpoint=prices", null).text()).contains("market_stats");
        assertThat(call("GET", CACHE + "/entries?state=old", null).text()).contains("kept, fresh, stale, cleared");
        assertThat(call("GET", CACHE + "/entries?tag=78244", null).text()).contains("NAME:VALUE");
        assertThat(call("GET", CACHE + "/entries/abc", null).status()).isEqualTo(400);
    }

    @Test
    void aBudgetHoldsSoonAfterItIsSet() {
        JsonObject key = node.send("POST", "/admin/v1/keys", "{\"name\": \"poor\"}",
                Node.withKey(Node.ADMIN, "Content-Type", "application/json")).json();
        String scope = "key:" + key.getJsonObject("key").getLong("id");
        String value = key.getString("value");
        JsonObject set = done("PUT", "/admin/v1/budget/" + scope, new JsonObject().put("calls", 1));
        assertThat(set.getInteger("callsLimit")).isEqualTo(1);
        assertThat(set.getValue("limitMicros")).isNull();
        // Each time another question: what is kept costs no budget.
        String question = "/v1/properties?zipCode=78244&limit=1&offset=";
        AtomicInteger offset = new AtomicInteger(1_000);
        assertThat(node.getWithKey(value, question + offset.incrementAndGet()).status()).isEqualTo(200);
        Node.until("the budget is spent",
                () -> node.getWithKey(value, question + offset.incrementAndGet()).status() == 402);
        JsonObject shown = done("GET", "/admin/v1/budget", null);
        assertThat(shown.getJsonObject("plan").getLong("overagePriceMicros")).isEqualTo(200_000);
        JsonObject spent = shown.getJsonArray("budgets").stream().map(JsonObject.class::cast)
                .filter(budget -> budget.getString("budget").equals(scope)).findFirst().orElseThrow();
        assertThat(spent.getInteger("percent")).isGreaterThanOrEqualTo(100);
        assertThat(spent.getString("step")).isEqualTo("spent");
        JsonObject history = done("GET", "/admin/v1/budget/history?scope=" + scope, null);
        assertThat(history.getJsonArray("months").getJsonObject(0).getLong("calls")).isPositive();
        assertThat(done("PUT", "/admin/v1/budget/" + scope, new JsonObject()).getValue("callsLimit")).isNull();
        Node.until("it is removed", () -> node.getWithKey(value, question + offset.incrementAndGet()).status() == 200);
    }

    @Test
    void budgetsOfWhatIsNotThereAreRefused() {
        assertThat(call("PUT", "/admin/v1/budget/month", new JsonObject()).text()).contains("account, endpoint:");
        assertThat(call("PUT", "/admin/v1/budget/endpoint:prices", new JsonObject()).text()).contains("market_stats");
        assertThat(call("PUT", "/admin/v1/budget/key:987654", new JsonObject()).status()).isEqualTo(404);
        assertThat(call("PUT", "/admin/v1/budget/account", new JsonObject().put("dollars", "much")).text())
                .contains("Such as 250");
        assertThat(call("GET", "/admin/v1/budget/history?months=0", null).text()).contains("from 1 to 120");
    }
}

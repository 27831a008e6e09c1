package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.http.AdminContract;

/** Keys by the admin API: each operation, and what the running node makes of it by the time that it answers. */
class AdminKeysTest {
    private static final String KEYS = "/admin/v1/keys";
    private static final String QUESTION = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).start();
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

    private static JsonObject create(String name, JsonObject more) {
        Answer made = call("POST", KEYS, new JsonObject().put("name", name).mergeIn(more));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json();
    }

    private static long id(JsonObject withValue) {
        return withValue.getJsonObject("key").getLong("id");
    }

    private static int asked(String value) {
        return node.getWithKey(value, QUESTION).status();
    }

    @Test
    void aKeyWorksOnceItIsMadeAndItsValueIsNeverShownAgain() {
        JsonObject made = create("acme", new JsonObject()
                .put("permissions", new JsonArray().add("refresh")).put("dailyLimit", 100).put("rate", "500/hour")
                .put("endpointRates", new JsonObject().put("properties", "30/minute")).put("expiresAt", "2026-03-02"));
        String value = made.getString("value");
        assertThat(asked(value)).isEqualTo(200);
        JsonObject key = made.getJsonObject("key");
        assertThat(key.getJsonArray("permissions")).containsExactly("read", "refresh");
        assertThat(key.getString("expiresAt")).isEqualTo("2026-03-03T00:00:00Z");
        assertThat(key.getString("rate")).isEqualTo("500/hour");
        Answer shown = call("GET", KEYS + "/" + id(made), null);
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.text()).doesNotContain(value);
        Answer listed = call("GET", KEYS + "?search=ACM", null);
        assertThat(listed.json().getJsonArray("items")).hasSize(1);
        assertThat(listed.text()).doesNotContain(value);
        assertThat(call("POST", KEYS, new JsonObject().put("name", "acme")).status()).isEqualTo(409);
    }

    @Test
    void aConsumersOwnValueIsNotRepeated() {
        String value = "own-value-0123456789";
        JsonObject made = create("own", new JsonObject().put("value", value));
        assertThat(made.encode()).doesNotContain(value);
        assertThat(asked(value)).isEqualTo(200);
        Answer taken = call("POST", KEYS, new JsonObject().put("name", "other").put("value", value));
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.text()).contains("belongs to a key already").doesNotContain(value);
    }

    @Test
    void keysAreListedInPagesAndFound() {
        for (int i = 0; i < 3; i++) {
            create("paged_" + i, new JsonObject());
        }
        JsonObject page = call("GET", KEYS + "?search=paged_&limit=2&offset=1", null).json();
        assertThat(page.getJsonArray("items").stream().map(key -> ((JsonObject) key).getString("name")))
                .containsExactly("paged_1", "paged_2");
        assertThat(page.getInteger("total")).isEqualTo(3);
        assertThat(call("GET", KEYS + "?search=paged%25", null).json().getInteger("total")).isZero();
        long last = page.getJsonArray("items").getJsonObject(1).getLong("id");
        assertThat(call("DELETE", KEYS + "/" + last, null).json().getString("status")).isEqualTo("revoked");
        assertThat(call("GET", KEYS + "?search=paged_", null).json().getInteger("total")).isEqualTo(2);
        assertThat(call("GET", KEYS + "?search=paged_&status=all", null).json().getInteger("total")).isEqualTo(3);
    }

    @Test
    void aChangeHoldsOnceItIsAnswered() {
        JsonObject made = create("changing", new JsonObject().put("dailyLimit", 5).put("expiresAt", "90d"));
        String value = made.getString("value");
        String path = KEYS + "/" + id(made);
        assertThat(asked(value)).isEqualTo(200);
        JsonObject changed = call("PATCH", path, new JsonObject()
                .put("name", "changed").put("dailyLimit", 1).putNull("expiresAt")).json();
        assertThat(changed.getString("name")).isEqualTo("changed");
        assertThat(changed.getValue("expiresAt")).isNull();
        assertThat(asked(value)).as("one request is used, and one is all").isEqualTo(429);
        assertThat(call("PATCH", path, new JsonObject().putNull("dailyLimit")).json().getValue("dailyLimit")).isNull();
        assertThat(asked(value)).isEqualTo(200);
        call("PATCH", path, new JsonObject().put("active", false));
        assertThat(asked(value)).isEqualTo(401);
        call("PATCH", path, new JsonObject().put("active", true));
        assertThat(asked(value)).isEqualTo(200);
    }

    @Test
    void aRotatedKeyHasBothValuesForTheGraceAndARevokedOneNone() {
        JsonObject made = create("rotating", new JsonObject());
        String first = made.getString("value");
        String path = KEYS + "/" + id(made);
        assertThat(asked(first)).isEqualTo(200);
        JsonObject rotated = call("POST", path + "/rotate", new JsonObject().put("grace", "1h")).json();
        String second = rotated.getString("value");
        assertThat(asked(first)).isEqualTo(200);
        assertThat(asked(second)).isEqualTo(200);
        assertThat(rotated.getJsonObject("key").getString("formerValueUntil"))
                .isEqualTo(node.clock.instant().plus(Duration.ofHours(1)).toString());
        String third = call("POST", path + "/rotate", new JsonObject().put("grace", "0s")).json().getString("value");
        assertThat(asked(second)).isEqualTo(401);
        assertThat(asked(third)).isEqualTo(200);
        List<Long> told = new CopyOnWriteArrayList<>();
        node.vertx().eventBus().<JsonObject>localConsumer(
                Addresses.KEY_REVOKED, event -> told.add(event.body().getLong("keyId")));
        assertThat(call("DELETE", path, null).status()).isEqualTo(200);
        assertThat(asked(third)).isEqualTo(401);
        Node.until("the event came", () -> told.contains(id(made)));
        assertThat(call("DELETE", path, null).json().getString("status")).isEqualTo("revoked");
        Answer late = call("POST", path + "/rotate", null);
        assertThat(late.status()).isEqualTo(409);
    }

    @Test
    void aKeyThatIsNotThereIsNotFound() {
        for (String[] request : new String[][] {{"GET", ""}, {"DELETE", ""}, {"PATCH", ""}, {"POST", "/rotate"}}) {
            Answer missing = call(request[0], KEYS + "/987654" + request[1],
                    request[0].equals("PATCH") ? new JsonObject() : null);
            assertThat(missing.status()).as(request[0]).isEqualTo(404);
            assertThat(missing.text()).contains("987654");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                         | name          | required",
        "{'name': ''}                               | name          | from 1 to 100 characters",
        "{'name': 7}                                | name          | text",
        "{'name': 'x', 'dailyLimit': 0}             | dailyLimit    | a whole number from 1 to 1000000000000, or null",
        "{'name': 'x', 'dailyLimit': 'many'}        | dailyLimit    | a whole number",
        "{'name': 'x', 'permissions': ['write']}    | permissions   | read, refresh, admin",
        "{'name': 'x', 'rate': 'fast'}              | rate          | N/minute",
        "{'name': 'x', 'endpointRates': {'y': '1/s'}} | endpointRates | market_stats",
        "{'name': 'x', 'endpointRates': {'y': 3}}   | endpointRates | text",
        "{'name': 'x', 'expiresAt': '2020-01-01'}   | expiresAt     | a time to come",
        "{'name': 'x', 'value': 'with a blank in it'} | value       | visible ASCII",
        "{'name': 'x', 'color': 'red'}              | color         | name, permissions",
        "[1]                                        | body          | an object",
        "{'name':                                   | body          | JSON"})
    void whatABodyMayNotSayIsNamedWithWhatItMay(String body, String member, String allowed) {
        Answer refused = node.send("POST", KEYS, body.replace('\'', '"'),
                Node.withKey(Node.ADMIN, "Content-Type", "application/json"));
        AdminContract.assertFits(refused.response());
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.json().getString("detail")).contains(member).contains(allowed);
        assertThat(refused.text()).doesNotContain("with a blank");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "?limit=0        | limit  | from 1 to 1000",
        "?limit=many     | limit  | a whole number",
        "?status=revoked | status | active, all",
        "?serach=acme    | serach | search, status, limit, offset",
        "/0              | id     | at least 1",
        "/acme           | id     | a whole number"})
    void whatAPathMayNotSayIsNamedWithWhatItMay(String rest, String parameter, String allowed) {
        Answer refused = call("GET", KEYS + rest, null);
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.json().getString("detail")).contains(parameter).contains(allowed);
    }

    @Test
    void aBodyOfAnotherKindIsRefused() {
        Answer form = node.send("POST", KEYS, "name=acme", Node.withKey(
                Node.ADMIN, "Content-Type", "application/x-www-form-urlencoded"));
        assertThat(form.status()).as(form.text()).isEqualTo(415);
        assertThat(form.text()).contains("application/json");
        Answer nothing = node.send("POST", KEYS, null, Node.withKey(Node.ADMIN));
        assertThat(nothing.status()).as(nothing.text()).isEqualTo(400);
    }

    @Test
    void anotherMethodSaysWhichThereAre() {
        Answer method = node.send("PUT", KEYS, "{}", Node.withKey(Node.ADMIN));
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.header("Allow")).isEqualTo("GET, POST");
    }
}

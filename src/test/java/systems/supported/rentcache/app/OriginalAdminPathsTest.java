package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;

/** The original's paths of administration, in the original's names. */
class OriginalAdminPathsTest {
    private static final String RENTCAST_KEY = "0123456789abcdef0123456789ABCDEF";
    private static final String QUESTION = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    private Path directory;

    @Test
    void keysAndCacheAreAdministeredAsInTheOriginal() {
        try (Node node = Node.in(directory).start()) {
            assertThat(node.send("GET", "/admin/api-keys", null).status()).isEqualTo(401);
            Answer made = node.post("/admin/api-keys", new JsonObject()
                    .put("key_name", "acme").put("rentcast_api_key", RENTCAST_KEY).put("daily_limit", 5).encode());
            assertThat(made.status()).as(made.text()).isEqualTo(201);
            assertThat(made.json().getLong("daily_limit")).isEqualTo(5);
            assertThat(made.json().getLong("monthly_limit")).isEqualTo(30_000);
            assertThat(made.text()).doesNotContain(RENTCAST_KEY);
            assertThat(node.getWithKey(RENTCAST_KEY, QUESTION).status()).isEqualTo(200);
            String key = "/admin/api-keys/" + made.json().getLong("id");
            assertThat(new JsonArray(node.get("/admin/api-keys").text()).stream()
                    .map(one -> ((JsonObject) one).getString("key_name"))).contains("acme");
            Answer changed = node.send("PUT", key, "{\"is_active\": false}", Node.withKey(Node.ADMIN));
            assertThat(changed.json().getBoolean("is_active")).isFalse();
            assertThat(node.getWithKey(RENTCAST_KEY, QUESTION).status()).isEqualTo(401);
            node.send("PUT", key, "{\"is_active\": true}", Node.withKey(Node.ADMIN));
            assertThat(node.getWithKey(RENTCAST_KEY, QUESTION).status()).isEqualTo(200);
            assertThat(node.send("DELETE", key, null, Node.withKey(Node.ADMIN)).status()).isEqualTo(200);
            assertThat(node.getWithKey(RENTCAST_KEY, QUESTION).status()).isEqualTo(401);
            Node.until("the answer is kept",
                    () -> node.get("/admin/cache/stats").json().getLong("total_entries") == 1);
            refuses(node);
            Answer cleared = node.post("/admin/cache/clear", "{\"endpoint\": \"properties\"}");
            assertThat(cleared.json().getLong("cleared")).isEqualTo(1);
            assertThat(node.get(QUESTION).header("X-Cache")).isEqualTo("MISS");
            assertThat(node.post("/admin/cache/clear", "{\"endpoint\": \"prices\"}").status()).isEqualTo(400);
        }
    }

    private static void refuses(Node node) {
        assertThat(node.post("/admin/api-keys", "{}").text()).contains("key_name");
        assertThat(node.post("/admin/api-keys", "[]").status()).isEqualTo(400);
        Answer many = node.post("/admin/api-keys", "{\"key_name\": \"b\", \"daily_limit\": \"many\"}");
        assertThat(many.status()).isEqualTo(400);
        assertThat(many.text()).contains("daily_limit", "many");
        Answer misspelt = node.post("/admin/cache/clear", "{\"endpont\": \"properties\"}");
        assertThat(misspelt.status()).isEqualTo(400);
        assertThat(misspelt.text()).contains("endpont", "older_than_hours");
        for (String hours : new String[] {"\"soon\"", "-1", "1.5", "900000", "true"}) {
            Answer wrong = node.post("/admin/cache/clear", "{\"older_than_hours\": " + hours + "}");
            assertThat(wrong.status()).isEqualTo(400);
            assertThat(wrong.text()).contains("'older_than_hours'", hours.replace("\"", "")).doesNotContain("olderThan");
        }
        for (String time : new String[] {"someday", "2001-01-01"}) {
            Answer wrong = node.post(
                    "/admin/api-keys", "{\"key_name\": \"b\", \"expires_at\": \"" + time + "\"}");
            assertThat(wrong.status()).isEqualTo(400);
            assertThat(wrong.text()).contains("'expires_at' was given '" + time).doesNotContain("expiresAt");
        }
        assertThat(node.post("/admin/api-keys", "{\"key_name\": \"b\", \"rentcast_api_key\": \"short\"}").text())
                .contains("'rentcast_api_key'").doesNotContain("short");
        assertThat(node.post("/admin/api-keys", "{\"key_name\": \"b\", \"api_key\": 7}").text()).contains("'api_key'");
        assertThat(node.get("/admin/cache/stats").json().getLong("total_entries")).isEqualTo(1);
        Answer method = node.send("PATCH", "/admin/api-keys", "{}", Node.withKey(Node.ADMIN));
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.header("Allow")).isEqualTo("GET, POST");
        assertThat(node.send("DELETE", "/admin/api-keys/99", null, Node.withKey(Node.ADMIN)).status()).isEqualTo(404);
    }
}

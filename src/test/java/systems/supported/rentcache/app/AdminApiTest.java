package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.KeySpec;

/** The admin API as a whole: who may call it, and what is answered to calls that it does not allow. */
class AdminApiTest {
    @TempDir
    private Path directory;

    @Test
    void onlyAnAdministratorsKeyIsLetIn() {
        try (Node node = Node.in(directory).start()) {
            assertThat(node.send("GET", "/admin/v1/settings", null).status()).isEqualTo(401);
            assertThat(node.getWithKey("no-such-key-0123456789", "/admin/v1/settings").status()).isEqualTo(401);
            String guest = node.newKey(KeySpec.named("guest"));
            Node.Answer refused = node.getWithKey(guest, "/admin/v1/settings");
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.json().getString("type")).isEqualTo("urn:rentcache:problem:permission-missing");
            assertThat(node.send("GET", "/admin/v1/settings", null, "Authorization", "Bearer " + Node.ADMIN).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void settingsAreShownWithTheirSourceAndWithoutSecrets() {
        try (Node node = Node.in(directory).with("LOG_LEVEL", "WARN").start()) {
            Node.Answer answer = node.get("/admin/v1/settings");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            JsonObject level = answer.json().getJsonArray("settings").stream().map(JsonObject.class::cast)
                    .filter(setting -> setting.getString("name").equals("LOG_LEVEL")).findFirst().orElseThrow();
            assertThat(level.getString("value")).isEqualTo("WARN");
            assertThat(level.getString("source")).isEqualTo("flag --LOG_LEVEL");
            assertThat(answer.text()).doesNotContain(Node.ADMIN);
        }
    }

    /** The port is open before the contract is read. */
    @Test
    void aCallThatComesAsSoonAsThePortIsOpenIsAnswered() throws Exception {
        int port = freePort();
        try (Node node = Node.in(directory).with("PORT", port)) {
            CompletableFuture<Node> starting = CompletableFuture.supplyAsync(node::start);
            HttpRequest early = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/admin/v1/keys"))
                    .header("X-Api-Key", Node.ADMIN).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"early\"}")).build();
            assertThat(firstAnswer(early, starting).statusCode()).isEqualTo(201);
            starting.get(1, TimeUnit.MINUTES);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static HttpResponse<String> firstAnswer(HttpRequest request, CompletableFuture<Node> starting)
            throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        while (!starting.isCompletedExceptionally()) {
            try {
                return client.send(request, HttpResponse.BodyHandlers.ofString());
            } catch (ConnectException notYet) {
                Thread.onSpinWait();
            }
        }
        throw new AssertionError("the node does not start", starting.handle((node, failure) -> failure).get());
    }

    @Test
    void whatTheContractDoesNotAllowIsAProblemThatSaysSo() {
        try (Node node = Node.in(directory).start()) {
            Node.Answer unknown = node.get("/admin/v1/no-such-thing");
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.json().getString("type")).isEqualTo("urn:rentcache:problem:path-unknown");
            Node.Answer method = node.post("/admin/v1/settings", "{}");
            assertThat(method.status()).isEqualTo(405);
            assertThat(method.header("Content-Type")).isEqualTo("application/problem+json");
        }
    }
}

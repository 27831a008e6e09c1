package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in {@code examples}, each as it is, against a node. */
class ExamplesTest {
    private static final AtomicInteger QUESTIONS = new AtomicInteger();

    @TempDir
    static Path directory;
    private static Node node;
    private static int clusterPort;
    private final List<Process> running = new ArrayList<>();
    private Path output;
    private Path errors;

    @BeforeAll
    static void start() {
        clusterPort = ClusterPorts.some();
        node = ClusterPorts.joining(Node.in(directory.resolve("node")), clusterPort)
                .with("BRIDGE_PORT", 0).with("WEBHOOK_HTTP", true).with("ENABLE_RATE_LIMITING", false)
                .with("WEBHOOK_SECRET", "master-secret-of-the-webhooks-0123456789").start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @AfterEach
    void end() {
        running.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }

    private void run(Map<String, String> environment, String... command) throws IOException {
        output = Files.createTempFile(directory, "said", ".out");
        errors = Files.createTempFile(directory, "said", ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(output.toFile()).redirectError(errors.toFile());
        builder.environment().put("RENTCACHE_ADMIN_KEY", Node.ADMIN);
        builder.environment().putAll(environment);
        running.add(builder.start());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String example(String name) {
        return Path.of("examples", name).toString();
    }

    /** Asks until the program has printed a miss; its line. */
    private String missPrinted() {
        Node.until(() -> "the program prints a miss; it said: " + text(output) + text(errors), () -> {
            assertThat(node.get("/v1/properties?zipCode=78244&limit=1&offset=" + QUESTIONS.incrementAndGet()).status())
                    .isEqualTo(200);
            return text(output).contains("uri-miss") && text(output).endsWith("\n");
        });
        return text(output).lines().filter(line -> line.contains("uri-miss")).findFirst().orElseThrow();
    }

    @Test
    void aVerticleInTheCluster() throws IOException {
        run(Map.of(), Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-Xmx256m", "-cp", System.getProperty("java.class.path"), example("java/PrintMisses.java"),
                "test-" + clusterPort, "127.0.0.1:" + clusterPort, "127.0.0.1");
        Node.until(() -> "it listens; it said: " + text(output) + text(errors),
                () -> text(output).contains("listening"));
        assertThat(missPrinted()).contains(" properties ", "\"zipCode\":\"78244\"");
    }

    @Test
    void serverSentEventsFromAShell() throws IOException {
        assertThat(Tool.named("curl")).isNotNull();
        run(Map.of("RENTCACHE", "http://127.0.0.1:" + node.port()), "bash", example("curl/listen.sh"), "cache.miss");
        assertThat(new JsonObject(missPrinted()).getString("endpoint")).isEqualTo("properties");
    }

    @Test
    void theBridgeFromPython() throws IOException {
        run(Map.of(), Tool.named("python3").program().toString(), example("tcp-bridge/listen.py"), "127.0.0.1",
                String.valueOf(node.app().bridgePort()), "rentcache.cache.miss");
        assertThat(new JsonObject(missPrinted()).getString("address")).isEqualTo("rentcache.cache.miss");
    }

    @Test
    void aReceiverOfWebhooksInPython() throws Exception {
        JsonObject made = node.post("/admin/v1/webhooks", new JsonObject().put("url", "http://127.0.0.1:1/")
                .put("events", new JsonArray().add("cache.miss")).encode(), "Content-Type", "application/json").json();
        // The node's clock is the test's, and not that of the program.
        run(Map.of("WEBHOOK_SECRET", made.getString("secret"), "TOLERANCE_SECONDS", "1000000000"),
                Tool.named("python3").program().toString(), example("webhook/receiver.py"), "0");
        Node.until(() -> "it listens; it said: " + text(errors), () -> text(errors).matches("listening on \\d+\n"));
        String url = "http://127.0.0.1:" + text(errors).strip().replaceAll("\\D+", "") + "/";
        node.send("PATCH", "/admin/v1/webhooks/" + made.getJsonObject("webhook").getInteger("id"),
                new JsonObject().put("url", url).encode(), Node.withKey(Node.ADMIN, "Content-Type", "application/json"));
        assertThat(new JsonObject(missPrinted()).getString("name")).isEqualTo("cache.miss");
        HttpRequest forged = HttpRequest.newBuilder(URI.create(url))
                .header("RentCache-Signature", "t=1772366400,v1=" + "0".repeat(64))
                .POST(HttpRequest.BodyPublishers.ofString("{\"events\":[{\"name\":\"forged\"}]}")).build();
        assertThat(HttpClient.newHttpClient().send(forged, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(401);
        assertThat(text(output)).doesNotContain("forged");
    }
}

package systems.supported.rentcache.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A sandbox at a time that stands still, and a client that speaks HTTP to it. */
abstract class SandboxFixture {

    static final Instant NOW = Instant.parse("2026-03-15T10:20:30Z");

    static Vertx vertx;
    static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    SandboxServer sandbox;

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() throws Exception {
        await(vertx.close());
    }

    @BeforeEach
    void startSandbox() throws Exception {
        sandbox = start(options());
    }

    @AfterEach
    void stopSandbox() throws Exception {
        await(sandbox.close());
    }

    /** What the sandbox of each test is like; unlimited, so that a clock that stands still does not get in the way. */
    SandboxOptions options() {
        return SandboxOptions.standard(0).withClock(InstantSource.fixed(NOW)).withCallsPerSecond(0);
    }

    static SandboxServer start(SandboxOptions options) throws Exception {
        return await(SandboxServer.start(vertx, options));
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sandbox.port() + target))
                .timeout(Duration.ofSeconds(10));
    }

    HttpRequest.Builder call(String target) {
        return request("/v1" + target).header("X-Api-Key", SandboxServer.API_KEY);
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String target) throws IOException, InterruptedException {
        return send(call(target));
    }

    JsonArray list(String target) throws IOException, InterruptedException {
        return new JsonArray(ok(get(target)).body());
    }

    JsonObject object(String target) throws IOException, InterruptedException {
        return new JsonObject(ok(get(target)).body());
    }

    /** The error of a call that has to fail, with its status checked against the answer's. */
    JsonObject error(String target) throws IOException, InterruptedException {
        HttpResponse<String> response = get(target);
        JsonObject error = new JsonObject(response.body());
        if (response.statusCode() != error.getInteger("status")) {
            throw new AssertionError(response + " " + error);
        }
        return error;
    }

    HttpResponse<String> post(String target, String json) throws IOException, InterruptedException {
        return send(request("/_sandbox" + target).POST(BodyPublishers.ofString(json)));
    }

    static HttpResponse<String> ok(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw new AssertionError(response + " " + response.body());
        }
        return response;
    }

    static List<JsonObject> objects(JsonArray array) {
        return IntStream.range(0, array.size()).mapToObj(array::getJsonObject).toList();
    }

    static List<String> ids(JsonArray array) {
        return objects(array).stream().map(one -> one.getString("id")).toList();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

package systems.supported.rentcache.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, rate, bill, faults, clock, and how HTTP is spoken. */
class ServerTest extends SandboxFixture {

    private static final String QUESTION = "/properties?zipCode=78244&limit=10";

    @Test
    void aCallNeedsAKnownKey() throws Exception {
        for (String key : List.of("other", "sandbox-key2", "SANDBOX-KEY")) {
            HttpResponse<String> response = send(request("/v1" + QUESTION).header("X-Api-Key", key));
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(new JsonObject(response.body()).getString("error")).isEqualTo("auth/api-key-invalid");
        }
        assertThat(send(request("/v1" + QUESTION)).statusCode()).isEqualTo(401);
        assertThat(sandbox.bill().billed()).isZero();
    }

    @Test
    void aCallBeyondTheRateIsRefused() throws Exception {
        await(sandbox.close());
        sandbox = start(options().withCallsPerSecond(1).withApiKeys(Set.of("sandbox-key", "second-key")));
        ok(get(QUESTION));

        JsonObject refused = error(QUESTION);
        assertThat(refused.getMap()).containsEntry("status", 429).containsEntry("error", "auth/rate-limit-exceeded");
        assertThat(send(request("/v1" + QUESTION).header("X-Api-Key", "second-key")).statusCode()).isEqualTo(200);
        assertThat(sandbox.bill().maxPerSecond()).isEqualTo(2);
        assertThat(sandbox.bill().billed()).isEqualTo(2);
        sandbox.reset();
        ok(get(QUESTION));
    }

    @Test
    void anySecondHoldsAtMostTheLimit() {
        RateWindows windows = new RateWindows(20);
        for (int i = 0; i < 20; i++) {
            assertThat(windows.admit("key", i)).isTrue();
        }
        assertThat(windows.admit("key", 20)).isFalse();
        assertThat(windows.admit("other", 20)).isTrue();
        assertThat(windows.admit("key", 999)).isFalse();
        assertThat(windows.admit("key", 1_000)).isTrue();
        assertThat(windows.admit("key", 1_000)).isFalse();
        assertThat(windows.mostPerSecond()).isEqualTo(23);
    }

    @Test
    void onlyA200WithABodyIsBilled() throws Exception {
        get(QUESTION);
        get("/properties?city=Atlantis");
        get("/properties/nowhere");
        get("/properties?limit=0");
        get("/markets?zipCode=78244");
        get("/nothing");
        get("/avm/value?address=1+Main+St,+Austin,+TX");
        send(request("/v1/listings/sale"));
        send(call(QUESTION).POST(BodyPublishers.noBody()));

        Bill bill = sandbox.bill();
        assertThat(bill.calls()).isEqualTo(9);
        assertThat(bill.billed()).isEqualTo(4);
        assertThat(bill.costMicros()).isEqualTo(120_000);
        assertThat(bill.byEndpoint()).containsOnly(
                Map.entry("properties", new Bill.Counts(5, 2)),
                Map.entry("properties_random", new Bill.Counts(0, 0)),
                Map.entry("value_estimate", new Bill.Counts(1, 1)),
                Map.entry("rent_estimate", new Bill.Counts(0, 0)),
                Map.entry("listings_sale", new Bill.Counts(1, 0)),
                Map.entry("listings_rental", new Bill.Counts(0, 0)),
                Map.entry("market_stats", new Bill.Counts(1, 1)));
        assertThat(new JsonObject(send(request("/_sandbox/bill")).body())).isEqualTo(bill.toJson());
    }

    @Test
    void onlyGetIsAllowed() throws Exception {
        HttpResponse<String> response = send(call(QUESTION).POST(BodyPublishers.ofString("{}")));
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(new JsonObject(response.body()).getInteger("status")).isEqualTo(405);
        assertThat(send(call(QUESTION).method("HEAD", BodyPublishers.noBody())).statusCode()).isEqualTo(405);
        assertThat(send(call(QUESTION).method("OPTIONS", BodyPublishers.noBody())).statusCode()).isEqualTo(405);
        assertThat(error("/properties/1/2").getInteger("status")).isEqualTo(404);
        assertThat(error("/properties/").getInteger("status")).isEqualTo(404);
    }

    @Test
    void bodiesAreJsonAndCompressedForThoseWhoAsk() throws Exception {
        HttpResponse<String> plain = get(QUESTION);
        assertThat(plain.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");

        HttpResponse<byte[]> gzip = CLIENT.send(
                call(QUESTION).header("Accept-Encoding", "br, gzip").build(), BodyHandlers.ofByteArray());
        assertThat(gzip.headers().firstValue("Content-Encoding")).contains("gzip");
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain.body());
        }
    }

    @Test
    void latencyComesBeforeTheAnswer() throws Exception {
        post("/faults", "{\"latencyMillis\":60,\"times\":1}");
        long start = System.nanoTime();
        ok(get(QUESTION));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(59));
        assertThat(sandbox.faults()).isEqualTo(Faults.NONE);
    }

    @Test
    void anErrorIsAnsweredSoOftenAsAsked() throws Exception {
        post("/faults", "{\"status\":503,\"times\":2,\"retryAfterSeconds\":7}");

        HttpResponse<String> failed = get(QUESTION);
        assertThat(failed.statusCode()).isEqualTo(503);
        assertThat(failed.headers().firstValue("Retry-After")).contains("7");
        assertThat(new JsonObject(failed.body()).fieldNames()).containsExactly("status", "error", "message");
        assertThat(sandbox.faults().times()).isEqualTo(1);
        assertThat(get(QUESTION).statusCode()).isEqualTo(503);
        assertThat(get(QUESTION).statusCode()).isEqualTo(200);
        assertThat(sandbox.bill().billed()).isEqualTo(1);
    }

    @Test
    void anErrorRateIsAShareOfTheCalls() throws Exception {
        sandbox.faults(Faults.parse(JsonObject.of("errorRate", 0.5)));
        int failed = 0;
        for (int i = 0; i < 100; i++) {
            failed += get("/properties/x").statusCode() == 500 ? 1 : 0;
        }
        assertThat(failed).isBetween(35, 65);
    }

    @Test
    void aHungCallIsNeverAnsweredAndNotBilled() throws Exception {
        sandbox.faults(Faults.parse(JsonObject.of("hang", true)));
        assertThatThrownBy(() -> send(call(QUESTION).timeout(Duration.ofMillis(200))))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(sandbox.bill().calls()).isEqualTo(1);
        assertThat(sandbox.bill().billed()).isZero();

        CompletableFuture<HttpResponse<String>> hung =
                CLIENT.sendAsync(call(QUESTION).build(), BodyHandlers.ofString());
        assertThat(hung).isNotDone();
        while (sandbox.bill().calls() < 2) {
            Thread.onSpinWait();
        }
        await(sandbox.close());
        assertThat(hung).failsWithin(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"disconnect", "wrongContentLength"})
    void aBodyThatBreaksOffIsBilled(String fault) throws Exception {
        sandbox.faults(Faults.parse(JsonObject.of(fault, true)));
        assertThatThrownBy(() -> get(QUESTION)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> send(call(QUESTION).header("Accept-Encoding", "gzip")))
                .isInstanceOf(IOException.class);
        assertThat(sandbox.bill().billed()).isEqualTo(2);

        String raw = raw("GET /v1" + QUESTION + " HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: sandbox-key\r\n\r\n");
        assertThat(raw).startsWith("HTTP/1.1 200 OK").contains("content-length: ").contains("[{\"id\":");
    }

    @Test
    void aSlowBodyArrivesWhole() throws Exception {
        String whole = get(QUESTION).body();
        sandbox.faults(Faults.parse(JsonObject.of("slowBodyMillis", 90)));
        long start = System.nanoTime();
        HttpResponse<String> slow = get(QUESTION);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(80));
        assertThat(slow.body()).isEqualTo(whole);
    }

    @Test
    void invalidJsonIsAWholeAnswer() throws Exception {
        sandbox.faults(Faults.parse(JsonObject.of("invalidJson", true)));
        HttpResponse<String> cut = ok(get(QUESTION));
        assertThatThrownBy(() -> new JsonArray(cut.body())).isInstanceOf(DecodeException.class);
        assertThat(sandbox.bill().billed()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/properties?zipCode=78244", "/properties?city=Atlantis", "/markets?zipCode=78244"})
    void aBodyIsPaddedAndStaysJson(String question) throws Exception {
        sandbox.faults(Faults.parse(JsonObject.of("bodyBytes", 3_000_000)));
        String padded = ok(get(question)).body();
        assertThat(padded).hasSizeBetween(3_000_000, 3_010_000);
        assertThat(Json.decodeValue(padded)).isNotNull();
    }

    @Test
    void aValidatorSavesTheCall() throws Exception {
        assertThat(get(QUESTION).headers().firstValue("ETag")).isEmpty();
        sandbox.faults(Faults.parse(JsonObject.of("etag", true)));
        String etag = get(QUESTION).headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> same = send(call(QUESTION).header("If-None-Match", "\"x\", W/" + etag));
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.headers().firstValue("ETag")).contains(etag);
        assertThat(sandbox.bill().billed()).isEqualTo(2);
        assertThat(send(call(QUESTION).header("If-None-Match", "\"x\"")).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{\"hangs\":true}; hangs", "{\"hang\":1}; hang", "{\"latencyMillis\":-1}; latencyMillis",
        "{\"errorRate\":2}; errorRate", "{\"status\":200}; status", "{\"times\":0}; times", "[]; object", "; object",
        "{\"bodyBytes\":1.5}; bodyBytes", "{; object"})
    void aWrongFaultIsNamed(String json, String named) throws Exception {
        HttpResponse<String> response = post("/faults", json == null ? "" : json);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(new JsonObject(response.body()).getString("message")).contains(named);
        assertThat(sandbox.faults()).isEqualTo(Faults.NONE);
    }

    @Test
    void theFaultsInForceAreShown() throws Exception {
        String faults = "{\"latencyMillis\":5,\"hang\":true,\"status\":504,\"errorRate\":0.25}";
        assertThat(new JsonObject(ok(post("/faults", faults)).body())).isEqualTo(new JsonObject(faults));
        assertThat(new JsonObject(send(request("/_sandbox/faults")).body())).isEqualTo(new JsonObject(faults));
        assertThat(new JsonObject(ok(post("/faults", "{\"hang\":null}")).body())).isEmpty();
    }

    @Test
    void theClockMovesOnAndResetPutsAllBack() throws Exception {
        String moved = ok(post("/clock", "{\"advanceSeconds\":86400}")).body();
        assertThat(Instant.parse(new JsonObject(moved).getString("now"))).isEqualTo(NOW.plusSeconds(86_400));
        assertThat(post("/clock", "{\"advanceSeconds\":-1}").body()).contains("advanceSeconds");
        assertThat(post("/clock", "{\"seconds\":1}").body()).contains("'seconds'");
        get(QUESTION);
        sandbox.faults(Faults.parse(JsonObject.of("hang", true)));

        ok(post("/reset", ""));
        assertThat(sandbox.now()).isEqualTo(NOW);
        assertThat(sandbox.faults()).isEqualTo(Faults.NONE);
        assertThat(sandbox.bill().calls()).isZero();
    }

    @Test
    void webPagesMayNotUseTheAdminPaths() throws Exception {
        assertThat(send(request("/_sandbox/bill").header("Origin", "http://localhost")).statusCode()).isEqualTo(403);
        assertThat(raw("GET /_sandbox/bill HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("GET /_sandbox/bill HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', value = {
        "GET /v1/properties?zipCode=%zz > 400", "GET /v1/properties?% > 400", "GET /v1/properties/% > 400",
        "GET /v1/properties/%e2%28%a1 > 404", "GET /v1/properties?a;b=c&&&=&=x&zipCode= > 200", "GET /v1 > 404",
        "GET /v1/ > 404", "GET / > 404", "GET * > 404", "CONNECT localhost:80 > 404",
        "GET http://localhost/v1/properties/x > 404",
        "BREW /v1/properties > 405", "GET //v1/properties > 404", "GET /v1/properties?limit=٣ > 400",
        "GET /_sandbox/ > 404", "POST /_sandbox/bill > 404", "GET /v1/../v1/properties > 404"})
    void oddRequestsAreAnswered(String requestLine, int status) throws Exception {
        String head = requestLine.replace("٣", "%D9%A3") + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        assertThat(raw(head + "X-Api-Key: sandbox-key\r\n\r\n")).startsWith("HTTP/1.1 " + status);
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", sandbox.port())) {
            socket.setSoTimeout(5_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

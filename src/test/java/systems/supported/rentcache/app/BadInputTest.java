package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.sandbox.Faults;

/** Whatever comes in: a clear refusal or a closed connection, nothing paid, and the server goes on. */
class BadInputTest {
    private static final String AUTHORIZED = "Host: localhost\r\nX-Api-Key: " + Node.ADMIN + "\r\n";

    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("IDLE_TIMEOUT", "1s").with("MAX_CACHED_BODY", "1MiB").start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @AfterEach
    void goesOn() {
        node.sandbox().reset();
        assertThat(node.get("/v1/properties?zipCode=78244&limit=1").status()).isEqualTo(200);
    }

    private static String answerTo(String request) throws IOException {
        try (RawConnection connection = new RawConnection(node.port())) {
            return connection.send(request).rest();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/properties?zipCode=7824, invalid-parameter, zipCode", "/v1/properties?limit=501, invalid-parameter, limit",
        "/v1/markets, invalid-parameter, zipCode", "/v1/avm/value, invalid-parameter, address",
        "/v1/properties?city=%, malformed-request, query", "/v1/properties?city=a%00b, malformed-request, query",
        "/v1/properties/%2e%2e, malformed-request, path", "/v1/properties/%FF, malformed-request, path",
    })
    void aWrongQuestionIsRefusedAtNoCost(String target, String type, String named) throws IOException {
        String answer = answerTo("GET " + target + " HTTP/1.1\r\nConnection: close\r\n" + AUTHORIZED + "\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
        JsonObject problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        assertThat(problem.getString("type")).isEqualTo("urn:rentcache:problem:" + type);
        assertThat(problem.getString("detail")).contains(named).contains("allowed");
        assertThat(problem.getString("requestId")).isNotBlank();
        assertThat(node.bill().calls()).isZero();
    }

    @Test
    void aRefusalSaysWhatWasGivenAndWhatIsAllowed() {
        JsonObject violation = node.get("/v1/properties?propertyType=Castle").json()
                .getJsonArray("violations").getJsonObject(0);
        assertThat(violation.getString("parameter")).isEqualTo("propertyType");
        assertThat(violation.getString("given")).isEqualTo("Castle");
        assertThat(violation.getString("allowed")).contains("Single Family", "Condo");
    }

    @Test
    void thousandsOfParametersAreRefused() {
        Answer answer = node.get("/v1/properties?" + "a=1&".repeat(3_000));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("type")).endsWith("too-many-parameters");
    }

    @Test
    void aFirstLineThatIsTooLongIsRefusedAndCounted() throws IOException {
        long before = refusedAsTooLarge();
        assertThat(answerTo("GET /v1/properties?city=" + "a".repeat(20_000) + " HTTP/1.1\r\n" + AUTHORIZED + "\r\n"))
                .matches("(?s)HTTP/1\\.[01] 414.*").contains("request-too-large").contains("16384");
        assertThat(refusedAsTooLarge()).isEqualTo(before + 1);
    }

    private static long refusedAsTooLarge() {
        String counter = "rentcache_refused_total{reason=\"request-too-large\"} ";
        return node.get("/metrics").text().lines().filter(line -> line.startsWith(counter))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(counter.length()))).sum();
    }

    @Test
    void headersThatAreTooLargeAreRefused() throws IOException {
        assertThat(answerTo("GET /v1/properties HTTP/1.1\r\nX-A: " + "a".repeat(20_000) + "\r\n" + AUTHORIZED + "\r\n"))
                .startsWith("HTTP/1.1 431").contains("request-too-large");
        assertThat(answerTo("GET /v1/properties HTTP/1.1\r\n" + "X-A: b\r\n".repeat(5_000) + AUTHORIZED + "\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "nonsense\r\n\r\n", "GET\r\n\r\n", "GET /v1/properties\r\n\r\n", "GET /v1/properties HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n", "GET /v1/properties HTTP/1.1\r\nBad Header: x\r\n\r\n",
        "GET /v1/properties HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "GET /v1/properties HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "GET /v1/properties HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n",
        "POST /v1/properties HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    })
    void whatIsNoHttpIsRefusedOrCutOff(String request) throws IOException {
        String answer = answerTo(request);
        assertThat(answer).doesNotContain("Exception").doesNotContain("\tat ");
        assertThat(answer.isEmpty() || answer.matches("(?s)HTTP/\\d\\.\\d (4\\d\\d|501).*")).as(answer).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"})
    void otherMethodsAreNotAllowed(String method) throws IOException {
        String answer = answerTo(
                method + " /v1/properties HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n" + AUTHORIZED + "\r\n");
        assertThat(answer).startsWith("HTTP/1.1 405").containsIgnoringCase("allow: GET, HEAD, OPTIONS");
    }

    @Test
    void aGetWithABodyIsRefused() throws IOException {
        assertThat(answerTo("GET /v1/properties HTTP/1.1\r\nConnection: close\r\nContent-Length: 5\r\n" + AUTHORIZED
                + "\r\nhello")).startsWith("HTTP/1.1 400").contains("malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1", "/v2/properties", "/v1/", "/V1/properties", "//v1/properties", "/v1/../v1/markets"})
    void otherPathsAreUnknown(String path) throws IOException {
        assertThat(answerTo("GET " + path + " HTTP/1.1\r\nConnection: close\r\n" + AUTHORIZED + "\r\n"))
                .matches("(?s)HTTP/1\\.1 (404|400).*").contains("application/problem+json");
    }

    @Test
    void theAbsoluteFormIsAProxysWayToAsk() throws IOException {
        assertThat(answerTo("GET http://localhost/v1/properties?zipCode=78244&limit=1 HTTP/1.1\r\nConnection: close\r\n"
                + AUTHORIZED + "\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void requestsOnOneConnectionAreAnsweredInOrder() throws IOException {
        String request = "GET /v1/properties?zipCode=78244&limit=1 HTTP/1.1\r\n" + AUTHORIZED;
        String last = request.replace("limit=1 ", "limit=0 ") + "Connection: close\r\n\r\n";
        String answers = answerTo((request + "\r\n").repeat(20) + last);
        assertThat(answers.split("HTTP/1\\.1 200", -1)).hasSize(21);
        assertThat(answers.lastIndexOf("HTTP/1.1 400")).isGreaterThan(answers.lastIndexOf("HTTP/1.1 200"));
    }

    @Test
    void aHeaderThatWouldSplitTheAnswerIsNotGivenBack() throws IOException {
        String answer = answerTo("GET /v1/properties?zipCode=78244&limit=1 HTTP/1.1\r\nConnection: close\r\n"
                + "X-Request-Id: a\u0001b\r\n" + AUTHORIZED + "\r\n");
        assertThat(answer).doesNotContain("\u0001");
    }

    @Test
    void aClientThatDripsIsCutOff() throws IOException {
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send("GET /v1/properties HTTP/1.1\r\n");
            Node.until("the connection is closed", () -> {
                try {
                    connection.send("X-A: b\r\n");
                    return false;
                } catch (IOException closed) {
                    return true;
                }
            });
        }
    }

    @Test
    void aSilentClientIsCutOff() throws IOException {
        try (RawConnection connection = new RawConnection(node.port())) {
            assertThat(connection.rest()).isEmpty();
        }
    }

    @Test
    void aBulkBodyThatNeverComesIsNotWaitedForLong() throws IOException {
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send("POST /api/v1/estimates/value/bulk HTTP/1.1\r\nContent-Length: 100\r\n" + AUTHORIZED + "\r\n{");
            assertThat(connection.rest()).startsWith("HTTP/1.1 408").contains("request-too-slow");
        }
    }

    @Test
    void aClientThatGoesAwayLeavesThePaidAnswerBehind() throws IOException {
        node.sandbox().faults(Faults.parse(JsonObject.of("latencyMillis", 300)));
        String target = "/v1/properties?zipCode=78244&limit=2";
        RawConnection connection = new RawConnection(node.port());
        connection.send("GET " + target + " HTTP/1.1\r\n" + AUTHORIZED + "\r\n");
        Node.until("the call is made", () -> node.bill().calls() == 1);
        connection.abort();
        assertThat(node.get(target).header("Cache-Status")).matches("RentCache; (hit|fwd=uri-miss; .*collapsed).*");
        assertThat(node.bill().calls()).isEqualTo(1);
    }

    @Test
    void aClientThatGoesAwayInMidAnswerEndsTheStream() throws IOException {
        node.sandbox().faults(Faults.parse(JsonObject.of("bodyBytes", 64 << 20)));
        for (int i = 0; i < 5; i++) {
            RawConnection connection = new RawConnection(node.port());
            connection.send("GET /v1/properties?zipCode=78244&limit=3&offset=" + i + " HTTP/1.1\r\n" + AUTHORIZED + "\r\n");
            assertThat(connection.line()).isEqualTo("HTTP/1.1 200 OK");
            connection.abort();
        }
    }
}

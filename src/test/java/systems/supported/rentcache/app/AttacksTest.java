package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.app.Node.Answer;

/** What somebody would try who wants another's answer, another's path, or another server behind this one. */
class AttacksTest {
    private static final String KEY = "X-Api-Key: " + Node.ADMIN + "\r\n";
    private static final String AUTHORIZED = "Host: localhost\r\n" + KEY;
    /** What a request says that hides in another one's body. */
    private static final String HIDDEN = "GET /health/live HTTP/1.1\r\nHost: hidden\r\n\r\n";
    private static final String SHOWN = "\"status\":\"up\"";

    @TempDir
    static Path directory;
    private static Node node;
    private static StubUpstream upstream;
    private static StubUpstream elsewhere;

    @BeforeAll
    static void start() {
        upstream = new StubUpstream();
        elsewhere = new StubUpstream();
        node = Node.in(directory).with("IDLE_TIMEOUT", "1s").with("SANDBOX", "false")
                .with("RENTCAST_API_KEY", "upstream-key").with("RENTCAST_API_URL", upstream.url() + "/v1")
                .with("RENTCAST_MAX_RETRIES", 0).start();
    }

    @AfterAll
    static void stop() {
        node.close();
        upstream.close();
        elsewhere.close();
    }

    private static String answerTo(String request) throws IOException {
        try (RawConnection connection = new RawConnection(node.port())) {
            return connection.send(request).rest();
        }
    }

    /** How a request says where it ends: both sides have to agree, or somebody's next request is another one's body. */
    private static final List<String> FRAMINGS = List.of(
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        "Content-Length: 0, 44\r\n\r\n",
        "Content-Length: +0\r\n\r\n",
        "Content-Length: 0x0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length : 0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1\r\nZZ\r\n0\r\n\r\n",
        "X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "\0Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

    @Test
    void noRequestHidesInAnother() throws IOException {
        Map<String, RawConnection> connections = new LinkedHashMap<>();
        for (String framing : FRAMINGS) {
            for (String start : List.of("POST /api/v1/estimates/value/bulk", "GET /v1/markets?zipCode=78244")) {
                String request = start + " HTTP/1.1\r\n" + AUTHORIZED + framing;
                connections.put(request, new RawConnection(node.port()).send(request + HIDDEN));
            }
        }
        for (Map.Entry<String, RawConnection> attack : connections.entrySet()) {
            assertThat(attack.getValue().rest()).as(attack.getKey()).doesNotContain(SHOWN);
            attack.getValue().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Request-Id: a\nX-Injected: 1", "X-Request-Id: a\rX-Injected: 1"})
    void aLoneLineEndSmugglesNoRequest(String header) throws IOException {
        String answer = answerTo("GET /v1/markets?zipCode=78244 HTTP/1.1\r\nConnection: close\r\n" + header + "\r\n" + AUTHORIZED
                + "\r\n" + HIDDEN);
        assertThat(answer).doesNotContain(SHOWN).doesNotContain("X-Injected");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/v1/%0d%0aX-Injected:%201", "/v1/markets?zipCode=%0d%0aX-Injected:%201", "/%0d%0aX-Injected:%201",
        "/admin/v1/%0d%0aX-Injected:%201", "/v1/properties?a%0d%0aX-Injected:%201=b"})
    void nothingOfARequestBecomesAHeader(String target) throws IOException {
        String answer = answerTo("GET " + target + " HTTP/1.1\r\nConnection: close\r\nOrigin: https://a\tb\r\n" + AUTHORIZED
                + "\r\n");
        assertThat(answer.substring(0, answer.indexOf("\r\n\r\n"))).doesNotContain("X-Injected");
        upstream.headers.forEach(came -> assertThat(came.names()).doesNotContain("X-Injected"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/v1/../admin/v1/settings", "/v1/%2e%2e/admin/v1/settings", "/v1/..%2fadmin/v1/settings", "/v1//../metrics",
        "/v1/properties/%2e%2e", "/v1/properties/..", "/v1/properties/%00", "/v1/properties/%c0%ae%c0%ae",
        "/v1/properties/%e0%80%ae", "/v1/./markets?zipCode=78244", "//v1/markets?zipCode=78244", "/v1\\markets",
        "/dashboard/../../pom.xml", "/dashboard/%2e%2e/%2e%2e/pom.xml", "/dashboard/..%2f..%2fpom.xml",
        "/dashboard/..%5c..%5cpom.xml", "/dashboard/%00", "/docs/..;/..;/pom.xml", "/admin/v1/..;/settings"})
    void aPathStaysInItsPlace(String path) throws IOException {
        int asked = upstream.headers.size();
        String answer = answerTo("GET " + path + " HTTP/1.1\r\nConnection: close\r\n" + AUTHORIZED + "\r\n");
        assertThat(answer).matches("(?s)HTTP/1\\.[01] 4.*").doesNotContain("<project").doesNotContain("BOOTSTRAP_API_KEY");
        assertThat(upstream.headers).hasSize(asked);
    }

    @Test
    void withoutAKeyNoSpellingOpensAdministration() throws IOException {
        for (String path : new String[] {
            "/admin/v1/settings", "//admin/v1/settings", "/ADMIN/v1/settings", "/admin//v1/settings", "/%61dmin/v1/settings",
            "/health/../admin/v1/settings", "/admin/v1/settings/", "/admin/v1/settings;a=b", "/metrics/", "/%6detrics"}) {
            assertThat(answerTo("GET " + path + " HTTP/1.1\r\nConnection: close\r\nHost: a\r\n\r\n"))
                    .as(path).matches("(?s)HTTP/1\\.1 4.*");
        }
    }

    /** The upstream is a setting; nothing that a request says chooses a server. */
    @Test
    void noOtherServerIsCalled() throws IOException {
        String other = elsewhere.url();
        String host = other.substring("http://".length());
        int asked = upstream.headers.size();
        for (String request : new String[] {
            "GET " + other + "/v1/markets?zipCode=78201 HTTP/1.1\r\nHost: localhost\r\n",
            "GET /v1/markets?zipCode=78202 HTTP/1.1\r\nHost: " + host + "\r\n",
            "GET /v1/markets?zipCode=78203 HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: " + host + "\r\n",
            "GET /v1/markets?zipCode=78204 HTTP/1.1\r\nHost: localhost\r\nForwarded: host=\"" + host + "\"\r\n",
            "GET /v1/properties/@" + host + "/x HTTP/1.1\r\nHost: localhost\r\n",
            "GET /v1/properties/http:%2f%2f" + host + "%2fx HTTP/1.1\r\nHost: localhost\r\n",
            "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n"}) {
            answerTo(request + "Connection: close\r\n" + KEY + "\r\n");
        }
        assertThat(elsewhere.headers).isEmpty();
        assertThat(upstream.headers.size()).isGreaterThanOrEqualTo(asked + 4);
        upstream.headers.forEach(came -> assertThat(came.get("Host")).isEqualTo(upstream.url().substring("http://".length())));
    }

    @Test
    void whereTheUpstreamSendsOnToIsNotGoneTo() {
        upstream.status = 302;
        upstream.location = elsewhere.url() + "/v1/markets?zipCode=78210";
        try {
            Answer answer = node.get("/v1/markets?zipCode=78210");
            assertThat(answer.status()).isGreaterThanOrEqualTo(300);
            assertThat(answer.header("Location")).isNull();
            assertThat(elsewhere.headers).isEmpty();
        } finally {
            upstream.status = 200;
            upstream.location = "";
        }
    }

    /** What says that it has no body is followed by the next answer at once (RFC 9110 §8.6, RFC 9112 §6.3). */
    @Test
    void anAnswerWithoutContentSaysNoLength() throws IOException {
        String request = " /v1/markets?zipCode=78211 HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: " + Node.ADMIN + "\r\n\r\n";
        upstream.status = 204;
        try (RawConnection connection = new RawConnection(node.port())) {
            for (String method : List.of("GET", "HEAD", "GET")) {
                connection.send(method + request);
                assertThat(connection.line()).isEqualTo("HTTP/1.1 204 No Content");
                for (String line = connection.line(); !line.isEmpty(); line = connection.line()) {
                    assertThat(line.toLowerCase(Locale.ROOT)).doesNotStartWith("content-length");
                }
            }
        } finally {
            upstream.status = 200;
        }
    }
}

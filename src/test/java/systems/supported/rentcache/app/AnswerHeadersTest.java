package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;

/** What an answer says besides its body, and in which form it is given. */
class AnswerHeadersTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=5";

    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("CORS_ORIGINS", "https://app.example.com").start();
        node.get(TARGET);
        Node.until("the compressed form is made",
                () -> "gzip".equals(node.get(TARGET, "Accept-Encoding", "gzip").header("Content-Encoding")));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void hasTheDesignsHeaders() {
        Answer hit = node.get(TARGET, "X-Request-Id", "mine-1");
        assertThat(hit.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
        assertThat(hit.header("ETag")).matches("\"[A-Za-z0-9_-]{22}\"");
        assertThat(hit.header("Age")).isEqualTo("0");
        assertThat(hit.header("X-Cache")).isEqualTo("HIT");
        assertThat(hit.header("X-Estimated-Cost")).isEqualTo("0.0");
        assertThat(hit.header("X-Request-Id")).isEqualTo("mine-1");
        assertThat(hit.header("Vary")).isEqualTo("Accept-Encoding");
        assertThat(node.get(TARGET).header("X-Request-Id")).matches("[0-9a-f]{8}-[0-9a-f]+");
        assertThat(node.get(TARGET, "X-Request-Id", "no blanks").header("X-Request-Id")).matches("[0-9a-f]{8}-[0-9a-f]+");
    }

    /** Where the connection stays open, heads are made as bytes; where more has to be said of it, by Vert.x. */
    @Test
    void areTheSameWhateverTheConnection() throws IOException {
        String request = "GET " + TARGET + " HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: mine\r\nX-Api-Key: "
                + Node.ADMIN + "\r\n";
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send(request + "\r\n" + request + "Connection: Keep-Alive\r\n\r\n"
                    + request.replace("GET", "HEAD") + "\r\n"
                    + request + "Connection: keep-alive\r\nConnection: close\r\n\r\n");
            List<String> first = head(connection);
            String body = connection.body(first);
            assertThat(body).startsWith("[");
            List<String> kept = head(connection);
            assertThat(connection.body(kept)).isEqualTo(body);
            assertThat(kept).isEqualTo(first);
            assertThat(head(connection)).isEqualTo(first);
            List<String> last = head(connection);
            assertThat(last).last().asString().isEqualToIgnoringCase("connection: close");
            assertThat(last.subList(0, last.size() - 1)).isEqualTo(first);
            assertThat(connection.rest()).isEqualTo(body);
        }
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send(request.replace("HTTP/1.1", "HTTP/1.0") + "\r\n");
            assertThat(head(connection)).first().isEqualTo("HTTP/1.0 200 OK");
        }
    }

    /** More than the server holds ready for a connection is asked at once, and taken only after that. */
    @Test
    void hitsThatAreAskedAtOnceComeWholeAndInOrder() throws IOException {
        List<String> bodies = new ArrayList<>();
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            String target = "/v1/properties?zipCode=78244&limit=" + (i % 2 == 0 ? 100 : 5);
            bodies.add(node.get(target).text());
            requests.append("GET ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ")
                    .append(Node.ADMIN).append("\r\n\r\n");
        }
        assertThat(bodies.stream().mapToInt(String::length).sum()).isGreaterThan(1 << 20);
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send(requests.toString());
            for (String body : bodies) {
                List<String> head = head(connection);
                assertThat(head).contains("X-Cache: HIT");
                assertThat(connection.body(head)).isEqualTo(body);
            }
        }
    }

    /** A head's lines, but those that differ from one second or request to the next. */
    private static List<String> head(RawConnection connection) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = connection.line(); !line.isEmpty(); line = connection.line()) {
            if (!line.matches("(?i)(age|cache-status|ratelimit):.*")) {
                lines.add(line);
            }
        }
        assertThat(lines).hasSizeGreaterThan(5);
        return lines;
    }

    @Test
    void theConsumerMayHaveTheAnswerAlready() {
        Answer whole = node.get(TARGET);
        for (String tag : new String[] {whole.header("ETag"), "W/" + whole.header("ETag"), "\"x\", " + whole.header("ETag"), "*"}) {
            Answer same = node.get(TARGET, "If-None-Match", tag);
            assertThat(same.status()).as(tag).isEqualTo(304);
            assertThat(same.bytes()).isEmpty();
            assertThat(same.header("ETag")).isEqualTo(whole.header("ETag"));
            assertThat(same.header("X-Cache")).isEqualTo("HIT");
        }
        assertThat(node.get(TARGET, "If-None-Match", "\"other\"").status()).isEqualTo(200);
        assertThat(node.get(TARGET, "If-None-Match", "\"other\"", "If-Modified-Since", "Mon, 01 Mar 2027 12:00:00 GMT")
                .status()).isEqualTo(200);
        assertThat(node.get(TARGET, "If-Modified-Since", "Mon, 01 Mar 2027 12:00:00 GMT").status()).isEqualTo(304);
        assertThat(node.get(TARGET, "If-Modified-Since", "Sat, 01 Mar 2025 12:00:00 GMT").status()).isEqualTo(200);
        assertThat(node.get(TARGET, "If-Modified-Since", "yesterday").status()).isEqualTo(200);
    }

    @Test
    void theCompressedFormHasItsOwnTag() throws IOException {
        Answer plain = node.get(TARGET);
        Answer gzip = node.get(TARGET, "Accept-Encoding", "br, gzip;q=0.8");
        assertThat(gzip.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(gzip.header("Content-Length")).isEqualTo(String.valueOf(gzip.bytes().length));
        assertThat(gzip.header("ETag")).isNotEqualTo(plain.header("ETag"));
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.bytes())).readAllBytes()).isEqualTo(plain.bytes());
        assertThat(node.get(TARGET, "Accept-Encoding", "gzip", "If-None-Match", gzip.header("ETag")).status())
                .isEqualTo(304);
        assertThat(node.get(TARGET, "Accept-Encoding", "gzip;q=0").header("Content-Encoding")).isNull();
        assertThat(node.get(TARGET, "Accept-Encoding", "identity").header("Content-Encoding")).isNull();
    }

    @Test
    void headHasTheHeadersOfGet() {
        Answer get = node.get(TARGET);
        Answer head = node.send("HEAD", TARGET, null, Node.withKey(Node.ADMIN));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.bytes()).isEmpty();
        assertThat(head.header("Content-Length")).isEqualTo(String.valueOf(get.bytes().length));
        assertThat(head.header("ETag")).isEqualTo(get.header("ETag"));
    }

    @Test
    void theTotalCountIsForThoseWhoAsked() {
        long billed = node.bill().billed();
        Answer first = node.get("/v1/listings/sale?zipCode=78244&limit=2");
        Answer counted = node.get("/v1/listings/sale?zipCode=78244&limit=2&includeTotalCount=true");
        assertThat(first.header("X-Total-Count")).isNull();
        assertThat(counted.header("X-Cache")).isEqualTo("HIT");
        assertThat(Integer.parseInt(counted.header("X-Total-Count"))).isGreaterThan(2);
        assertThat(node.bill().billed()).isEqualTo(billed + 1);
    }

    @Test
    void browsersOfConfiguredSitesMayRead() {
        Answer allowed = node.get(TARGET, "Origin", "https://app.example.com");
        assertThat(allowed.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.com");
        assertThat(allowed.header("Access-Control-Expose-Headers")).contains("Cache-Status");
        assertThat(node.get(TARGET, "Origin", "https://evil.example.com").header("Access-Control-Allow-Origin")).isNull();
        Answer preflight = node.send("OPTIONS", TARGET, null, "Origin", "https://app.example.com",
                "Access-Control-Request-Method", "GET");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Headers")).contains("X-Api-Key");
    }

    @Test
    void aRefreshIsPaidForAndReplacesTheEntry() {
        String target = "/v1/markets?zipCode=78244";
        node.get(target);
        long billed = node.bill().billed();
        Answer refreshed = node.get(target + "&force_refresh=true");
        assertThat(refreshed.header("Cache-Status")).isEqualTo("RentCache; fwd=request; fwd-status=200; stored");
        assertThat(refreshed.header("X-Estimated-Cost")).isEqualTo("5.0");
        assertThat(node.bill().billed()).isEqualTo(billed + 1);
        assertThat(node.get(target).header("X-Cache")).isEqualTo("HIT");
        assertThat(node.bill().billed()).isEqualTo(billed + 1);
    }

    @Test
    void anOverriddenTtlHoldsForWhatIsFetched() {
        String target = "/v1/properties?zipCode=78244&limit=9";
        node.get(target + "&ttl_override=30");
        assertThat(node.get(target).header("Cache-Status")).contains("; ttl=30;");
    }

    @Test
    void whatIsNeverKeptIsFetchedEachTime() {
        Answer one = node.get("/v1/properties/random?limit=1");
        Answer other = node.get("/v1/properties/random?limit=1");
        assertThat(one.header("Cache-Status")).isEqualTo("RentCache; fwd=bypass; fwd-status=200");
        assertThat(other.bytes()).isNotEqualTo(one.bytes());
    }

    @Test
    void nothingFoundIsFreshForTenMinutes() {
        String nobody = "/v1/properties/nobody-lives-here";
        String empty = "/v1/properties?city=Atlantis&state=TX";
        assertThat(node.get(nobody).status()).isEqualTo(404);
        assertThat(node.get(empty).text()).isEqualTo("[]");
        long calls = node.bill().calls();
        assertThat(node.get(nobody).header("Cache-Status")).contains("hit; ttl=600");
        assertThat(node.get(empty).header("Cache-Status")).contains("hit; ttl=600");
        assertThat(node.bill().calls()).isEqualTo(calls);
        node.clock.advance(Duration.ofMinutes(21));
        assertThat(node.get(nobody).header("Cache-Status")).startsWith("RentCache; fwd=stale; fwd-status=404; stored");
        assertThat(node.bill().calls()).isEqualTo(calls + 1);
    }
}

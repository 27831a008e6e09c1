package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.tls.OwnCertificate;

/** HTTPS by the server itself, with HTTP/2, on both ports. */
class TlsTest {
    private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");
    private static final X509Bundle FIRST = Certificates.good(LONG_AGO, Duration.ofDays(3_650));
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int SETTINGS = 4;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int RST_STREAM = 3;
    private static final int GOAWAY = 7;

    @TempDir
    static Path directory;
    private static Certificates files;
    private static Node node;

    @BeforeAll
    static void start() throws IOException {
        files = Certificates.in(directory).put(FIRST);
        node = secured(directory).with("ADMIN_PORT", 0).with("IDLE_TIMEOUT", "2s").start();
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    private static Node secured(Path where) {
        return Node.in(where).with("TLS_CERT", "tls.crt").with("TLS_KEY", "tls.key");
    }

    private static HttpClient client(HttpClient.Version version) throws IOException {
        return HttpClient.newBuilder().version(version).sslContext(OwnCertificate.context(files.certificate())).build();
    }

    private static HttpResponse<String> get(HttpClient client, int port, String target) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + target)).header("X-Api-Key", Node.ADMIN)
                        .timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static SSLSocket socket(String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket) OwnCertificate.context(files.certificate()).getSocketFactory()
                .createSocket("127.0.0.1", node.port());
        socket.setSoTimeout(10_000);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static void frame(OutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
        out.write(ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16)).putShort((short) payload.length)
                .put((byte) type).put((byte) flags).putInt(stream).put(payload).array());
        out.flush();
    }

    /** Reads frames until one of a type comes; false where the server closes before. */
    private static boolean comes(SSLSocket socket, int type) {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int read = in.readUnsignedByte();
                in.skipNBytes(5L + length);
                if (read == type) {
                    return true;
                }
            }
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void bothVersionsAreSpokenOnBothPorts() throws Exception {
        for (HttpClient.Version version : HttpClient.Version.values()) {
            HttpClient client = client(version);
            HttpResponse<String> answer = get(client, node.port(), TARGET);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.headers().firstValue("Cache-Status")).isPresent();
            assertThat(get(client, node.port(), "/v1/nothing").headers().firstValue("Content-Type"))
                    .contains("application/problem+json");
            HttpResponse<String> health = get(client, node.app().adminPort(), "/health");
            assertThat(health.version()).isEqualTo(version);
            assertThat(new JsonObject(health.body()).getJsonObject("checks").getJsonObject("certificate")
                    .getString("status")).isEqualTo("up");
            assertThat(get(client, node.app().adminPort(), "/metrics").body())
                    .containsPattern("rentcache_certificate_left_seconds 3\\.\\d+E8");
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aQuestionAskedTwiceIsAHit(HttpClient.Version version) throws Exception {
        HttpClient client = client(version);
        String target = "/v1/properties?zipCode=78244&limit=207";
        HttpResponse<String> first = get(client, node.port(), target);
        assertThat(first.body()).hasSizeGreaterThan(100_000);
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> again = get(client, node.port(), target);
            assertThat(again.headers().firstValue("X-Cache")).contains("HIT");
            assertThat(again.body()).isEqualTo(first.body());
        }
    }

    @Test
    void onlyPresentVersionsOfTlsAreSpoken() throws IOException {
        try (SSLSocket old = socket()) {
            old.setEnabledProtocols(new String[] {"TLSv1.1"});
            assertThatThrownBy(old::startHandshake).isInstanceOf(IOException.class);
        }
        try (SSLSocket present = socket()) {
            present.setEnabledProtocols(new String[] {"TLSv1.2"});
            present.startHandshake();
            assertThat(present.getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
    }

    @Test
    void whoSpeaksInTheClearIsNotAnswered() throws IOException {
        try (RawConnection clear = new RawConnection(node.port())) {
            clear.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(clear.rest()).doesNotContain("200");
        }
    }

    @Test
    void aRenewedCertificateIsServedWithoutARestart(@TempDir Path own) throws Exception {
        Certificates renewed = Certificates.in(own).put(FIRST);
        try (Node other = secured(own).start()) {
            X509Bundle second = Certificates.good(LONG_AGO, Duration.ofDays(1_000));
            renewed.put("-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n", second.getPrivateKeyPEM());
            Node.until("the fault is told", () -> served(other).equals(FIRST.getCertificate())
                    && !healthOf(other).getString("status").equals("up"));
            renewed.put(second);
            Node.until("it is served", () -> served(other).equals(second.getCertificate()));
            Node.until("the fault is gone", () -> healthOf(other).getString("status").equals("up"));
            other.clock.advance(Duration.ofDays(996));
            Node.until("its end is told", () -> healthOf(other).getString("detail").startsWith("expired"));
        }
    }

    private static JsonObject healthOf(Node other) {
        try (SSLSocket socket = anySocket(other)) {
            socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4))
                    .getJsonObject("checks").getJsonObject("certificate");
        } catch (IOException failed) {
            throw new AssertionError("no health", failed);
        }
    }

    private static X509Certificate served(Node other) {
        try (SSLSocket socket = anySocket(other)) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (IOException failed) {
            throw new AssertionError("no handshake", failed);
        }
    }

    /** A connection that takes whatever certificate is shown. */
    private static SSLSocket anySocket(Node other) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", other.port());
        } catch (GeneralSecurityException failed) {
            throw new IOException(failed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "missing, TLS_CERT, no such file", "empty, TLS_CERT, no certificate", "mismatch, TLS_KEY, not the private key",
        "expired, TLS_CERT, expired at", "future, TLS_CERT, clock", "locked, TLS_KEY, password",
        "keyless, TLS_KEY, no private key", "unreadable, TLS_KEY, may not read"})
    void whatCannotBeServedWithIsNamedAtTheStart(String fault, String setting, String cause, @TempDir Path own)
            throws Exception {
        Certificates given = Certificates.in(own);
        X509Bundle good = FIRST;
        switch (fault) {
            case "missing" -> given.put(good).certificate().toFile().delete();
            case "empty" -> given.put("\n", good.getPrivateKeyPEM());
            case "mismatch" -> given.put(
                    good.getCertificatePEM(), Certificates.good(LONG_AGO, Duration.ofDays(90)).getPrivateKeyPEM());
            case "expired" -> given.put(Certificates.good(LONG_AGO, Duration.ofDays(10)));
            case "future" -> given.put(Certificates.good(Instant.parse("2026-03-02T00:00:00Z"), Duration.ofDays(10)));
            case "locked" -> given.put(good.getCertificatePEM(), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
            case "keyless" -> given.put(good.getCertificatePEM(), good.getCertificatePEM());
            default -> {
                given.put(good);
                Files.delete(given.key());
                Files.createDirectory(given.key());
                Files.setPosixFilePermissions(given.key(), PosixFilePermissions.fromString("---------"));
            }
        }
        try (Node other = secured(own)) {
            assertThatThrownBy(other::startOrFail).hasRootCauseInstanceOf(SettingsException.class)
                    .rootCause().message()
                    .startsWith("1 setting is wrong:").contains(setting + " = tls.").contains(
                            fault.equals("unreadable") ? "read" : cause)
                    .doesNotContain("PRIVATE KEY-----\nM");
        }
    }

    @Test
    void aCertificateWithoutItsKeyIsRefused() {
        assertThatThrownBy(() -> Node.in(directory).with("TLS_CERT", "tls.crt").startOrFail())
                .isInstanceOf(SettingsException.class).hasMessageContaining("TLS_KEY").hasMessageContaining("not set");
    }

    @Test
    void headersThatNeverEndAreCutOff() throws IOException {
        try (SSLSocket socket = socket("h2")) {
            OutputStream out = socket.getOutputStream();
            out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
            frame(out, SETTINGS, 0, 0, new byte[0]);
            frame(out, HEADERS, 0, 1, new byte[0]);
            try {
                for (int i = 0; i < 100_000; i++) {
                    frame(out, CONTINUATION, 0, 1, new byte[0]);
                }
            } catch (IOException closed) {
                return;
            }
            // What was written may all be under way when the server closes.
            assertThat(comes(socket, GOAWAY)).isTrue();
        }
    }

    @Test
    void headersThatAreTooLargeAreRefusedOverHttp2() throws IOException {
        try (SSLSocket socket = socket("h2")) {
            OutputStream out = socket.getOutputStream();
            out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
            frame(out, SETTINGS, 0, 0, new byte[0]);
            frame(out, HEADERS, 0, 1, new byte[0]);
            byte[] literal = ByteBuffer.allocate(8_195).put((byte) 0).put((byte) 1).put((byte) 'a').put((byte) 0x7f)
                    .put((byte) 0x81).put((byte) 0x3e).put(new byte[8_189]).array();
            assertThatThrownBy(() -> {
                for (int i = 0; i < 1_000; i++) {
                    frame(out, CONTINUATION, 0, 1, literal);
                }
            }).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whoOpensStreamsAndTakesThemBackIsCutOff() throws IOException {
        try (SSLSocket socket = socket("h2")) {
            OutputStream out = socket.getOutputStream();
            out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
            frame(out, SETTINGS, 0, 0, new byte[0]);
            // :method GET, :scheme https, :path / of the static table (RFC 7541 appendix A), nothing else.
            byte[] get = {(byte) 0x82, (byte) 0x87, (byte) 0x84};
            try {
                for (int stream = 1; stream < 20_000; stream += 2) {
                    frame(out, HEADERS, 5, stream, get);
                    frame(out, RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
                }
            } catch (IOException closed) {
                return;
            }
            assertThat(comes(socket, GOAWAY)).isTrue();
        }
    }

    @Test
    void aSilentConnectionIsClosedOverHttp2() throws IOException {
        try (SSLSocket socket = socket("h2")) {
            socket.getOutputStream().write(PREFACE.getBytes(StandardCharsets.US_ASCII));
            frame(socket.getOutputStream(), SETTINGS, 0, 0, new byte[0]);
            assertThat(comes(socket, 99)).isFalse();
            assertThat(socket.getInputStream().read()).isNegative();
        } catch (SSLException | SocketException closed) {
            assertThat(closed).as("it is closed, by a word of TLS or without").isNotNull();
        }
    }
}

package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Administration on a port of its own. */
class AdminPortTest {
    @TempDir
    private Path directory;

    @Test
    void administrationIsOnItsPortAlone() throws Exception {
        try (Node node = Node.in(directory).with("ADMIN_PORT", 0).start()) {
            int port = node.app().adminPort();
            assertThat(port).isNotEqualTo(node.port());
            for (String path : new String[] {
                "/admin/v1/settings", "/admin/api-keys", "/metrics", "/dashboard"}) {
                assertThat(node.get(path).status()).as("public " + path).isEqualTo(404);
                assertThat(ask(port, path).statusCode()).as("admin " + path).isEqualTo(200);
            }
            assertThat(node.get("/health/ready").status()).isEqualTo(200);
            assertThat(ask(port, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(node.get("/openapi.json").text()).doesNotContain("/admin/v1");
            assertThat(ask(port, "/openapi.json").body()).contains("/admin/v1");
            assertThat(ask(port, "/v1/properties?zipCode=78244").statusCode()).isEqualTo(404);
            LiveReader reader = LiveReader.open(port, "", "X-Api-Key", Node.ADMIN);
            assertThat(reader.status()).isEqualTo(200);
            node.stop();
            Node.until("the stream ends", reader::ended);
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Node node = Node.in(directory).with("ADMIN_PORT", taken.getLocalPort())) {
            assertThatThrownBy(node::startOrFail)
                    .hasMessageContaining("another program listens there").hasMessageContaining("another ADMIN_PORT");
        }
    }

    private static HttpResponse<String> ask(int port, String path) throws Exception {
        return HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("X-Api-Key", Node.ADMIN)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}

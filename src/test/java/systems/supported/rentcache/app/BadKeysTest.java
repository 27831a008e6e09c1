package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeySpec;

/** Keys that are guessed, by address; and who it is whose address counts. */
class BadKeysTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("BAD_KEY_LIMIT", "5/day").with("TRUSTED_PROXIES", "127.0.0.1")
                .with("MAX_CONNECTIONS", 40).with("ANONYMIZE_ADDRESSES", false).start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Answer guess(String from, int number) {
        return node.getWithKey("guessed-key-" + from + "-" + number, TARGET, "X-Forwarded-For", from);
    }

    private static double metric(String series) {
        return node.get("/metrics").text().lines().filter(line -> line.startsWith(series + " ")).findFirst()
                .map(line -> Double.parseDouble(line.substring(series.length() + 1))).orElseThrow();
    }

    @Test
    void whoGuessesIsRefusedUnseenAndKnownKeysWorkFromTheSameAddress() {
        double before = metric("rentcache_bad_keys_throttled_total");
        for (int i = 0; i < 5; i++) {
            assertThat(guess("192.0.2.1", i).status()).isEqualTo(401);
        }
        Answer refused = guess("192.0.2.1", 6);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().getString("type")).endsWith("too-many-bad-keys");
        assertThat(Long.parseLong(refused.header("Retry-After"))).isPositive();
        assertThat(node.getWithKey("x", "/admin/v1/settings", "X-Forwarded-For", "192.0.2.1").status()).isEqualTo(429);
        assertThat(metric("rentcache_bad_keys_throttled_total")).isEqualTo(before + 2);
        assertThat(node.get(TARGET, "X-Forwarded-For", "192.0.2.1").status()).isEqualTo(200);
        assertThat(node.get("/admin/v1/settings", "X-Forwarded-For", "192.0.2.1").status()).isEqualTo(200);
        assertThat(guess("192.0.2.2", 0).status()).isEqualTo(401);
    }

    @Test
    void aKeyThatIsNewWorksFromAnAddressThatGuessed() {
        for (int i = 0; i < 6; i++) {
            guess("192.0.2.3", i);
        }
        String value = node.newKey(KeySpec.named("newcomer"));
        Node.until("it is known", () ->
                node.getWithKey(value, TARGET, "X-Forwarded-For", "192.0.2.3").status() == 200);
    }

    @Test
    void oneWrongKeyThatRepeatsIsToldThatItIsWrong() {
        for (int i = 0; i < 20; i++) {
            assertThat(guess("192.0.2.4", 0).status()).isEqualTo(401);
        }
    }

    @Test
    void aNetworkOfIpv6IsOneHolder() {
        for (int i = 0; i < 5; i++) {
            assertThat(guess("2001:db8:0:7::" + (i + 1), i).status()).isEqualTo(401);
        }
        assertThat(guess("2001:db8:0:7:ffff::1", 9).status()).isEqualTo(429);
        assertThat(guess("2001:db8:0:8::1", 9).status()).isEqualTo(401);
    }

    @Test
    void usageHasTheConsumersAddress() {
        node.get(TARGET, "X-Forwarded-For", "203.0.113.5, 198.51.100.77");
        Node.until("it is recorded", () -> node.database(database -> database.reader()
                .preparedQuery("SELECT count(*) AS found FROM usage_stats WHERE ip_address = '198.51.100.77'")
                .execute(Tuple.tuple()).map(rows -> rows.iterator().next().getLong("found") > 0)));
    }

    @Test
    void connectionsPastTheBoundAreClosedAndCounted() throws IOException {
        double before = metric("rentcache_connections_refused_total{bound=\"all\"}");
        List<RawConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                try {
                    open.add(new RawConnection(node.port()));
                } catch (SocketException closedAtOnce) {
                    // Whether the reset comes before connecting has ended is the scheduler's choice.
                }
            }
            Node.until("one is closed", () -> metric("rentcache_connections_refused_total{bound=\"all\"}") > before);
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
        }
        Node.until("there is room again", () -> {
            try (RawConnection connection = new RawConnection(node.port())) {
                return connection.send("GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").rest()
                        .startsWith("HTTP/1.1 200");
            } catch (IOException full) {
                return false;
            }
        });
    }
}

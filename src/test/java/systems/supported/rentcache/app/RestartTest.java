package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;

/** What outlives the process. */
class RestartTest {
    private static final String TARGET = "/v1/avm/value?address=5500+Grand+Lake+Dr,+San+Antonio,+TX+78244";

    @TempDir
    Path directory;

    /** A node that is not started yet. */
    Node newNode() {
        return Node.in(directory);
    }

    /** A look behind the node, at its database. */
    Connection connect(Node node) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + node.databaseFile());
    }

    /** How many comparables the JSON of the row has. */
    String comparables() {
        return "json_array_length(j.response_data, '$.comparables')";
    }

    @Test
    void everyEntryIsThereAfterARestart() {
        byte[] paid;
        try (Node node = newNode().start()) {
            paid = node.get(TARGET).bytes();
            for (int page = 0; page < 15; page++) {
                node.get("/v1/properties?zipCode=78244&limit=5&offset=" + 5 * page);
            }
            node.get("/v1/properties/no-such-id");
            assertThat(node.bill().billed()).isEqualTo(16);
        }
        try (Node node = newNode().start()) {
            node.clock.advance(Duration.ofSeconds(60));
            Answer hit = node.get(TARGET);
            assertThat(hit.bytes()).isEqualTo(paid);
            assertThat(hit.header("Cache-Status")).isEqualTo("RentCache; hit; ttl=3540; detail=sql");
            assertThat(node.get(TARGET).header("Cache-Status")).endsWith("detail=near");
            for (int page = 0; page < 15; page++) {
                assertThat(node.get("/v1/properties?zipCode=78244&limit=5&offset=" + 5 * page).header("X-Cache"))
                        .isEqualTo("HIT");
            }
            Answer nothing = node.get("/v1/properties/no-such-id");
            assertThat(nothing.status()).isEqualTo(404);
            assertThat(nothing.header("X-Cache")).isEqualTo("HIT");
            assertThat(node.bill().calls()).isZero();
        }
    }

    @Test
    void hitsAreCountedOnDisk() throws SQLException {
        Node node = newNode().start();
        for (int i = 0; i < 8; i++) {
            node.get(TARGET);
        }
        node.close();
        try (Connection connection = connect(node);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT e.hit_count, e.last_accessed, e.is_valid, " + comparables() + " FROM cache_entries e "
                                + "JOIN cache_entries_json j ON j.cache_key = e.cache_key")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getLong(1)).isEqualTo(7);
            assertThat(rows.getLong(2)).isEqualTo(node.clock.millis());
            assertThat(rows.getLong(3)).isEqualTo(1);
            assertThat(rows.getLong(4)).isEqualTo(15);
            assertThat(rows.next()).isFalse();
        }
    }
}

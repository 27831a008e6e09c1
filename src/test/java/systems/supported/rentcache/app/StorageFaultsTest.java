package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeySpec;

/** A sick database costs caching, never the answer, and it is said. */
class StorageFaultsTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    Path directory;

    private static JsonObject check(Node node, String name) {
        return node.get("/health").json().getJsonObject("checks").getJsonObject(name);
    }

    @Test
    void aCorruptFileCostsCachingNotTheAnswer() throws Exception {
        Node node = Node.in(directory);
        Files.createDirectories(node.databaseFile().getParent());
        Files.write(node.databaseFile(), "this is no database, and never was one".repeat(200)
                .getBytes(StandardCharsets.UTF_8));
        try (Node running = node.start()) {
            Answer miss = running.get(TARGET);
            assertThat(miss.status()).isEqualTo(200);
            assertThat(running.get(TARGET).header("X-Cache")).as("near still works").isEqualTo("HIT");
            assertThat(running.bill().billed()).isEqualTo(1);
            assertThat(running.get("/health").json().getString("status")).isEqualTo("degraded");
            assertThat(check(running, "database").getString("detail")).contains("damaged");
            assertThat(running.getWithKey("never-seen-before", TARGET).status()).isEqualTo(503);

            Files.delete(running.databaseFile());
            Node.until("the database is made anew and in use",
                    () -> running.get("/health").json().getString("status").equals("healthy"));
        }
    }

    @Test
    void aFileThatBecomesCorruptCostsCachingNotTheAnswer() throws Exception {
        try (Node node = Node.in(directory).start()) {
            node.get(TARGET);
            byte[] garbage = new byte[1 << 16];
            Arrays.fill(garbage, (byte) 0x5A);
            Files.write(node.databaseFile(), garbage);
            Files.deleteIfExists(Path.of(node.databaseFile() + "-wal"));
            for (int i = 1; i <= 10; i++) {
                assertThat(node.get(TARGET + "&offset=" + i).status()).isEqualTo(200);
            }
            assertThat(node.get(TARGET).header("X-Cache")).isEqualTo("HIT");
        }
    }

    @Test
    void aFileThatWasRemovedIsMadeAnew() throws Exception {
        try (Node node = Node.in(directory).start()) {
            node.get(TARGET);
            for (String suffix : new String[] {"", "-wal", "-shm"}) {
                Files.deleteIfExists(Path.of(node.databaseFile() + suffix));
            }
            Node.until("the file is there again", () -> Files.exists(node.databaseFile()));
            Node.until("it is in use", () -> node.get("/health").json().getString("status").equals("healthy"));
            String key = node.newKey(KeySpec.named("afterwards"));
            Node.until("a new key is accepted", () -> node.getWithKey(key, TARGET).status() == 200);
        }
    }

    @Test
    void aFullDiskCostsCachingNotTheAnswer() throws Exception {
        try (Node node = Node.in(directory).with("DATABASE_READERS", 1).start()) {
            node.get(TARGET);
            // SQLite's own bound on pages fails a write just as a disk without room does.
            long pages = node.database(database -> database.reader().query("PRAGMA page_count").execute()
                    .map(rows -> rows.iterator().next().getLong(0)));
            setMostPages(node, pages);
            for (int i = 1; i <= 5; i++) {
                assertThat(node.get("/v1/properties?zipCode=78244&limit=100&offset=" + 100 * i).status()).isEqualTo(200);
            }
            Node.until("health tells of it", () -> check(node, "cache").getString("status").equals("down"));
            assertThat(check(node, "cache").getString("detail")).contains("SQLITE_FULL");
            setMostPages(node, 1 << 30);
            Node.until("health tells that it is over", () -> check(node, "cache").getString("status").equals("up"));
        }
        try (Node node = Node.in(directory).start()) {
            assertThat(node.get("/v1/properties?zipCode=78244&limit=100&offset=500").header("Cache-Status"))
                    .as("nothing was lost").contains("detail=sql");
        }
    }

    /** Bounds the file on the connection that writes. */
    private static void setMostPages(Node node, long pages) {
        Node.await(node.app().database().write(connection ->
                connection.query("PRAGMA max_page_count = " + pages).execute()));
    }

    @Test
    void aLockedFileCostsCachingNotTheAnswer() throws Exception {
        try (Node node = Node.in(directory).with("DATABASE_BUSY_TIMEOUT", "100ms").start()) {
            String key = node.newKey(KeySpec.named("known"));
            assertThat(node.getWithKey(key, TARGET).status()).isEqualTo(200);
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + node.databaseFile());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                for (int i = 1; i <= 5; i++) {
                    assertThat(node.getWithKey(key, TARGET + "&offset=" + i).status()).isEqualTo(200);
                }
                Node.until("health tells of it", () -> check(node, "cache").getString("status").equals("down"));
                assertThat(node.get("/metrics").text()).containsPattern(
                        "rentcache_tier_failures_total\\{operation=\"write\",tier=\"sql\"\\} [1-9]");
                statement.execute("ROLLBACK");
            }
            Node.until("health tells that it is over", () -> check(node, "cache").getString("status").equals("up"));
        }
        try (Node node = Node.in(directory).start()) {
            assertThat(node.get(TARGET + "&offset=5").header("Cache-Status")).as("nothing was lost").contains("detail=sql");
        }
    }

    @Test
    void aDirectoryThatCannotBeMadeStopsTheStart() throws Exception {
        Files.writeString(directory.resolve("data"), "a file where the directory should be");
        try (Node node = Node.in(directory)) {
            assertThatThrownBy(node::startOrFail).hasMessageContaining("DATABASE_URL");
        }
    }

    @Test
    void aNewerSchemaIsRefusedClearly() throws Exception {
        Node first = Node.in(directory).start();
        first.close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + first.databaseFile());
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO flyway_schema_history SELECT 99, '99', 'future', type, 'V99__future.sql', "
                    + "checksum, installed_by, installed_on, execution_time, success FROM flyway_schema_history LIMIT 1");
        }
        try (Node node = Node.in(directory)) {
            assertThatThrownBy(node::startOrFail).hasMessageContaining("does not fit this version");
        }
    }

    @Test
    void aTakenPortStopsTheStart() {
        try (Node node = Node.in(directory).start(); Node second = Node.in(directory.resolve("second"))) {
            second.with("PORT", node.port());
            assertThatThrownBy(second::startOrFail)
                    .hasMessageContaining("port " + node.port()).hasMessageContaining("another program listens there");
        }
    }
}

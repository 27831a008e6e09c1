package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.storage.InvalidationLog;

/** After a restart the most used answers are near without being asked for, and nothing is paid for it. */
class ColdStartTest {
    private static final Pattern NEAR_ENTRIES = Pattern.compile("rentcache_near_entries ([0-9.]+)");

    @TempDir
    Path directory;

    /** A node that is not started yet and loads at its start. */
    Node newNode() {
        return Node.in(directory).with("PRELOAD_BYTES", "1MiB");
    }

    static String target(int number) {
        return "/v1/properties?zipCode=78244&limit=1&offset=" + number;
    }

    /** Asks questions, the later ones the more often. */
    private void ask(int questions) {
        try (Node node = newNode().start()) {
            for (int number = 0; number < questions; number++) {
                for (int time = 0; time <= number; time++) {
                    node.get(target(number));
                }
            }
        }
    }

    static void untilLoaded(Node node, int entries) {
        Node.until(entries + " entries are near", () -> {
            Matcher gauge = NEAR_ENTRIES.matcher(node.get("/metrics").text());
            return gauge.find() && Double.parseDouble(gauge.group(1)) >= entries;
        });
    }

    @Test
    void theFirstRequestAfterARestartIsANearHit() {
        ask(5);
        try (Node node = newNode().start()) {
            untilLoaded(node, 5);
            for (int number = 0; number < 5; number++) {
                assertThat(node.get(target(number)).header("Cache-Status")).endsWith("detail=near");
            }
            assertThat(node.bill().calls()).isZero();
        }
    }

    @Test
    void whatIsStaleIsLeftOut() {
        ask(2);
        try (Node node = newNode()) {
            node.clock.advance(Duration.ofHours(23));
            node.start().get("/v1/properties?zipCode=78244&limit=2");
        }
        try (Node node = newNode()) {
            node.clock.advance(Duration.ofHours(25));
            node.start();
            untilLoaded(node, 1);
            assertThat(node.get("/v1/properties?zipCode=78244&limit=2").header("Cache-Status")).endsWith("detail=near");
            assertThat(node.get(target(1)).header("Cache-Status")).endsWith("detail=sql");
        }
    }

    @Test
    void whatWasInvalidatedIsLeftOut() {
        ask(2);
        try (Node node = newNode().start()) {
            untilLoaded(node, 2);
            node.database(database -> database.write(connection -> connection
                    .query("UPDATE cache_entries SET is_valid = 0, invalidated_at = created_at").execute()
                    .compose(marked -> InvalidationLog.append(
                            connection, new Invalidation.All().scope(), node.clock.instant()))));
            node.clock.advance(Duration.ofSeconds(1));
            Node.until("what was loaded has left", () -> node.get(target(1)).header("X-Cache").equals("MISS"));
        }
        try (Node node = newNode().start()) {
            untilLoaded(node, 1);
            assertThat(node.get(target(1)).header("Cache-Status")).endsWith("detail=near");
            assertThat(node.get(target(0)).header("X-Cache")).isEqualTo("MISS");
        }
    }

    @Test
    void aDatabaseThatIsEmptyOrAwayIsNoFault() {
        try (Node node = newNode().start()) {
            assertThat(node.get(target(1)).status()).isEqualTo(200);
        }
    }
}

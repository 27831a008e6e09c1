package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.cli.Program.Outcome;

/** Kept answers, as an operator sees and clears them. */
class CacheCommandTest {
    private static final String BODY = "[{\"id\":\"1\",\"price\":250000}]";

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory);
    }

    /** Three answers that are fresh for an hour: one fetched two hours before the start, two at the start. */
    private void fill() throws Exception {
        try (OpenDatabase database = OpenDatabase.of(program.settings())) {
            SqlTier tier = database.answers();
            database.await(tier.put(answer("old", "properties", Program.START.minus(Duration.ofHours(2)))));
            database.await(tier.put(answer("new", "properties", Program.START)));
            database.await(tier.put(answer("market", "market_stats", Program.START)));
            database.await(tier.touch(Map.of(key("new"), 3), Program.START));
        }
    }

    private static CacheKey key(String name) {
        return CacheKey.of(question(name));
    }

    private static String question(String name) {
        return "{\"endpoint\":\"" + name + "\"}";
    }

    private static StoredAnswer answer(String name, String endpoint, Instant fetched) {
        Entry entry = new Entry(
                key(name), endpoint, question(name), "/properties?zipCode=78244", 200,
                List.of(new Header("Content-Type", "application/json")), "\"tag\"", Validators.NONE, fetched,
                Duration.ofMinutes(1), fetched.plus(Duration.ofHours(1)));
        return new StoredAnswer(entry, Buffer.buffer(BODY), null);
    }

    private List<String> invalidations() throws Exception {
        Path file = ((DatabaseUrl.Sqlite) program.settings().storage().database()).path();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT scope FROM invalidations ORDER BY seq")) {
            List<String> scopes = new ArrayList<>();
            while (rows.next()) {
                scopes.add(rows.getString(1));
            }
            return scopes;
        }
    }

    @Test
    void anEmptyCacheIsSaidToBeEmpty() throws Exception {
        assertThat(program.done("cache", "stats").out()).contains("No answers are kept in");
        JsonObject statistics = program.done("cache", "stats", "--json").json();
        assertThat(statistics.getJsonArray("endpoints")).isEmpty();
        assertThat(statistics.getJsonObject("total").getLong("entries")).isZero();
        assertThat(program.done("cache", "clear", "--yes").out()).startsWith("0 answers were cleared. ");
    }

    @Test
    void statisticsAreByEndpointWithATotal() throws Exception {
        fill();

        JsonObject statistics = program.done("cache", "stats", "--json").json();
        assertThat(statistics.getJsonArray("endpoints")).isEqualTo(new JsonArray()
                .add(new JsonObject().put("endpoint", "market_stats").put("entries", 1).put("fresh", 1).put("stale", 0)
                        .put("hits", 0).put("bytes", BODY.length()))
                .add(new JsonObject().put("endpoint", "properties").put("entries", 2).put("fresh", 1).put("stale", 1)
                        .put("hits", 3).put("bytes", 2 * BODY.length())));
        assertThat(statistics.getJsonObject("total").getLong("entries")).isEqualTo(3);
        Outcome table = program.done("cache", "stats");
        assertThat(table.line("properties"))
                .containsExactly("properties", "2", "1", "1", "3", 2 * BODY.length() + " B");
        assertThat(table.line("total")).startsWith("total", "3", "2", "1", "3");
    }

    @Test
    void everythingIsClearedAndOtherProcessesHearOfIt() throws Exception {
        fill();

        assertThat(program.done("cache", "clear", "--yes").out()).startsWith("3 answers were cleared. ");
        assertThat(invalidations()).containsExactly("all");
        assertThat(program.done("cache", "stats", "--json").json().getJsonArray("endpoints")).isEmpty();
        assertThat(program.done("cache", "show", key("new").hex()).line("state").get(1)).startsWith("cleared, 2026-08");
    }

    @Test
    void anEndpointIsCleared() throws Exception {
        fill();

        assertThat(program.done("cache", "clear", "--endpoint", "market-stats", "-y").out()).startsWith("1 answer ");
        assertThat(invalidations()).containsExactly("endpoint:market_stats");
    }

    @Test
    void whatIsOlderThanATimeIsCleared() throws Exception {
        fill();

        assertThat(program.done("cache", "clear", "--older-than", "3", "--yes").out()).startsWith("0 answers");
        assertThat(program.done("cache", "clear", "--endpoint", "properties", "--older-than", "90m", "--yes").out())
                .startsWith("1 answer ");
        assertThat(invalidations()).containsExactly(
                "before:" + Program.START.minus(Duration.ofHours(3)).toEpochMilli() + ":",
                "before:" + Program.START.minus(Duration.ofMinutes(90)).toEpochMilli() + ":properties");
    }

    @Test
    void whatWasClearedByTagIsTakenBack() throws Exception {
        fill();

        assertThat(program.done("cache", "clear", "--tag", "endpoint:nowhere", "--yes").out()).startsWith("0 answers");
        String number = program.done("cache", "clear", "--tag", "endpoint:new", "--yes").out()
                .replaceAll("(?s)1 answer was cleared. 'cache undo (\\d+)' takes it back.\\s*", "$1");
        assertThat(program.done("cache", "show", key("new").hex()).line("state").get(1)).startsWith("cleared");
        assertThat(program.done("cache", "undo", number).out()).startsWith("1 answer is valid again.");
        assertThat(program.done("cache", "show", key("new").hex()).line("state").get(1)).startsWith("fresh");
        assertThat(program.run("cache", "undo", number).err()).contains("no clearing " + number);
        assertThat(program.run("cache", "clear", "--tag", "78244", "--yes").err()).contains("NAME:VALUE: 78244");
        assertThat(program.run("cache", "clear", "--tag", "a:b", "--older-than", "3", "--yes").code()).isEqualTo(2);
    }

    @Test
    void withoutYesItAsks() throws Exception {
        fill();

        Outcome unanswered = program.input("").run("cache", "clear");
        assertThat(unanswered.code()).isEqualTo(1);
        assertThat(unanswered.err()).contains("[y/N]").contains("Nothing was cleared");
        assertThat(program.input("n\n").run("cache", "clear").code()).isEqualTo(1);
        assertThat(invalidations()).isEmpty();
        assertThat(program.input("y\n").done("cache", "clear").out()).startsWith("3 answers");
    }

    @Test
    void wrongWordsSayWhatIsAllowed() {
        Outcome endpoint = program.run("cache", "clear", "--endpoint", "prices", "--yes");
        assertThat(endpoint.code()).isEqualTo(2);
        assertThat(endpoint.err()).contains("properties").contains("market_stats");
        Outcome age = program.run("cache", "clear", "--older-than", "long", "--yes");
        assertThat(age.code()).isEqualTo(2);
        assertThat(age.err()).contains("hours");
        Outcome key = program.run("cache", "show", "abc");
        assertThat(key.code()).isEqualTo(2);
        assertThat(key.err()).contains("64 hexadecimal digits");
    }

    @Test
    void anAnswerIsShownWithAllThatIsKnownOfIt() throws Exception {
        fill();

        JsonObject shown = program.done("cache", "show", key("new").hex().toUpperCase(Locale.ROOT), "--json")
                .json();
        assertThat(shown).isEqualTo(new JsonObject()
                .put("key", key("new").hex()).put("state", "fresh").put("endpoint", "properties")
                .put("target", "/properties?zipCode=78244").put("question", new JsonObject().put("endpoint", "new"))
                .put("status", 200).put("ageSeconds", 60)
                .put("fetchedAt", "2026-08-01T12:00:00Z").put("expiresAt", "2026-08-01T13:00:00Z")
                .putNull("clearedAt").put("hits", 3).put("lastHit", "2026-08-01T12:00:00Z")
                .put("bytes", BODY.length()).putNull("compressedBytes").put("etag", "\"tag\"").putNull("upstreamEtag")
                .putNull("lastModified")
                .put("headers", new JsonArray().add(new JsonArray().add("Content-Type").add("application/json"))));
        assertThat(program.done("cache", "show", key("new").hex(), "--json", "--body").json().getJsonArray("body"))
                .isEqualTo(new JsonArray(BODY));
        assertThat(program.done("cache", "show", key("new").hex(), "--body").out()).isEqualToIgnoringNewLines(BODY);
        Outcome old = program.done("cache", "show", key("old").hex());
        assertThat(old.line("state")).containsExactly("state", "stale for 1h 0m");
        assertThat(old.line("age")).containsExactly("age", "2h 1m");
        assertThat(old.line("last hit")).containsExactly("last hit", "never");
        assertThat(program.run("cache", "show", key("none").hex()).code()).isEqualTo(1);
    }
}

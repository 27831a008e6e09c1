package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.cli.Program.Outcome;
import systems.supported.rentcache.config.DatabaseUrl;
import systems.supported.rentcache.storage.PostgresqlServer;

/** The database brought up to date and moved: SQLite to PostgreSQL and back, again, broken, cut short. */
class DbCommandTest {
    private static final int ANSWERS = 1_200;

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory);
    }

    private Program elsewhere(String name) throws Exception {
        return new Program(Files.createDirectories(directory.resolve(name)));
    }

    private static Program onPostgresql(Program program) {
        return program.variable("DATABASE_URL", PostgresqlServer.url(PostgresqlServer.newDatabase()));
    }

    private static StoredAnswer answer(int number, Instant fetchedAt, byte[] body) {
        String question = "{\"endpoint\":\"properties\",\"ünïcode\":\"" + number + "\"}";
        Entry entry = new Entry(
                CacheKey.of(question), "properties", question, "/properties?limit=" + number, 200,
                List.of(new Header("Content-Type", "application/json"), new Header("X-Odd", "a \"b\" \\ ü")), "\"tag\"",
                new Validators("W/\"up\"", null), fetchedAt, Duration.ofMillis(7), fetchedAt.plus(Duration.ofHours(1)));
        return new StoredAnswer(entry, Buffer.buffer(body), number % 2 == 0 ? null : Buffer.buffer(new byte[] {0, -1, 31}));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Keys, answers of every byte, one of them large and some invalid, and usage of two hours. */
    private void fill(Program filled) throws Exception {
        filled.done("keys", "create", "acme", "--daily-limit", "7", "--permission", "admin");
        filled.done("keys", "create", "old");
        filled.done("keys", "revoke", "old");
        filled.done("keys", "create", "rotated", "--endpoint-rate", "properties=5/minute");
        filled.done("keys", "rotate", "rotated", "--overlap", "1d");
        try (OpenDatabase database = OpenDatabase.of(filled.settings())) {
            SqlTier tier = database.answers();
            for (int number = 0; number < ANSWERS; number++) {
                tier.put(answer(number, Program.START, random(number)));
            }
            tier.put(answer(ANSWERS, Program.START, random(300 << 10)));
            database.await(tier.flush());
            database.await(tier.touch(Map.of(answer(5, Program.START, new byte[0]).entry().key(), 3), Program.START));
            database.await(tier.invalidate(
                    new Invalidation.OfKey(answer(6, Program.START, new byte[0]).entry().key()), Program.START));
        }
        use(filled, Program.START.minus(Duration.ofHours(1)), 2);
        use(filled, Program.START, 1);
    }

    /** A request of a key's at a time. */
    private static void use(Program used, Instant at, int key) throws Exception {
        used.sql("INSERT INTO usage_stats (api_key_id, endpoint, method, status_code, response_time_us, cache_result, "
                + "cost_micros, saved_micros, user_agent, ip_address, created_at) VALUES (" + key
                + ", 'properties', 'GET', 200, 1500, 'hit_near', 0, 30000, 'curl/8', '10.1.2.3', " + at.toEpochMilli() + ")");
        used.sql("INSERT INTO usage_rollup_hourly (hour, api_key_id, endpoint, cache_result, requests, errors, "
                + "response_time_us, cost_micros, saved_micros) VALUES (" + at.toEpochMilli() / 3_600_000 * 3_600_000 + ", " + key
                + ", 'properties', 'hit_near', 1, 0, 1500, 0, 30000)");
    }

    /** What a database holds, line by line, without what is each file's own. */
    private static List<String> content(Program exported) {
        return exported.done("db", "export", "-").out().lines().skip(1).toList();
    }

    private static List<String> lines(Outcome outcome) {
        return outcome.out().lines().map(String::strip).toList();
    }

    @Test
    void migrateSaysFromWhichVersionToWhich() {
        for (Program one : List.of(program, onPostgresql(new Program(directory)))) {
            assertThat(one.done("db", "migrate").out()).matches("The schema of .* was made, at version \\d+\\.\\R");
            assertThat(one.done("db", "migrate").out()).matches("The schema of .* is up to date, at version \\d+\\.\\R");
        }
    }

    @Test
    void migrateBringsAnOlderSchemaUpToDate() throws Exception {
        Path file = ((DatabaseUrl.Sqlite) program.settings().storage().database()).path();
        Files.createDirectories(file.getParent());
        Flyway.configure().dataSource("jdbc:sqlite:" + file, null, null).locations("classpath:db/sqlite").target("2")
                .load().migrate();
        assertThat(program.done("db", "migrate").out()).containsPattern("was brought from version 2 to \\d+\\.");
    }

    @Test
    void allOfItGoesFromSqliteToPostgresqlAndBack() throws Exception {
        fill(program);
        List<String> before = content(program);
        Outcome exported = program.done("db", "export", "all.jsonl.gz");
        assertThat(exported.out()).isEmpty();
        assertThat(exported.err()).contains("keys: 3", "answers: " + (ANSWERS + 1), "hourly sums: 2", "usage records: 2");
        Path file = directory.resolve("all.jsonl.gz");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");

        Program postgresql = onPostgresql(elsewhere("postgresql"));
        assertThat(lines(postgresql.done("db", "import", file.toString()))).containsExactly(
                "Imported:", "keys: 3", "answers: " + (ANSWERS + 1), "hourly sums: 2", "usage records: 2");
        List<String> there = content(postgresql);
        assertSame(there, before);

        Program back = elsewhere("back");
        back.input(postgresql.done("db", "export", "-").out()).done("db", "import", "-");
        assertSame(content(back), before);
        assertThat(back.done("keys", "list").line("1")).contains("acme");
    }

    /** But for the invalidations: keys that are imported are announced, so these have come further. */
    private static void assertSame(List<String> lines, List<String> before) {
        for (int i = 0; i < Math.min(lines.size(), before.size()); i++) {
            if (!before.get(i).startsWith("{\"table\":\"invalidations\"")) {
                assertThat(lines.get(i)).isEqualTo(before.get(i));
            }
        }
        assertThat(lines).hasSameSizeAs(before);
    }

    @Test
    void invalidationsAreNumberedFromWhereTheOthersEnd() throws Exception {
        fill(program);
        program.sql("INSERT INTO invalidations (seq, scope, at) VALUES (5000, 'all', 1)");
        program.done("db", "export", "all.jsonl");
        for (Program other : List.of(elsewhere("sqlite"), onPostgresql(elsewhere("postgresql")))) {
            other.done("db", "import", directory.resolve("all.jsonl").toString());
            other.done("cache", "clear", "--yes");
            List<String> lines = content(other);
            assertThat(new JsonObject(lines.get(lines.size() - 2)).getLong("last")).isEqualTo(5_001);
        }
    }

    @Test
    void importingAgainChangesNothing() throws Exception {
        fill(program);
        program.done("db", "export", "all.jsonl");
        Program other = onPostgresql(elsewhere("other"));
        other.done("db", "import", directory.resolve("all.jsonl").toString());
        List<String> first = content(other);
        for (String[] words : new String[][] {{"db", "import"}, {"db", "import", "--merge"}}) {
            List<String> all = new ArrayList<>(List.of(words));
            all.add(directory.resolve("all.jsonl").toString());
            assertThat(lines(other.done(all.toArray(String[]::new)))).containsExactly(
                    "Imported:", "keys: 0", "skipped: 3, already here", "answers: 0",
                    "skipped: " + (ANSWERS + 1) + ", an answer that is as late is here already", "hourly sums: 0",
                    "skipped: 2, imported from this file before", "usage records: 0",
                    "skipped: 2, imported from this file before");
            assertThat(content(other).equals(first)).isTrue();
        }
    }

    @Test
    void usageOfATimeThatHasSomeIsRefusedOrAdded() throws Exception {
        fill(program);
        program.done("db", "export", "all.jsonl");
        Program other = elsewhere("other");
        other.done("keys", "create", "theirs");
        use(other, Program.START, 1);

        Outcome refused = other.run("db", "import", directory.resolve("all.jsonl").toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err().lines()).singleElement().asString().contains("--merge", "--only keys,cache", "Nothing");
        assertThat(other.done("keys", "list", "--json").array()).hasSize(1);

        assertThat(lines(other.done("db", "import", "--merge", directory.resolve("all.jsonl").toString())))
                .contains("usage records: 2");
        List<String> usage = content(other).stream().filter(line -> line.contains("usage_rollup_hourly")).toList();
        assertThat(usage).as("keys that have other numbers here").hasSize(3);
    }

    @Test
    void onlyWhatIsNamedIsMoved() throws Exception {
        fill(program);
        assertThat(program.done("db", "export", "--only", "keys", "keys.jsonl").err().strip()).isEqualTo("keys: 3");
        program.done("db", "export", "--only", "usage", "usage.jsonl");
        program.done("db", "export", "all.jsonl");
        Program other = elsewhere("other");
        other.done("keys", "create", "first");
        assertThat(lines(other.done("db", "import", directory.resolve("keys.jsonl").toString())))
                .containsExactly("Imported:", "keys: 3");
        other.done("db", "import", directory.resolve("usage.jsonl").toString());
        assertThat(content(other)).filteredOn(line -> line.contains("usage_stats")).extracting(
                line -> new JsonObject(line).getLong("api_key_id")).containsExactly(3L, 2L);

        Program third = elsewhere("third");
        assertThat(lines(third.done("db", "import", "--only", "usage", directory.resolve("all.jsonl").toString())))
                .contains("usage records: 0", "skipped: 2, of a key that is not in this database");
        assertThat(third.run("db", "import", "--only", "prices", "all.jsonl").code()).isEqualTo(2);
    }

    @Test
    void aNameThatIsTakenAndAnEarlierAnswerAreLeftOut() throws Exception {
        fill(program);
        program.done("db", "export", "all.jsonl");
        Program other = elsewhere("other");
        other.done("keys", "create", "acme");
        try (OpenDatabase database = OpenDatabase.of(other.settings())) {
            database.await(database.answers().put(answer(1, Program.START.plusSeconds(1), "later".getBytes(StandardCharsets.UTF_8))));
            database.await(database.answers().put(answer(2, Program.START.minusSeconds(1), "earlier".getBytes(StandardCharsets.UTF_8))));
        }
        assertThat(lines(other.done("db", "import", directory.resolve("all.jsonl").toString()))).contains(
                "keys: 2", "skipped: 1, an active key here has the same name", "answers: " + ANSWERS,
                "skipped: 1, an answer that is as late is here already", "usage records: 1",
                "skipped: 1, of a key that is not in this database");
        assertThat(other.done("cache", "show", answer(1, Program.START, new byte[0]).entry().key().hex(), "--body").out())
                .isEqualToIgnoringNewLines("later");
    }

    @Test
    void aFileThatIsThereIsNotReplaced() {
        program.done("db", "export", "all.jsonl");
        Outcome refused = program.run("db", "export", "all.jsonl");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err().lines()).singleElement().asString().contains("all.jsonl is there already");
        assertThat(directory.toFile().list()).doesNotContain("all.jsonl.part").hasSize(2);
    }

    /** The import fails with one line that has these words. */
    private static void refused(Program into, Path file, String... words) {
        Outcome refused = into.run("db", "import", file.toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err().lines()).singleElement().asString().contains(words);
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void whatIsNoExportIsOneMessage() throws Exception {
        refused(program, directory.resolve("none.jsonl"), "none.jsonl cannot be read", "no such file");
        refused(program, write("empty", ""), "Line 1:", "cut off", "Nothing was imported");
        refused(program, write("text", "hello\n"), "Line 1:", "no JSON object");
        refused(program, write("other", "{\"a\":1}\n"), "Line 1:", "no file that 'rentcache db export' wrote");
        refused(program, write("nested", "{\"a\":{}}\n"), "Line 1:", "a is neither a text nor a whole number");
        refused(program, write("newer", "{\"table\":\"header\",\"format\":2,\"product\":\"9.0\"}\n"),
                "Line 1:", "format 2, written by RentCache 9.0; this version reads format 1");
        refused(program, write("plain.gz", "hello"), "plain.gz cannot be read");
    }

    @Test
    void aWrongValueIsNamedWithItsLine() throws Exception {
        fill(program);
        List<String> lines = new ArrayList<>(program.done("db", "export", "-").out().lines().toList());
        String[][] wrong = {
            {"\"key_hash\":\"", "\"key_hash\":\"x", "key_hash is not 64"},
            {"\"permissions\":\"", "\"permissions\":\"x", "is no permission"},
            {"\"created_at\":", "\"created_at\":\"x\",\"other\":", "created_at is no whole number"},
            {"\"key_name\":", "\"other\":", "key_name is missing"},
            {"\"endpoint_rates\":\"{", "\"endpoint_rates\":\"{x", "endpoint_rates are no rates"}};
        for (String[] one : wrong) {
            List<String> changed = new ArrayList<>(lines);
            assertThat(changed.get(2)).contains(one[0]);
            changed.set(2, changed.get(2).replace(one[0], one[1]));
            refused(elsewhere("wrong"), write("wrong.jsonl", String.join("\n", changed) + "\n"),
                    "Line 3:", one[2], "Nothing was imported");
        }
        lines.set(7, lines.get(7).replaceFirst("\"body\":\"[^\"]*\"", "\"body\":\"***\""));
        refused(elsewhere("wrong"), write("body.jsonl", String.join("\n", lines) + "\n"),
                "Line 8:", "body is no base64", "lines up to 4 was imported");
    }

    @Test
    void aFileThatIsCutOffSaysSoAndCanBeImportedOnceItIsWhole() throws Exception {
        fill(program);
        String whole = program.done("db", "export", "-").out();
        List<String> before = content(program);
        Program other = elsewhere("other");
        refused(other, write("cut.jsonl", whole.substring(0, whole.lastIndexOf("usage_stats"))), "cut off", "imported");
        refused(other, write("line.jsonl", whole.substring(0, whole.lastIndexOf("{"))), "it was cut off", "imported");
        List<String> lines = new ArrayList<>(whole.lines().toList());
        lines.remove(10);
        refused(elsewhere("missing"), write("missing.jsonl", String.join("\n", lines)), "should have", "imported");
        byte[] compressed = compressed(whole);
        Path cut = directory.resolve("cut.jsonl.gz");
        Files.write(cut, Arrays.copyOf(compressed, compressed.length / 2));
        refused(other, cut, "broken or cut off");

        other.done("db", "import", Files.write(directory.resolve("whole.gz"), compressed).toString());
        assertSame(content(other), before);
    }

    private static byte[] compressed(String text) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void anExportIsPlainJsonWithAHeader() throws Exception {
        program.done("keys", "create", "acme");
        program.done("db", "export", "one.gz");
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(directory.resolve("one.gz")))) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            JsonObject header = new JsonObject(lines.get(0));
            assertThat(header.getString("table")).isEqualTo("header");
            assertThat(header.getInteger("format")).isEqualTo(1);
            assertThat(header.getString("product")).matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(header.getLong("rows")).isEqualTo(1);
            assertThat(new JsonObject(lines.get(1)).getString("key_name")).isEqualTo("acme");
            assertThat(lines.get(lines.size() - 1)).isEqualTo("{\"table\":\"end\",\"rows\":1}");
        }
    }
}

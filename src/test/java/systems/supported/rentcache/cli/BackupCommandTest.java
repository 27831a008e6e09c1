package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.until;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;

/** A database that is copied while a server uses it, is lost, and is there again. */
class BackupCommandTest {
    private static final Pattern LISTENS = Pattern.compile("listens on (http://localhost:[0-9]+)");
    private static final String[] SERVE = {"serve", "--port", "0", "--sandbox", "--sandbox-port", "0"};
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory).variable("BOOTSTRAP_API_KEY", "admin-key-of-the-tests-0123456789abcdef")
                .variable("PRELOAD_BYTES", "0");
    }

    @AfterEach
    void quiet() {
        Logs.quiet();
    }

    @Test
    void aLostDatabaseIsThereAgain() throws Exception {
        String key = program.done("keys", "create", "before", "--json").json().getString("key");
        List<Outcome> made = new ArrayList<>();
        program.whenServing(stop -> {
            String server = program.printed(LISTENS);
            assertThat(ask(server, key)).isEqualTo("200 MISS");
            until("the answer is on disk", () -> answersOnDisk() == 1);
            Program other = new Program(directory);
            made.add(other.done("backup", "backups"));
            other.done("keys", "create", "after");
            Outcome refused = other.run("restore", made.get(0).out().strip(), "--force");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err()).contains("is using").contains("Stop it first");
            return stop.getAsInt();
        }).done(SERVE);
        Path backup = Path.of(made.get(0).out().strip());
        assertThat(backup).isEqualTo(directory.resolve("backups/rentcache-20260801T120000Z.db")).isRegularFile();
        assertThat(Files.getPosixFilePermissions(backup)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(made.get(0).err()).containsPattern("\n +api_keys +2\n").containsPattern("\n +cache_entries +1\n");

        try (Stream<Path> files = Files.list(program.database().getParent())) {
            files.forEach(file -> file.toFile().delete());
        }
        Outcome restored = program.done("restore", backup.toString());

        assertThat(restored.out()).startsWith("Restored " + program.database());
        assertThat(program.done("keys", "list").out()).contains("before").doesNotContain("after");
        program.whenServing(stop -> {
            assertThat(ask(program.printed(LISTENS), key)).isEqualTo("200 HIT");
            return stop.getAsInt();
        }).done(SERVE);
    }

    private long answersOnDisk() {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + program.database());
                Statement statement = connection.createStatement();
                ResultSet counted = statement.executeQuery("SELECT COUNT(*) FROM cache_entries")) {
            return counted.getLong(1);
        } catch (SQLException unread) {
            throw new AssertionError(unread);
        }
    }

    private static String ask(String server, String key) {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(server + TARGET)).header("X-Api-Key", key).build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.headers().firstValue("X-Cache").orElse("");
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void aDatabaseThatIsThereIsReplacedOnlyByForceAndKept() throws Exception {
        program.done("keys", "create", "first");
        Path backup = Path.of(program.done("backup", "backups").out().strip());
        program.done("keys", "create", "second");

        Outcome refused = program.run("restore", backup.toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err().lines()).singleElement().asString().contains("--force");
        assertThat(program.done("restore", backup.toString(), "--force").out()).contains(".replaced-");
        assertThat(program.done("keys", "list").out()).contains("first").doesNotContain("second");
        Path replaced = directory.resolve("data/rentcache.db.replaced-" + program.now().getEpochSecond());
        assertThat(program.done("keys", "list", "--set", "DATABASE_URL=sqlite:///" + replaced).out()).contains("second");

        Files.writeString(program.database(), "this is no database, and is long enough to be seen as none".repeat(99));
        program.pass(Duration.ofSeconds(1)).done("restore", backup.toString(), "--force");
        assertThat(program.done("keys", "list").out()).contains("first");
    }

    @Test
    void whatIsNoGoodBackupReplacesNothing() throws Exception {
        program.done("keys", "create", "mine");
        Path backup = Path.of(program.done("backup", "backups").out().strip());
        Path foreign = directory.resolve("foreign.db");
        sql(foreign, "CREATE TABLE things (id INTEGER)");
        Path newer = Files.copy(backup, directory.resolve("newer.db"));
        sql(newer, "INSERT INTO flyway_schema_history SELECT 99, '99', 'future', type, 'V99__future.sql', checksum, "
                + "installed_by, installed_on, execution_time, success FROM flyway_schema_history LIMIT 1");
        byte[] bytes = Files.readAllBytes(backup);
        Path damaged = directory.resolve("damaged.db");
        for (int i = bytes.length / 2; i < bytes.length / 2 + 20_000; i++) {
            bytes[i] = 7;
        }
        Files.write(damaged, bytes);
        Path text = Files.writeString(directory.resolve("text.db"), "nothing at all ".repeat(1_000));

        refuses(foreign, "not one of RentCache's");
        refuses(newer, "does not fit this version");
        refuses(damaged, "damaged");
        refuses(text, "is no backup");
        refuses(directory.resolve("missing.db"), "There is no file");
        assertThat(program.done("keys", "list").out()).contains("mine");
        try (Stream<Path> left = Files.list(program.database().getParent())) {
            assertThat(left.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("part"));
        }
    }

    private void refuses(Path file, String reason) {
        Outcome refused = program.run("restore", file.toString(), "--force");
        assertThat(refused.code()).as(file.toString()).isEqualTo(1);
        assertThat(refused.err().lines()).as(file.toString()).singleElement().asString().contains(reason);
    }

    private static void sql(Path file, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void onlyTheNewestAreKept() throws Exception {
        program.done("keys", "create", "mine");
        Path other = Files.createDirectories(directory.resolve("backups")).resolve("rentcache-of-another.db");
        Files.writeString(other, "not a backup's name");
        for (int i = 0; i < 4; i++) {
            program.pass(Duration.ofHours(1)).done("backup", "backups", "--keep", "2");
        }
        try (Stream<Path> kept = Files.list(directory.resolve("backups"))) {
            assertThat(kept.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(
                    "rentcache-20260801T150000Z.db", "rentcache-20260801T160000Z.db", "rentcache-of-another.db");
        }
        assertThat(program.run("backup", "backups", "--keep", "0").code()).isEqualTo(2);
        assertThat(program.run("backup", "backups").err()).contains("is there already");
    }

    @Test
    void whatCannotBeCopiedIsOneMessage() throws Exception {
        Outcome nothing = program.run("backup", "backups");
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.err().lines()).singleElement().asString().contains("There is no database", "DATABASE_URL");
        Outcome other = program.run("backup", "backups", "--set", "DATABASE_URL=postgresql://me:secret@db/rentcache");
        assertThat(other.err().lines()).singleElement().asString()
                .contains("conf/backup/postgresql-dump").doesNotContain("secret");
        Files.writeString(directory.resolve("file"), "");
        program.done("keys", "create", "mine");
        Outcome unwritable = program.run("backup", "file");
        assertThat(unwritable.err().lines()).singleElement().asString().contains("cannot be written");
    }
}

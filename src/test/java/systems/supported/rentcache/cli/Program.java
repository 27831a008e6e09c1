package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsLoader;

/** The program in a directory of its own, with an environment, an input and a clock that the test sets. */
final class Program {
    static final Instant START = Instant.parse("2026-08-01T12:00:00Z");

    static {
        Logs.quiet();
    }

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private String input = "";
    private volatile Instant now = START;
    private StringWriter printing = new StringWriter();
    private StopSignal stop = action -> action.getAsInt();

    Program(Path directory) {
        this.directory = directory;
    }

    /** What came of a command. */
    record Outcome(int code, String out, String err) {
        JsonObject json() {
            return new JsonObject(out);
        }

        JsonArray array() {
            return new JsonArray(out);
        }

        /** The cells of the one line of a table that begins with a word. */
        List<String> line(String first) {
            return out.lines().map(line -> List.of(line.strip().split(" {2,}")))
                    .filter(cells -> cells.get(0).equals(first)).findFirst().orElseThrow(() -> new AssertionError(out));
        }
    }

    Program variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Program input(String text) {
        input = text;
        return this;
    }

    Program whenServing(StopSignal signal) {
        stop = signal;
        return this;
    }

    Program pass(Duration time) {
        now = now.plus(time);
        return this;
    }

    Instant now() {
        return now;
    }

    Outcome run(String... words) {
        StringWriter out = new StringWriter();
        printing = out;
        StringWriter err = new StringWriter();
        int code = RentCacheCommand.commandLine(new Surroundings(
                directory, environment, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out, true), new PrintWriter(err, true), () -> now, stop), words).execute(words);
        Outcome outcome = new Outcome(code, out.toString(), err.toString());
        outcomes.add(outcome);
        return outcome;
    }

    /** As {@link #run}, for what must succeed. */
    Outcome done(String... words) {
        Outcome outcome = run(words);
        if (outcome.code() != 0) {
            throw new AssertionError(String.join(" ", words) + " failed: " + outcome);
        }
        return outcome;
    }

    /** All that was printed up to now. */
    List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    /** What the first group of a pattern found in the result of the command that is running. */
    String printed(Pattern pattern) {
        Matcher matcher = pattern.matcher(printing.toString());
        if (!matcher.find()) {
            throw new AssertionError(printing);
        }
        return matcher.group(1);
    }

    Path database() {
        return directory.resolve("data/rentcache.db");
    }

    /** All bytes of the database's files, as text of one byte a character. */
    String databaseBytes() throws Exception {
        StringBuilder bytes = new StringBuilder();
        try (Stream<Path> files = Files.list(database().getParent())) {
            for (Path file : files.toList()) {
                bytes.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return bytes.toString();
    }

    /** Changes the database behind the program's back; the schema must be there. */
    void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /** Settings over this directory, as the commands see them. */
    Settings settings() throws Exception {
        return SettingsLoader.load(
                new SettingsLoader.Sources(directory, Optional.empty(), environment, Map.of()));
    }
}

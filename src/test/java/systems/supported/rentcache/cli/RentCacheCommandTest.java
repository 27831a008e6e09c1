package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.cli.Program.Outcome;

/** The program as a whole: its words, its exit codes, what keeps running, and what the original's users type. */
class RentCacheCommandTest {
    private static final Pattern LISTENS = Pattern.compile("listens on (http://localhost:[0-9]+)");

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory);
    }

    @AfterEach
    void quiet() {
        Logs.quiet();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "nonsense", "keys", "keys nonsense", "cache", "config", "keys list --nonsense", "keys show", "--set PORT",
        "keys list extra"})
    void wordsThatMeanNothingAreWrongUsage(String words) {
        Outcome refused = program.run(words.isEmpty() ? new String[0] : words.split(" "));

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("--help").doesNotContain("\tat ");
    }

    @Test
    void helpAndVersionAreResults() {
        Outcome help = program.done("--help");
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).contains("serve", "keys", "cache", "budget", "stats", "health", "config", "sandbox")
                .doesNotContain("\n  create-key");
        assertThat(program.done("keys", "create", "--help").out()).contains("--daily-limit").contains("--config");
        assertThat(program.done("--version").out()).matches("rentcache [0-9]+\\.[0-9]+\\.[0-9]+.*\\R");
    }

    @Test
    void aDatabaseThatCannotBeUsedIsOneMessage() throws Exception {
        Files.createDirectories(program.database().getParent());
        Files.writeString(program.database(), "this is no database, and is long enough to be seen as none".repeat(9));

        for (String command : List.of("keys list", "cache stats", "stats")) {
            Outcome failed = program.run(command.split(" "));
            assertThat(failed.code()).isEqualTo(1);
            assertThat(failed.out()).isEmpty();
            assertThat(failed.err().lines()).singleElement().asString().contains("rentcache.db").contains("damaged");
        }
    }

    @Test
    void theOriginalsCommandsDoWhatTheyDid() {
        assertThat(program.done("create-key", "acme", "0123456789abcdef", "--expires", "2026-12-31").out())
                .doesNotContain("0123456789abcdef");
        assertThat(program.done("list-keys").line("1")).contains("acme", "active", "0 of 1000", "0 of 30000");
        program.done("create-key", "more", "fedcba9876543210", "--daily-limit", "7", "--monthly-limit", "70");
        assertThat(program.done("list-keys").line("2")).contains("0 of 7", "0 of 70");
        assertThat(program.done("update-key", "acme", "--daily-limit", "9", "--active", "false").line("status"))
                .containsExactly("status", "revoked");
        assertThat(program.done("update-key", "acme", "--active").line("status")).containsExactly("status", "active");
        program.done("delete-key", "acme");
        assertThat(program.done("list-keys", "--json").array()).hasSize(1);
        assertThat(program.done("clear-cache", "--endpoint", "properties", "--older-than", "24").out())
                .startsWith("0 answers were cleared. ");
        assertThat(program.done("clear-cache").err()).isEmpty();
        assertThat(program.run("create-key", "acme").code()).isEqualTo(2);
    }

    @Test
    void serveSaysWhatToDoNextAndHealthAsksIt() {
        List<Outcome> asked = new ArrayList<>();
        Program other = new Program(directory);
        Outcome served = program.whenServing(stop -> {
            String url = program.printed(LISTENS);
            asked.add(other.run("health", "--url", url));
            asked.add(other.run("health", "--url", url + "/", "--json"));
            return stop.getAsInt();
        }).run("serve", "--port", "0", "--sandbox", "--sandbox-port", "0");

        assertThat(served.code()).as(served.err()).isZero();
        Matcher url = LISTENS.matcher(served.out());
        assertThat(url.find()).isTrue();
        assertThat(served.out()).contains("transport").contains(program.database().toString()).containsPattern(
                "curl -H 'X-Api-Key: \\S+' '" + url.group(1) + "/v1/properties\\?zipCode=78244&limit=1'");
        assertThat(asked.get(0).code()).as(asked.toString()).isZero();
        assertThat(asked.get(0).out()).startsWith(url.group(1) + " is healthy.").contains("database");
        JsonObject report = asked.get(1).json();
        assertThat(report.getBoolean("ready")).isTrue();
        assertThat(report.getString("url")).isEqualTo(url.group(1));
        assertThat(report.getJsonObject("checks")).isNotEmpty();
        Outcome gone = other.run("health", "--url", url.group(1));
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.out()).contains("unreachable");
    }

    @Test
    void healthIsAnsweredWhateverNameTheServerIsCalledBy() {
        List<Outcome> asked = new ArrayList<>();
        Program other = new Program(directory);
        program.variable("ALLOWED_HOSTS", "rentcache.example.com").whenServing(stop -> {
            asked.add(other.run("health", "--url", program.printed(LISTENS)));
            return stop.getAsInt();
        }).done("serve", "--port", "0", "--sandbox", "--sandbox-port", "0");

        assertThat(asked.get(0).code()).as(asked.toString()).isZero();
    }

    @Test
    void withoutTheSandboxServeTellsHowToMakeAKey() {
        Outcome served = program.run("serve", "--port", "0", "--set", "RENTCAST_API_KEY=unused");

        assertThat(served.code()).as(served.err()).isZero();
        assertThat(served.out()).contains("rentcache keys create NAME").doesNotContain("curl");
    }

    @Test
    void whatKeepsTheServerFromStartingIsOneMessage() throws Exception {
        Outcome keyless = program.run("serve");
        assertThat(keyless.code()).isEqualTo(1);
        assertThat(keyless.err()).contains("RENTCAST_API_KEY").contains("--sandbox").doesNotContain("\tat ");
        try (ServerSocket taken = new ServerSocket(0)) {
            Outcome refused = program.run(
                    "server", "--port", String.valueOf(taken.getLocalPort()), "--sandbox", "--sandbox-port", "0");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err()).contains("Cannot listen on").doesNotContain("\tat ");
            Outcome sandbox = program.run("sandbox", "--port", String.valueOf(taken.getLocalPort()));
            assertThat(sandbox.code()).isEqualTo(1);
            assertThat(sandbox.err()).contains("cannot listen on port").doesNotContain("\tat ");
        }
    }

    @Test
    void theSandboxAloneSaysItsAddressAndKey() {
        Outcome served = program.run("sandbox", "--port", "0");

        assertThat(served.code()).as(served.err()).isZero();
        assertThat(served.out()).containsPattern(LISTENS).contains("curl -H 'X-Api-Key: ");
    }

    @Test
    void healthOfNothingIsAFailure() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Outcome text = program.variable("PORT", String.valueOf(free)).run("health");
        assertThat(text.code()).isEqualTo(1);
        assertThat(text.out()).startsWith("http://localhost:" + free + " is unreachable");
        Outcome json = program.run("health", "--json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.json().getBoolean("ready")).isFalse();
        assertThat(program.run("health", "--url", "nonsense").code()).isEqualTo(2);
    }
}

package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;

/** Events at a terminal, of the database and of a server that runs on it. */
class EventsCommandTest {
    private static final Pattern LISTENS = Pattern.compile("listens on (\\S+)");
    private static final Pattern KEY = Pattern.compile("X-Api-Key: (\\S+)'");

    @TempDir
    private Path directory;

    @Test
    void whatHappenedIsPrintedAndTheCursorToGoOnWith() {
        Program program = new Program(directory);
        program.done("keys", "create", "one");
        program.done("keys", "create", "two");
        program.done("keys", "revoke", "one");
        Outcome all = program.done("events");
        assertThat(all.out().lines()).hasSize(3);
        assertThat(all.out().lines().toList().get(2))
                .matches("2026-08-01T12:00:00Z  key.revoked +key 1");
        String next = all.err().strip().replace("Next: --after ", "");
        assertThat(program.done("events", "--after", next).out()).isEmpty();
        Outcome first = program.done("events", "--limit", "1", "--json");
        assertThat(first.json().getString("name")).isEqualTo("key.changed");
        JsonObject event = first.json().getJsonObject("event");
        assertThat(event.getString("node")).isEqualTo("command-line");
        assertThat(program.done("events", "--after", event.getString("cursor"), "--types", "key.changed").out())
                .contains("key 2").doesNotContain("key 1");
        assertThat(program.done("events", "--after", "nonsense", "--limit", "1").out().lines().toList())
                .satisfiesExactly(
                        reset -> assertThat(reset).contains("reset", "unknown"),
                        changed -> assertThat(changed).contains("key.changed"));
        assertThat(program.run("events", "--types", "no.such").err()).contains("no.such", "cache.miss");
        assertThat(program.run("events", "--limit", "0").code()).isEqualTo(2);
        assertThat(program.run("--set", "EVENTS_RETENTION=0", "events").err()).contains("EVENTS_RETENTION");
    }

    @Test
    void aRunningServerIsFollowed() {
        Program program = new Program(directory);
        List<Outcome> asked = new ArrayList<>();
        Outcome served = program.whenServing(stop -> {
            Program other = new Program(directory).variable("RENTCACHE_ADMIN_KEY", program.printed(KEY));
            String url = program.printed(LISTENS);
            other.done("keys", "create", "one", "--server", url);
            asked.add(other.run("events", "--server", url, "--follow", "--after", "oldest", "--limit", "1"));
            return stop.getAsInt();
        }).run("serve", "--port", "0", "--sandbox", "--sandbox-port", "0");
        assertThat(served.code()).as(served.err()).isZero();
        assertThat(asked.get(0).code()).as(asked.get(0).err()).isZero();
        assertThat(asked.get(0).out()).contains("key.changed");
    }
}

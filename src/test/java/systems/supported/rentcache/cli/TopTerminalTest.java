package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.until;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Tool;

/** {@code rentcache top} as a process on a real pseudo terminal, which util-linux's {@code script} makes. */
class TopTerminalTest {
    private static final Pattern LISTENS = Pattern.compile("listens on (\\S+)");
    private static final Pattern KEY = Pattern.compile("X-Api-Key: (\\S+)'");
    private static final String CTRL_C = "\u0003";

    @TempDir
    private Path directory;

    /** The program on a terminal of its own. */
    private record Watching(Process process, Path screen) {
        /** All that was sent to the terminal, with ^[ for the escape character. */
        private String text() {
            try {
                return Files.readString(screen, StandardCharsets.UTF_8).replace("\u001b", "^[");
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private void press(String key) throws IOException {
            process.getOutputStream().write(key.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }
    }

    @Test
    void itShowsAScreenAndEndsWithQAndWithCtrlC() {
        Tool script = Tool.named("script");
        Program program = new Program(directory).variable("NODE_NAME", "watched");
        List<Watching> watching = new ArrayList<>();
        program.whenServing(stop -> {
            try {
                watching.add(watch(script, program, "q"));
                watching.add(watch(script, program, "interrupted"));
                for (Watching one : watching) {
                    until("it shows a screen: " + one.text(), () -> one.text().contains("watched"));
                }
                watching.get(0).press("q");
                watching.get(1).press(CTRL_C);
                for (Watching one : watching) {
                    until("it ends: " + one.text(), () -> !one.process.isAlive());
                }
                return stop.getAsInt();
            } catch (IOException failed) {
                throw new AssertionError(failed);
            } finally {
                watching.forEach(one -> one.process.destroyForcibly());
            }
        });
        program.run("serve", "--port", "0", "--sandbox", "--sandbox-port", "0");

        for (Watching one : watching) {
            assertThat(one.process.exitValue()).as(one.text()).isZero();
            assertThat(one.text().replaceAll("\\^\\[\\[[0-9;]*m", "")).contains("RentCache", "Budget");
            assertThat(one.text()).as("it leaves the screen as it was")
                    .containsPattern("(?s)\\^\\[\\[\\?(1049|47)h.*\\^\\[\\[\\?(1049|47)l");
        }
    }

    private Watching watch(Tool script, Program program, String name) throws IOException {
        Path screen = directory.resolve(name);
        String top = "stty rows 24 cols 80; exec '" + ProcessHandle.current().info().command().orElseThrow()
                + "' -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path") + "' "
                + RentCacheCommand.class.getName() + " top --server " + program.printed(LISTENS);
        ProcessBuilder process = new ProcessBuilder(script.program().toString(), "-qec", top, "/dev/null")
                .directory(directory.toFile()).redirectErrorStream(true).redirectOutput(screen.toFile());
        process.environment().put("RENTCACHE_ADMIN_KEY", program.printed(KEY));
        process.environment().put("TERM", "xterm");
        return new Watching(process.start(), screen);
    }
}

package systems.supported.rentcache.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.untilPrograms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command of the quick start, typed as it stands there, but for the port. */
class QuickstartTest {
    private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory;

    @Test
    void everyCommandDoesWhatItSays() throws Exception {
        int port = freePort();
        Path clone = laidOut();
        List<String> blocks = blocks(Files.readString(Path.of("docs", "QUICKSTART.md"))
                .replace("localhost:8000", "localhost:" + port));
        assertThat(blocks.get(0).strip()).isEqualTo("make run");
        Process server = shell(clone, port, "server.log", "exec " + blocks.get(0));
        try {
            untilPrograms(() -> "it listens: " + read("server.log"),
                    () -> !server.isAlive() || read("server.log").contains("listens on http://localhost:" + port));
            Process second = shell(clone, port, "second.log", String.join("\n", blocks.subList(1, blocks.size())));
            assertThat(second.waitFor(5, TimeUnit.MINUTES)).as(() -> read("second.log")).isTrue();
            String said = read("second.log").replaceAll("\\[\\{.{99,}", "[{…");
            assertThat(second.exitValue()).as(said).isZero();
            assertThat(said.lines().filter(line -> line.startsWith("X-Cache: ")))
                    .containsExactly("X-Cache: MISS", "X-Cache: HIT", "X-Cache: HIT");
            assertThat(said).contains("my-app", " is healthy.", "$250.00").containsPattern("\nok\n")
                    .containsPattern("backups/rentcache-\\d{8}T\\d{6}Z\\.db");
        } finally {
            server.descendants().forEach(ProcessHandle::destroy);
            server.destroy();
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(read("server.log")).contains("Stopped.");
    }

    private static List<String> blocks(String document) {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(document);
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /** What of a clone the commands need, with the program built. */
    private Path laidOut() throws IOException {
        Path clone = directory.resolve("clone");
        Installation.in(clone);
        for (String file : List.of("Makefile", "pom.xml")) {
            Files.copy(Path.of(file), clone.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(clone.resolve(file), FileTime.from(Instant.EPOCH));
        }
        return clone;
    }

    private Process shell(Path clone, int port, String log, String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(clone.toFile()).redirectErrorStream(true).redirectOutput(directory.resolve(log).toFile());
        builder.environment().put("PORT", String.valueOf(port));
        builder.environment().put("SANDBOX_PORT", "0");
        return builder.start();
    }

    private String read(String log) {
        try {
            return Files.readString(directory.resolve(log));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}

package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;

/** {@code rentcache top} against a server that runs. */
class TopCommandTest {
    private static final Pattern LISTENS = Pattern.compile("listens on (\\S+)");
    private static final Pattern KEY = Pattern.compile("X-Api-Key: (\\S+)'");

    @TempDir
    private Path directory;

    @Test
    void aRunningServerIsWatched() {
        Program program = new Program(directory);
        List<Outcome> asked = new ArrayList<>();
        List<String> drawn = new ArrayList<>();
        Outcome served = program.variable("NODE_NAME", "watched").whenServing(stop -> {
            String url = program.printed(LISTENS);
            String key = program.printed(KEY);
            Program other = new Program(directory).variable("RENTCACHE_ADMIN_KEY", key);
            asked.add(other.run("top", "--server", url, "--once"));
            asked.add(other.run("top", "--server", url + "/", "--json"));
            asked.add(new Program(directory).variable("RENTCACHE_ADMIN_KEY", "wrong-key-0123456789")
                    .run("top", "--server", url, "--once"));
            asked.add(new Program(directory).run("top", "--server", url, "--once"));
            drawn.addAll(watch(url, key));
            return stop.getAsInt();
        }).run("serve", "--port", "0", "--sandbox", "--sandbox-port", "0");

        assertThat(served.code()).as(served.err()).isZero();
        assertThat(asked.get(0).code()).as(asked.get(0).err()).isZero();
        assertThat(asked.get(0).out()).startsWith("RentCache watched").contains("Budget", "Nodes     watched");
        assertThat(asked.get(1).json().getString("node")).isEqualTo("watched");
        assertThat(asked.get(2).code()).isEqualTo(1);
        assertThat(asked.get(2).err()).contains("RENTCACHE_ADMIN_KEY").doesNotContain("wrong-key");
        assertThat(asked.get(3).code()).isEqualTo(1);
        assertThat(asked.get(3).err()).contains("set RENTCACHE_ADMIN_KEY");
        Outcome gone = new Program(directory).variable("RENTCACHE_ADMIN_KEY", "any-key-0123456789")
                .run("top", "--server", "http://127.0.0.1:1", "--once");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err()).contains("No answer from http://127.0.0.1:1");
        assertThat(drawn.get(0)).contains("cache.miss");
        assertThat(drawn.get(1)).contains("PAUSED");
    }

    /** Watches on a terminal of 60 by 20 while a question is asked; what was drawn until the question, and until q. */
    private static List<String> watch(String url, String key) {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        try (LineDisciplineTerminal terminal =
                new LineDisciplineTerminal("test", "xterm", screen, StandardCharsets.UTF_8)) {
            terminal.setSize(new Size(60, 20));
            Thread watching = new Thread(() -> {
                try {
                    new TopLoop(new TopServer(url, HttpClient.newBuilder(), key), terminal).run();
                } catch (Exception failed) {
                    screen.writeBytes(failed.toString().getBytes(StandardCharsets.UTF_8));
                }
            });
            watching.start();
            String begun = until(screen, text -> text.contains("watched"));
            HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(url + "/v1/properties?zipCode=78244&limit=2"))
                            .header("X-Api-Key", key).build(), HttpResponse.BodyHandlers.discarding());
            String seen = until(screen, text -> text.contains("cache.miss"));
            terminal.processInputBytes("p".getBytes(StandardCharsets.UTF_8));
            String paused = until(screen, text -> text.contains("PAUSED"));
            terminal.processInputBytes("q".getBytes(StandardCharsets.UTF_8));
            watching.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(watching.isAlive()).isFalse();
            assertThat(begun).isNotEmpty();
            return List.of(seen, paused);
        } catch (Exception failed) {
            throw new AssertionError(screen.toString(StandardCharsets.UTF_8), failed);
        }
    }

    private static String until(ByteArrayOutputStream screen, Predicate<String> shown) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end) {
            String text = screen.toString(StandardCharsets.UTF_8);
            if (shown.test(text)) {
                return text;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        throw new AssertionError("it was not shown: " + screen.toString(StandardCharsets.UTF_8));
    }
}

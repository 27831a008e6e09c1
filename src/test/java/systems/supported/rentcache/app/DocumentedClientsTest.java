package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/USAGE.md, each run as it stands there. */
class DocumentedClientsTest {
    private static final Path USAGE = Path.of("docs/USAGE.md");

    @TempDir
    static Path directory;

    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).start();
    }

    @AfterAll
    static void stop() {
        node.stop();
    }

    @Test
    void curl() throws Exception {
        assertThat(run("sh", Tool.named("sh"), "ask.sh")).contains("X-Cache: ").contains("\"price\":");
    }

    @Test
    void python() throws Exception {
        assertThat(run("python", Tool.named("python3"), "ask.py")).matches("(?s)(MISS|HIT) \\d+\\s*");
    }

    @Test
    void javascript() throws Exception {
        assertThat(run("js", Tool.named("node"), "ask.mjs")).matches("(?s)(MISS|HIT) \\d+\\s*");
    }

    @Test
    void java() throws Exception {
        Tool java = new Tool(Path.of(System.getProperty("java.home"), "bin", "java"));
        assertThat(run("java", java, "Ask.java")).matches("(?s)(MISS|HIT) 200 \\{.*\"price\":.*");
    }

    /** Runs the document's first block in a language, and says what it printed. */
    private static String run(String language, Tool with, String file) throws Exception {
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(USAGE));
        assertThat(block.find()).isTrue();
        Path program = Files.writeString(directory.resolve(file), block.group(1));
        Path output = directory.resolve(file + ".out");
        ProcessBuilder builder = new ProcessBuilder(List.of(with.program().toString(), program.toString()))
                .redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(Map.of("RENTCACHE_URL", "http://127.0.0.1:" + node.port() + "/v1", "RENTCACHE_KEY", Node.ADMIN));
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}

package systems.supported.rentcache.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which flags the launcher gives to the JVM; a real JVM says what it makes of them, and ends. */
class LauncherTest {
    private static final List<String> ONE_PROCESSOR = List.of("taskset", "-c", "0");

    @TempDir
    private static Path directory;

    @BeforeAll
    static void install() throws IOException {
        Files.copy(Path.of("rentcache"), directory.resolve("rentcache"));
        Files.createDirectory(directory.resolve("target"));
        new JarOutputStream(Files.newOutputStream(directory.resolve("target/rentcache.jar")), new Manifest()).close();
    }

    private static String flags(List<String> before, String options, String command) throws Exception {
        Path printed = directory.resolve("printed");
        ProcessBuilder launcher = new ProcessBuilder(
                Stream.concat(before.stream(), Stream.of("sh", directory.resolve("rentcache").toString(), command)).toList())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        launcher.environment().put("JAVA_HOME", System.getProperty("java.home"));
        launcher.environment().put("JAVA_OPTS", options + " -XX:+PrintCommandLineFlags -version");
        int code = launcher.start().waitFor();
        String text = Files.readString(printed, StandardCharsets.UTF_8);
        assertThat(code).as(text).isZero();
        return text;
    }

    @Test
    void oneProcessorHasACollectorWithoutThreadsAndShortPauses() throws Exception {
        assertThat(flags(ONE_PROCESSOR, "", "serve"))
                .contains("-XX:+UseSerialGC", "-XX:MaxNewSize=33554432", "-XX:InitialHeapSize=50331648");
    }

    @Test
    void whatAnOperatorSaysOfTheHeapAndItsCollectorHolds() throws Exception {
        assertThat(flags(ONE_PROCESSOR, "-Xmx32m -XX:+UseParallelGC", "serve"))
                .contains("-XX:MaxHeapSize=33554432", "-XX:+UseParallelGC")
                .doesNotContain("UseSerialGC", "MaxNewSize", "InitialHeapSize=50331648");
        assertThat(flags(ONE_PROCESSOR, "-XX:MaxRAMPercentage=1", "serve"))
                .contains("-XX:MaxNewSize=33554432")
                .doesNotContain("InitialHeapSize=50331648");
        assertThat(flags(ONE_PROCESSOR, "-Xmn64m -XX:+UseStringDeduplication", "serve"))
                .contains("-XX:MaxNewSize=67108864");
        assertThat(flags(List.of(), "-XX:ActiveProcessorCount=1", "serve")).contains("-XX:MaxNewSize=33554432");
    }

    @Test
    void aCommandThatEndsSoonIsNotOptimised() throws Exception {
        assertThat(flags(List.of(), "", "version"))
                .contains("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .doesNotContain("MaxNewSize");
    }
}

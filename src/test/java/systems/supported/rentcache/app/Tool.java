package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the operating system's that a test needs. */
public record Tool(Path program) {

    /** What a run of it said, and whether it was content. */
    public record Run(int status, String output) {
    }

    /** The program of a name; a test is skipped where it is missing, but not on the machine that has the last word. */
    public static Tool named(String name) {
        Path found = Arrays.stream(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, name)).filter(Files::isExecutable).findFirst().orElse(null);
        if ("true".equals(System.getenv("CI"))) {
            assertThat(found).as(name + " is missing, which .ci/run installs").isNotNull();
        }
        assumeTrue(found != null, name + " is not installed");
        return new Tool(found);
    }

    /** Runs it to its end. */
    public Run run(String input, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("tool", ".out");
        try {
            Process process = start(output, arguments);
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
            return new Run(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** Starts it; what it says goes to a file. */
    public Process start(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }
}

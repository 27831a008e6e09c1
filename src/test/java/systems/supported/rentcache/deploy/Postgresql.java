package systems.supported.rentcache.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL of Debian's, which has the programs that the embedded one lacks. It will not run as root, so where the
 * tests are root's it is the user postgres'.
 *
 * @param home its directory
 */
public record Postgresql(Path home) {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    /** A server that is not there yet, in a directory. */
    public static Postgresql in(Path home) throws IOException {
        Postgresql server = new Postgresql(home);
        server.own(home);
        return server;
    }

    /** A program of the newest version on this machine; a test is skipped where there is none, but not in CI. */
    public static Path program(String name) {
        Path found = null;
        if (Files.isDirectory(VERSIONS)) {
            try (Stream<Path> versions = Files.list(VERSIONS)) {
                found = versions.map(version -> version.resolve("bin").resolve(name)).filter(Files::isExecutable)
                        .max(Comparator.naturalOrder()).orElse(null);
            } catch (IOException unreadable) {
                throw new AssertionError(unreadable);
            }
        }
        if ("true".equals(System.getenv("CI"))) {
            assertThat(found).as(name + " is missing, which .ci/run installs").isNotNull();
        }
        assumeTrue(found != null, "PostgreSQL is not installed");
        return found;
    }

    /** Makes the cluster, whose superuser has the password that a file holds. */
    public void init(String user, Path password) throws Exception {
        Path readable = home.resolve("password");
        Files.copy(password, readable);
        own(readable);
        run("", List.of(program("initdb").toString(), "-D", data().toString(), "-U", user, "-A", "scram-sha-256",
                "--pwfile=" + readable, "-E", "UTF8", "--no-sync"));
        Files.writeString(data().resolve("pg_hba.conf"), "local all all trust\nhost all all all scram-sha-256\n");
    }

    /** Makes a database, while no server runs. */
    public void make(String database) throws Exception {
        run("CREATE DATABASE " + database + "\n", List.of(
                program("postgres").toString(), "--single", "-D", data().toString(), "postgres"));
    }

    /** Where it keeps its data. */
    public Path data() {
        return home.resolve("data");
    }

    /** A directory beside the data, which the server may write. */
    public Path directory(String name) throws IOException {
        Path directory = Files.createDirectories(home.resolve(name));
        own(directory);
        return directory;
    }

    /** Copies of the backup scripts where the server's user gets to them, wherever the tests run. */
    public Path scripts() throws IOException {
        Path copies = directory("scripts");
        try (Stream<Path> scripts = Files.list(Path.of("conf", "backup"))) {
            for (Path script : scripts.toList()) {
                Path copy = copies.resolve(script.getFileName());
                Files.copy(script, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                own(copy);
            }
        }
        return copies;
    }

    /** What starts the server. */
    public List<String> command(List<String> options) {
        List<String> command = new ArrayList<>(List.of(
                program("postgres").toString(), "-D", data().toString(), "-k", home.toString(),
                "-c", "listen_addresses=*", "-F"));
        command.addAll(options);
        return asOwner(command);
    }

    /** The command as the server's user runs it. */
    static List<String> asOwner(List<String> command) {
        if (!System.getProperty("user.name").equals("root")) {
            return command;
        }
        List<String> other = new ArrayList<>(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        other.addAll(command);
        return other;
    }

    /**
     * Runs a program as the server's user, to its success, and returns what it says. It finds PostgreSQL's programs, and
     * the server by its socket.
     *
     * @param variables names and values, in turns
     */
    public String run(String input, List<String> command, String... variables) throws Exception {
        Path output = home.resolve("run.log");
        ProcessBuilder builder = new ProcessBuilder(asOwner(command)).directory(home.toFile())
                .redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("PATH", program("initdb").getParent() + ":" + System.getenv("PATH"));
        builder.environment().putAll(Map.of("PGHOST", home.toString(), "PGUSER", "rentcache"));
        for (int i = 0; i < variables.length; i += 2) {
            builder.environment().put(variables[i], variables[i + 1]);
        }
        Process process = builder.start();
        process.getOutputStream().write(input.getBytes());
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output);
        assertThat(process.exitValue()).as(command + "\n" + said).isZero();
        return said;
    }

    private void own(Path path) throws IOException {
        if (System.getProperty("user.name").equals("root")) {
            Files.setOwner(path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
        }
    }
}

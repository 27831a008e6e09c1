package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.cli.Program.Outcome;

/**
 * The mistakes that docs/DEPLOYMENT.md lists, made: each keeps the server from starting, or shows in the health, with one
 * message, which names what is wrong and what to do. Clocks that are off have ClockWatchTest, what fails while a server runs StorageFaultsTest.
 */
class MistakesTest {
    private static final String SECRET = "secret-of-the-tests";

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory).variable("RENTCAST_API_KEY", SECRET).variable("PORT", "0");
    }

    @AfterEach
    void quiet() {
        Logs.quiet();
    }

    private void refuses(String... parts) {
        Outcome refused = program.run("serve");
        assertThat(refused.code()).as(refused.out()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains(parts).doesNotContain(SECRET, "\tat ", "Exception");
        assertThat(refused.err().strip().lines()).as("one message").hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void aPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            program.variable("PORT", String.valueOf(taken.getLocalPort()));
            refuses("port " + taken.getLocalPort(), "another program listens there", "Choose another PORT");
        }
    }

    @Test
    void anAddressOfAnotherMachine() {
        program.variable("HOST", "192.0.2.1");
        refuses("192.0.2.1", "this machine has no such address", "Change HOST");
    }

    @Test
    void anAddressForTheClusterThatNobodyKnows() {
        program.variable("CLUSTER", "true");
        program.variable("CLUSTER_HOST", "no-such-host.invalid");
        refuses("cannot be joined", "CLUSTER_HOST", "nobody knows the name 'no-such-host.invalid'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "DATABASE_URL     | mysql://me:secret-of-the-tests@db/rentcache | allowed: sqlite:///PATH or postgresql://",
        "DATABASE_URL     | sqlite://                                   | would forget keys",
        "REDIS_URL        | http://:secret-of-the-tests@redis:6379      | redis://",
        "RENTCAST_API_URL | api.rentcast.io                             | http",
        "PLAN             | gold                                        | developer, foundation, growth or scale",
        "PLAN_BILLING_DAY | 32                                          | from 1 to 31",
        "PORT             | 80000                                       | from 0 to 65535",
        "TIME_ZONE        | Berlin                                      | such as UTC or America/Chicago",
        "BOOTSTRAP_API_KEY | short                                      | 32"})
    void aSettingThatIsWrong(String name, String value, String allowed) {
        program.variable(name, value);
        refuses(name, allowed);
    }

    @Test
    void aSettingThatIsMisspelt() throws Exception {
        Files.createDirectory(directory.resolve("conf"));
        Files.writeString(directory.resolve("conf/rentcache.yaml"), "databse-url: sqlite:///./other.db\n");
        refuses("DATABSE_URL", "conf/rentcache.yaml line 1", "did you mean DATABASE_URL?");
    }

    @Test
    void noKeyOfRentcasts() {
        program.variable("RENTCAST_API_KEY", "");
        refuses("RENTCAST_API_KEY", "not set", "--sandbox");
    }

    @Test
    void aPostgresqlThatIsNotThere() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        program.variable("DATABASE_URL", "postgresql://rentcache:" + SECRET + "@127.0.0.1:" + free + "/rentcache");
        refuses("no PostgreSQL server at 127.0.0.1:" + free, "Start it, or change DATABASE_URL");
    }

    @Test
    void aDirectoryThatCannotBeMade() {
        program.variable("DATABASE_URL", "sqlite:////proc/rentcache/rentcache.db");
        refuses("/proc/rentcache", "cannot be made by this user", "choose another DATABASE_URL");
    }

    @Test
    void aDirectoryThatCannotBeWritten() throws Exception {
        Path mounted = mount("ro");
        try {
            program.variable("DATABASE_URL", "sqlite:///" + mounted + "/rentcache.db");
            refuses(mounted.toString(), "cannot be written by this user", "Change its owner or DATABASE_URL");
        } finally {
            shell("umount", "-l", mounted.toString());
        }
    }

    @Test
    void aDiskThatIsFull() throws Exception {
        Path mounted = mount("size=64k");
        try {
            program.variable("DATABASE_URL", "sqlite:///" + mounted + "/rentcache.db");
            // A server starts all the same, without it, and tries again.
            Outcome refused = program.run("keys", "list");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err().lines()).singleElement().asString()
                    .contains(mounted.toString(), "no room on the disk", "Make room");
        } finally {
            shell("umount", "-l", mounted.toString());
        }
    }

    /** A file system of its own, which the permissions of root do not help with. */
    private Path mount(String options) throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount");
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        shell("mount", "-t", "tmpfs", "-o", options, "tmpfs", mounted.toString());
        return mounted;
    }

    private static void shell(String... command) throws Exception {
        Process process = new ProcessBuilder(List.of(command)).inheritIO().start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }
}

package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.untilPrograms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Tool;
import systems.supported.rentcache.deploy.Postgresql;

/** The scripts of {@code conf/backup}, on a real PostgreSQL that is lost. */
class PostgresqlBackupTest {
    private static final String PASSWORD = "secret-of-the-tests";

    @TempDir
    private Path directory;
    private Postgresql server;
    private Path scripts;
    private Program program;
    private Process process;
    private int port;

    @BeforeEach
    void start() throws Exception {
        Postgresql.program("initdb");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        server = Postgresql.in(Files.createDirectory(directory.resolve("pg")));
        scripts = server.scripts();
        server.init("rentcache", Files.writeString(directory.resolve("password"), PASSWORD));
        Files.writeString(server.data().resolve("pg_hba.conf"),
                "local replication all trust\n" + Files.readString(server.data().resolve("pg_hba.conf")));
        server.make("rentcache");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        program = new Program(directory).variable("DATABASE_URL", url("rentcache"));
        serve();
    }

    @AfterEach
    void stop() throws Exception {
        lose();
    }

    private String url(String database) {
        return "postgresql://rentcache:" + PASSWORD + "@127.0.0.1:" + port + "/" + database + "?sslmode=disable";
    }

    private void serve() throws Exception {
        Path log = server.home().resolve("server.log");
        process = new ProcessBuilder(server.command(List.of(
                        "-p", String.valueOf(port), "-c", "archive_mode=on", "-c", "archive_command=sh " + scripts
                                + "/archive-wal %p %f " + server.directory("wal"))))
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        untilPrograms(() -> "PostgreSQL serves: " + read(log), () -> {
            try {
                return psql("SELECT pg_is_in_recovery()").equals("f");
            } catch (Exception | AssertionError notYet) {
                return false;
            }
        });
    }

    /** Ends the server as a machine does that burns. */
    private void lose() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    private String psql(String sql) throws Exception {
        return script("psql", "-d", "rentcache", "-AtXqc", sql).strip();
    }

    /** Runs one of the scripts, or one of PostgreSQL's programs. */
    private String script(String name, String... arguments) throws Exception {
        Path script = scripts.resolve(name);
        Path found = Files.exists(script) ? script : Postgresql.program(name);
        return server.run("", Stream.concat(Stream.of(found.toString()), Stream.of(arguments)).toList(),
                "PGPORT", String.valueOf(port), "PGDATABASE", "rentcache");
    }

    @Test
    void aLostServerIsThereAgainAsItWasAtAMoment() throws Exception {
        program.done("keys", "create", "one");
        Path archive = server.directory("wal");
        Path before = archived();
        Path older = Files.createDirectories(server.directory("bases").resolve("base-20200101T000000Z"));
        String base = script("postgresql-base", older.getParent().toString(), archive.toString(), "1")
                .lines().filter(line -> line.contains("/base-")).findFirst().orElseThrow();
        assertThat(older).as("only the newest is kept").doesNotExist();
        assertThat(before).as("and the log that it needs").doesNotExist();
        program.done("keys", "create", "two");
        String moment = psql("SELECT clock_timestamp()");
        program.done("keys", "create", "three");
        psql("DELETE FROM api_keys WHERE key_name = 'one'");
        archived();
        lose();
        Files.move(server.data(), server.home().resolve("lost"));

        assertThat(script("postgresql-restore", base, archive.toString(), server.data().toString(), moment)).contains("recovers up to " + moment);
        serve();

        assertThat(program.done("keys", "list").out()).contains("one", "two").doesNotContain("three");
        assertThat(psql("SELECT count(*) FROM api_keys")).isEqualTo("2");
    }

    /** Closes the file of the log that is being written, and waits until the archive has it. */
    private Path archived() throws Exception {
        Path file = server.directory("wal").resolve(psql("SELECT pg_walfile_name(pg_switch_wal())"));
        untilPrograms(() -> file + " is archived: " + read(server.home().resolve("server.log")), () -> Files.exists(file));
        return file;
    }

    @Test
    void anArchiveServesOneClusterOnly() throws Exception {
        Path file = Files.writeString(directory.resolve("000000010000000000000001"), "one");
        Path archive = Files.createDirectory(directory.resolve("archive"));
        Tool script = new Tool(scripts.resolve("archive-wal"));
        String[] words = {file.toString(), file.getFileName().toString(), archive.toString()};
        assertThat(script.run("", words).status()).isZero();
        assertThat(script.run("", words).status()).as("the same again").isZero();
        Files.writeString(file, "another");
        Tool.Run refused = script.run("", words);
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.output()).contains("One archive serves one cluster");
        assertThat(archive.resolve(words[1])).hasContent("one");
    }

    @Test
    void aDumpIsVerifiedAndRestoredAndOldOnesGo() throws Exception {
        program.done("keys", "create", "one");
        Path dumps = server.directory("dumps");
        Path old = Files.writeString(dumps.resolve("rentcache-20200101T000000Z.dump"), "");

        String said = script("postgresql-dump", dumps.toString(), "1");

        String dump = said.lines().filter(line -> line.endsWith(".dump") && !line.startsWith("deleted")).findFirst()
                .orElseThrow();
        assertThat(said).containsPattern("verified: \\d+ tables").contains("deleted " + old);
        assertThat(old).doesNotExist();
        script("createdb", "other");
        script("pg_restore", "-d", "other", "--no-owner", "--exit-on-error", dump);
        assertThat(new Program(directory).variable("DATABASE_URL", url("other")).done("keys", "list").out())
                .contains("one");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

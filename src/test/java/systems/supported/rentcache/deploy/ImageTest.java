package systems.supported.rentcache.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static systems.supported.rentcache.Await.untilPrograms;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Tool;
import systems.supported.rentcache.deploy.Dockerfile.Stage;

/**
 * The image, as far as it can be proved without an engine: the rules for a Dockerfile, the steps of its stage that
 * trains, and the entry point as process 1 of namespaces of its own, as the image's user without capabilities, on a
 * read-only file system and a small /tmp that nothing can be executed on.
 */
class ImageTest {
    private static final Path FILE = Path.of("Dockerfile");
    private static final String ADMIN = "admin-key-of-the-image-0123456789abcdef";

    private static Dockerfile file;

    @TempDir
    private Path directory;

    @BeforeAll
    static void read() throws IOException {
        file = Dockerfile.read(FILE);
    }

    @Test
    void theDockerfileKeepsTheRules() throws Exception {
        Tool.Run lint = Tool.named("dockerfile-utils").run("", "lint", FILE.toString());
        assertThat(lint.status()).as(lint.output()).isZero();
        assertThat(lint.output()).isBlank();
        Tool shellcheck = Tool.named("shellcheck");
        for (Stage stage : file.stages()) {
            for (String step : stage.all("RUN")) {
                Tool.Run checked = shellcheck.run(
                        "#!/bin/sh\n" + step.replaceFirst("^--mount=\\S+ ", ""), "-s", "sh", "-");
                assertThat(checked.status()).as(step + "\n" + checked.output()).isZero();
                if (step.contains("apk add")) {
                    assertThat(step).contains("--no-cache").containsPattern("[a-z]+=\\S+");
                }
            }
            assertThat(stage.all("ADD")).as("COPY does").isEmpty();
            assertThat(stage.all("WORKDIR")).allMatch(path -> path.startsWith("/"));
            assertThat(stage.base()).as("a version is named").matches("program|.+:.*[0-9].*");
        }
        assertThat(file.last().only("USER")).matches("[1-9][0-9]*:[1-9][0-9]*");
        assertThat(file.last().words("ENTRYPOINT")).containsExactly("/opt/rentcache/rentcache");
        assertThat(file.last().only("HEALTHCHECK")).contains("/health/ready");
    }

    @Test
    void noSecretGetsIntoALayer() throws IOException {
        List<String> let = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        assertThat(let.get(0)).as("everything is kept out but what is named").isEqualTo("*");
        assertThat(let.subList(1, let.size()))
                .containsExactlyInAnyOrder("!pom.xml", "!src/main", "!rentcache", "!conf/rentcache.yaml");
        for (Stage stage : file.stages()) {
            assertThat(stage.all("ARG")).isEmpty();
            assertThat(stage.variables().keySet()).isSubsetOf("DATABASE_URL", "LOG_FORMAT", "JAVA_OPTS");
            stage.all("COPY").stream().filter(copy -> !copy.startsWith("--from")).forEach(copy ->
                    assertThat(let).as(copy).contains("!" + copy.split(" ")[0]));
        }
    }

    @Test
    void theEntryPointRunsAsTheImageHasIt() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can make the namespaces");
        Path jdk = Installation.newestJdk();
        Path image = Installation.in(directory.resolve("image"));
        for (String step : file.stage("trained").all("RUN")) {
            if (!step.contains("apk")) {
                run(image, jdk, step.replace("Linux-Musl", "Linux"));
            }
        }
        try (Stream<Path> unpacked = Files.list(image.resolve("native"))) {
            assertThat(unpacked.map(path -> path.getFileName().toString())).hasSize(2).contains("libsqlitejdbc.so");
        }
        Path data = Files.createDirectory(directory.resolve("data"));
        Path secret = Files.writeString(directory.resolve("admin_key"), ADMIN + "\n");
        give(data, "rwx------");
        give(secret, "r--------");
        int port = freePort();
        Process container = start(image, jdk, Map.of(
                "SANDBOX", "true", "SANDBOX_PORT", "0", "PORT", String.valueOf(port),
                "BOOTSTRAP_API_KEY_FILE", secretInside()), port);
        try {
            untilPrograms(() -> "it is healthy: " + log(), () -> !container.isAlive() || isHealthy(port));
            assertThat(container.isAlive()).as(log()).isTrue();
            assertThat(ask(port)).isEqualTo("MISS");
            assertThat(ask(port)).isEqualTo("HIT");
            ProcessHandle first = container.toHandle().children().findFirst().orElseThrow();
            assertThat(status(first, "NSpid")).endsWith("\t1");
            assertThat(status(first, "Uid")).isEqualTo("Uid:\t10001\t10001\t10001\t10001");
            assertThat(status(first, "CapBnd")).endsWith("\t0000000000000000");
            if (Installation.version(jdk) >= 25) {
                assertThat(Files.readString(Path.of("/proc/" + first.pid() + "/cmdline"))).contains("-XX:AOTCache=");
            }
            first.destroy();
            assertThat(container.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(container.exitValue()).as(log()).isZero();
            assertThat(log()).contains("native transport", "Stopped.").doesNotContain(ADMIN, "\"ERROR\"");
            assertThat(data.resolve("rentcache.db")).isNotEmptyFile();
        } finally {
            container.descendants().forEach(ProcessHandle::destroyForcibly);
            container.destroyForcibly();
        }
    }

    /** Runs a step of the Dockerfile in the directory that it is meant for. */
    private void run(Path image, Path jdk, String step) throws Exception {
        Path output = directory.resolve("step.log");
        ProcessBuilder builder = new ProcessBuilder("sh", "-eu", "-c", step)
                .directory(image.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", jdk.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(step + "\n" + Files.readString(output)).isZero();
    }

    private static String secretInside() {
        return "/run/secrets/admin_key";
    }

    /** Starts the entry point in namespaces that look like a container's, but for the network. */
    private Process start(Path image, Path jdk, Map<String, String> given, int port) throws IOException {
        Stage last = file.last();
        String[] user = last.only("USER").split(":");
        String script = """
                mount -t tmpfs tmpfs /opt
                mkdir /opt/rentcache && mount --bind "$1" /opt/rentcache
                mount -t tmpfs tmpfs /run && mkdir /run/secrets && cp -p "$3" /run/secrets/
                mount -t tmpfs tmpfs /var/lib && mkdir /var/lib/rentcache && mount --bind "$2" /var/lib/rentcache
                cd %s
                mount -t tmpfs -o size=16m,mode=1777,noexec,nosuid,nodev tmpfs /tmp
                for at in / /opt /opt/rentcache /run /var/lib; do mount -o remount,bind,ro "$at"; done
                mount -t proc proc /proc
                exec setpriv --reuid %s --regid %s --clear-groups --no-new-privs --bounding-set=-all %s
                """.formatted(file.stage("program").only("WORKDIR"), user[0], user[1],
                        String.join(" ", words(last)));
        List<String> command = new ArrayList<>(List.of(
                "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-eu", "-c", script, "image",
                image.toString(), directory.resolve("data").toString(), directory.resolve("admin_key").toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(directory.resolve("container.log").toFile());
        Map<String, String> environment = new HashMap<>(last.variables());
        environment.putAll(given);
        environment.put("JAVA_HOME", jdk.toString());
        environment.put("PATH", System.getenv("PATH"));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static List<String> words(Stage stage) {
        return Stream.concat(stage.words("ENTRYPOINT").stream(), stage.words("CMD").stream()).toList();
    }

    /** Asks as the image's own health check does. */
    private boolean isHealthy(int port) {
        List<String> check = new JsonArray(
                file.last().only("HEALTHCHECK").replaceFirst("^.*CMD ", "")).stream().map(String.class::cast).toList();
        ProcessBuilder builder = new ProcessBuilder(check).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("PORT", String.valueOf(port));
        try {
            return builder.start().waitFor() == 0;
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String ask(int port) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/properties?zipCode=78244&limit=1"))
                        .header("X-Api-Key", ADMIN).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("X-Cache").orElse("");
    }

    private static String status(ProcessHandle process, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith(name + ":")).findFirst().orElseThrow();
    }

    private String log() {
        Path log = directory.resolve("container.log");
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Makes a file the image's user's. */
    private static void give(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        Files.setAttribute(path, "unix:uid", 10_001);
        Files.setAttribute(path, "unix:gid", 10_001);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}

package systems.supported.rentcache.app;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import systems.supported.rentcache.app.Node.Answer;

/**
 * A node in a process of its own, as an operator starts it: it can be killed, made to stand still, and stopped. Its
 * settings are environment variables. Confined to one thread but for {@link #ask}.
 */
final class NodeProcess implements AutoCloseable {
    /** A node on a busy machine starts in some seconds. */
    static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PROBE = Duration.ofSeconds(1);
    private static final Duration PACE = Duration.ofMillis(50);

    private final String name;
    private final String host;
    private final int port;
    private final Path directory;
    private final List<String> wrapper;
    private final Map<String, String> settings = new TreeMap<>();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Process process;

    /**
     * A node that is not started yet.
     *
     * @param directory the working directory of it and of others
     * @param host      where it is asked
     * @param wrapper   words before the command, such as {@code ip netns exec NAME}
     */
    NodeProcess(String name, Path directory, String host, int port, Map<String, String> settings, List<String> wrapper) {
        this.name = name;
        this.directory = directory;
        this.host = host;
        this.port = port;
        this.wrapper = wrapper;
        this.settings.putAll(settings);
        this.settings.put("NODE_NAME", name);
        this.settings.put("PORT", Integer.toString(port));
    }

    /** Starts the process, and does not wait for it. */
    NodeProcess launch() {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m",
                "-Djava.net.preferIPv4Stack=true", "-Dvertx.disableDnsResolver=true",
                "-cp", System.getProperty("java.class.path"),
                "systems.supported.rentcache.cli.RentCacheCommand", "serve", "--cluster"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(settings);
        try {
            process = builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return this;
    }

    private Path log() {
        return directory.resolve(name + ".log");
    }

    /** Waits until it wants requests. */
    NodeProcess awaitReady() {
        Node.until(() -> name + " is ready; it said: " + said(), STARTS_WITHIN, PACE, this::isReady);
        return this;
    }

    boolean isReady() {
        try {
            return send(request("GET", "/health/ready", null, PROBE)).status() == 200;
        } catch (IOException away) {
            return false;
        }
    }

    /** What it wrote until now. */
    String said() {
        try {
            return Files.exists(log()) ? Files.readString(log()) : "nothing";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends it as {@code kill -9} does: it puts nothing away. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Makes it stand still: its connections stay open, and it does nothing. */
    void pause() {
        signal("STOP");
    }

    /** Has it go on. */
    void goOn() {
        signal("CONT");
    }

    /** Has it run, whatever was done to it. */
    void revive() {
        if (process.isAlive()) {
            goOn();
        } else {
            launch();
        }
    }

    /** Tells it to stop, and waits until it has put its things away. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not end; it said: " + said());
            }
        } catch (InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    String name() {
        return name;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    /** Asks with the administrator's key. */
    Answer get(String target, String... headers) {
        return ask(Node.ADMIN, target, headers).join();
    }

    Answer send(String method, String target, JsonObject body) {
        try {
            return send(request(method, target, body == null ? null : body.encode(), PATIENCE,
                    Node.withKey(Node.ADMIN, "Content-Type", "application/json")));
        } catch (IOException failed) {
            throw new AssertionError(method + " " + target + " of " + name + ", which said: " + said(), failed);
        }
    }

    /** Asks without waiting for the answer. Thread-safe. */
    CompletableFuture<Answer> ask(String key, String target, String... headers) {
        return client.sendAsync(
                        request("GET", target, null, PATIENCE, Node.withKey(key, headers)),
                        HttpResponse.BodyHandlers.ofByteArray())
                .thenApply(Answer::new);
    }

    private Answer send(HttpRequest request) throws IOException {
        try {
            return new Answer(client.send(request, HttpResponse.BodyHandlers.ofByteArray()));
        } catch (InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private HttpRequest request(String method, String target, String body, Duration within, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + target))
                .timeout(within)
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    /** How many calls upstream it has made since its start. */
    long calls() {
        return counted("upstream_api_calls_total{");
    }

    /** How many other nodes it has taken for lost since its start. */
    long lost() {
        return counted("rentcache_cluster_changes_total{change=\"lost\"");
    }

    /** The sum of those of its metrics that begin so. */
    private long counted(String metric) {
        return get("/metrics").text().lines().filter(line -> line.startsWith(metric))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    /** How many nodes Hazelcast takes to be there, itself among them. */
    long linked() {
        return counted("rentcache_cluster_linked");
    }

    /** How many nodes it hears over the event bus, itself among them. */
    long members() {
        return get("/admin/v1/nodes").json().getJsonArray("items").stream()
                .filter(node -> ((JsonObject) node).getBoolean("member", false)).count();
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            process.destroyForcibly();
            awaitEnd();
        }
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.config.Settings;

/** Asks a running server how it is; made for people and for the health checks of containers. */
@Command(name = "health", description = {
    "Ask a running server how it is.",
    "Exit code 0 when it takes requests, whether healthy or degraded, and 1 otherwise."})
final class HealthCommand implements Callable<Integer>, WorksOnServer {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final int NOT_READY = 1;

    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Option(names = "--url", paramLabel = "URL",
            description = "The server's address. By default the one on this machine that the settings make.")
    private String url;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    HealthCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        String server = url == null ? root.server().orElse(null) : url.replaceFirst("/+$", "");
        JsonObject report = server == null
                ? report(LocalUrl.of(settings), LocalUrl.client(settings))
                : report(server, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1));
        if (json) {
            root.out().println(report.encodePrettily());
        } else {
            print(report);
        }
        return report.getBoolean("ready") ? CommandLine.ExitCode.OK : NOT_READY;
    }

    /** What the server says, with {@code url} and {@code ready} added. */
    private JsonObject report(String server, HttpClient.Builder builder) throws InterruptedException {
        HttpClient client = builder.connectTimeout(PATIENCE).build();
        try {
            HttpResponse<String> ready = get(client, server + "/health/ready");
            HttpResponse<String> health = get(client, server + "/health");
            if (health.statusCode() != OK) {
                return unusable(server, "it answers with status " + health.statusCode());
            }
            return new JsonObject(health.body()).put("url", server).put("ready", ready.statusCode() == OK);
        } catch (DecodeException e) {
            return unusable(server, "what answers there is not RentCache");
        } catch (IOException e) {
            return unusable(server, e.getMessage() == null ? "nothing listens there" : e.getMessage());
        }
    }

    private HttpResponse<String> get(HttpClient client, String target) throws IOException, InterruptedException {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(target)).timeout(PATIENCE);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(),
                    "Invalid value for option '--url': allowed: an http:// or https:// URL");
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonObject unusable(String server, String fault) {
        return new JsonObject()
                .put("status", "unreachable")
                .put("detail", fault)
                .put("url", server)
                .put("ready", false);
    }

    /** Since when a part is down, and when each was last seen. */
    private static String times(JsonObject part) {
        boolean down = !"up".equals(part.getString("status")) && part.getString("since") != null;
        return (down ? " Since " + seconds(part.getString("since")) + "." : "")
                + (part.getString("time") == null ? "" : " (" + seconds(part.getString("time")) + ")");
    }

    private static String seconds(String instant) {
        return Instant.parse(instant).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private void print(JsonObject report) {
        String status = report.getString("status", "unknown");
        String reason = report.getBoolean("ready") ? "" : " and takes no requests";
        root.out().println(report.getString("url") + " is " + status
                + (report.containsKey("detail") ? ": " + report.getString("detail") : reason) + ".");
        Fields fields = new Fields();
        for (Map.Entry<String, Object> check : report.getJsonObject("checks", new JsonObject())) {
            if (check.getValue() instanceof JsonObject part) {
                fields.put(check.getKey(), part.getString("status") + ", " + part.getString("detail")
                        + times(part));
            }
        }
        fields.print(root.out());
    }
}

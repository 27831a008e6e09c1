package systems.supported.rentcache.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** The admin API of a running server, for {@code rentcache top}. Not thread-safe. */
final class TopServer {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final String server;
    private final String key;
    private final HttpClient client;
    private String lastId;

    /**
     * A server's API.
     *
     * @param server its address, without a slash at its end
     * @param client makes the connections
     * @param key    the value of an administrator's key
     */
    TopServer(String server, HttpClient.Builder client, String key) {
        this.client = client.connectTimeout(PATIENCE).build();
        this.server = server;
        this.key = key;
    }

    /** The figures of this moment. */
    JsonObject now() throws CommandFailure, InterruptedException {
        try {
            HttpResponse<String> answer = client.send(
                    request("/admin/v1/now").timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            check(answer.statusCode(), answer.body());
            return new JsonObject(answer.body());
        } catch (DecodeException e) {
            throw new CommandFailure("What answers at " + server + " is not RentCache.");
        } catch (IOException e) {
            throw new CommandFailure(unreachable(e));
        }
    }

    /**
     * Follows figures and events until the connection ends; the next call goes on where this one ended.
     *
     * @param hears takes the name and the data of each
     * @throws IOException when the connection is lost, or not made
     */
    void follow(BiConsumer<String, JsonObject> hears) throws IOException, CommandFailure, InterruptedException {
        HttpRequest.Builder request = request("/admin/v1/live");
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        HttpResponse<Stream<String>> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
            if (answer.statusCode() != OK) {
                check(answer.statusCode(), String.join("", lines.toList()));
            }
            String[] name = new String[1];
            lines.forEach(line -> {
                if (line.startsWith("id: ")) {
                    lastId = line.substring("id: ".length());
                } else if (line.startsWith("event: ")) {
                    name[0] = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    hears.accept(name[0], new JsonObject(line.substring("data: ".length())));
                }
            });
        } catch (UncheckedIOException lost) {
            throw lost.getCause();
        }
    }

    private HttpRequest.Builder request(String path) throws CommandFailure {
        try {
            return HttpRequest.newBuilder(URI.create(server + path)).header("X-Api-Key", key);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("'" + server + "' is no server's address: give --server http://HOST:PORT.");
        }
    }

    private void check(int status, String body) throws CommandFailure {
        if (status == 401 || status == 403) {
            throw new CommandFailure("The key in RENTCACHE_ADMIN_KEY is not an administrator's of " + server + ".");
        }
        if (status != OK) {
            throw new CommandFailure(server + " answers with status " + status + detail(body) + ".");
        }
    }

    private static String detail(String body) {
        try {
            return ": " + new JsonObject(body).getString("detail", "").replaceAll("\\p{C}|\\.$", "");
        } catch (DecodeException noProblem) {
            return "";
        }
    }

    /** Why a server cannot be reached. */
    String unreachable(IOException failure) {
        return "No answer from " + server + ": "
                + (failure.getMessage() == null ? "nothing listens there" : failure.getMessage()) + ".";
    }
}

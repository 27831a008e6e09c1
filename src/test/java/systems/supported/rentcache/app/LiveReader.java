package systems.supported.rentcache.app;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A reader of a node's live stream, as a browser would read it. */
final class LiveReader implements AutoCloseable {
    private final List<Frame> frames = new CopyOnWriteArrayList<>();
    private final HttpResponse<Stream<String>> response;
    private final Thread reading;
    private volatile boolean ended;

    /** What came of one event. */
    record Frame(String id, String name, JsonObject data) {
    }

    private LiveReader(HttpResponse<Stream<String>> response) {
        this.response = response;
        this.reading = new Thread(this::read, "live reader");
        reading.setDaemon(true);
        reading.start();
    }

    /** Opens a stream; the headers are there when this returns. */
    static LiveReader open(int port, String query, String... headers) throws Exception {
        return openAt(port, "/admin/v1/live" + query, headers);
    }

    /** Opens a stream at a path. */
    static LiveReader openAt(int port, String target, String... headers) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .headers(headers).build();
        return new LiveReader(client.send(request, HttpResponse.BodyHandlers.ofLines()));
    }

    private void read() {
        String[] frame = new String[3];
        try {
            response.body().forEach(line -> {
                if (line.startsWith("id: ")) {
                    frame[0] = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    frame[1] = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    frame[2] = line.substring(6);
                } else if (line.isEmpty() && frame[1] != null) {
                    frames.add(new Frame(frame[0], frame[1], new JsonObject(frame[2])));
                    frame[1] = null;
                }
            });
        } catch (RuntimeException cut) {
            // The connection was closed, by either side.
        }
        ended = true;
    }

    int status() {
        return response.statusCode();
    }

    String header(String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    List<Frame> frames() {
        return frames;
    }

    boolean ended() {
        return ended;
    }

    /** The first event that is of a name and fits, once it is there. */
    Frame await(String name, Predicate<JsonObject> fits) {
        Node.until(name + " came", () -> find(name, fits) != null);
        return find(name, fits);
    }

    private Frame find(String name, Predicate<JsonObject> fits) {
        return frames.stream().filter(frame -> frame.name().equals(name) && fits.test(frame.data())).findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        response.body().close();
    }
}

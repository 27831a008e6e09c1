import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The peer of the hit path's benchmark: a Vert.x server on one event loop that writes one prepared body with prepared
 * headers to every request, and does nothing else. Faster than this a server on Vert.x cannot be.
 *
 * <p>Arguments: the port, the file with the body, and one with the headers, {@code Name: value} in each line; without it
 * there are two.
 */
public final class BareServer {
    public static void main(String[] arguments) throws Exception {
        Buffer body = Buffer.buffer(Files.readAllBytes(Path.of(arguments[1])));
        List<String> lines = arguments.length > 2
                ? Files.readAllLines(Path.of(arguments[2]))
                : List.of("Content-Type: application/json; charset=utf-8", "Content-Length: " + body.length());
        CharSequence[] head = lines.stream().flatMap(line -> Stream.of(line.split(": ", 2)))
                .map(HttpHeaders::createOptimized).toArray(CharSequence[]::new);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
        vertx.createHttpServer(new HttpServerOptions().setStrictThreadMode(true))
                .requestHandler(request -> {
                    MultiMap headers = request.response().headers();
                    for (int i = 0; i < head.length; i += 2) {
                        headers.add(head[i], head[i + 1]);
                    }
                    request.response().end(body);
                })
                .listen(Integer.parseInt(arguments[0]), "127.0.0.1")
                .onFailure(Throwable::printStackTrace)
                .onSuccess(server -> System.out.println("listening"));
    }
}

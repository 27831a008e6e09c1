import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The peer of the hit path's benchmark: a Vert.x server on one event loop that writes one prepared body with two
 * headers to every request, and does nothing else. Faster than this a server on Vert.x cannot be.
 *
 * <p>Arguments: the port, the file with the body.
 */
public final class BareServer {
    public static void main(String[] arguments) throws Exception {
        Buffer body = Buffer.buffer(Files.readAllBytes(Path.of(arguments[1])));
        CharSequence length = HttpHeaders.createOptimized(String.valueOf(body.length()));
        CharSequence type = HttpHeaders.createOptimized("application/json; charset=utf-8");
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
        vertx.createHttpServer(new HttpServerOptions().setStrictThreadMode(true))
                .requestHandler(request -> {
                    request.response().headers()
                            .add(HttpHeaders.CONTENT_TYPE, type)
                            .add(HttpHeaders.CONTENT_LENGTH, length);
                    request.response().end(body);
                })
                .listen(Integer.parseInt(arguments[0]), "127.0.0.1")
                .onFailure(Throwable::printStackTrace)
                .onSuccess(server -> System.out.println("listening"));
    }
}

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The upstream of all contestants: answers every GET with JSON of known bytes, after a delay, and counts what it is
 * asked. {@code /v1/properties/b2048-17} is answered with 2,048 bytes that name {@code b2048-17}; a search with 2,048
 * bytes that name its question in one spelling, whatever spelling it came in.
 *
 * <p>{@code /_origin/count} says how many were asked, {@code /_origin/delay?ms=5} sets the delay of the next ones.
 *
 * <p>Argument: the port.
 */
public final class Origin {
    private static final Pattern SIZED = Pattern.compile("/b(\\d+)-");
    private static final int SEARCH_BYTES = 2_048;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    private long count;
    private long delayMillis;

    public static void main(String[] arguments) {
        new Origin().listen(Integer.parseInt(arguments[0]));
    }

    private void listen(int port) {
        vertx.createHttpServer().requestHandler(this::handle).listen(port, "127.0.0.1")
                .onFailure(Throwable::printStackTrace);
    }

    private void handle(HttpServerRequest request) {
        if (request.path().equals("/_origin/count")) {
            request.response().end(Long.toString(count));
        } else if (request.path().equals("/_origin/delay")) {
            delayMillis = Long.parseLong(request.getParam("ms"));
            request.response().end();
        } else {
            count++;
            if (delayMillis == 0) {
                answer(request);
            } else {
                vertx.setTimer(delayMillis, late -> answer(request));
            }
        }
    }

    private static void answer(HttpServerRequest request) {
        Matcher sized = SIZED.matcher(request.path());
        String name = request.query() == null
                ? request.path().substring(request.path().lastIndexOf('/') + 1)
                : oneSpelling(request.query());
        int bytes = sized.find() ? Integer.parseInt(sized.group(1)) : SEARCH_BYTES;
        request.response().putHeader("content-type", "application/json; charset=utf-8").end(body(name, bytes));
    }

    private static Buffer body(String name, int bytes) {
        String begin = "{\"id\":\"" + name + "\",\"pad\":\"";
        return Buffer.buffer(bytes).appendString(begin)
                .appendString("x".repeat(bytes - begin.length() - 2)).appendString("\"}");
    }

    /** Parameters in the order of their names, states in capitals, without what has its default. */
    private static String oneSpelling(String query) {
        TreeMap<String, String> parameters = new TreeMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, equals);
            String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
            parameters.put(name, name.equals("state") ? value.toUpperCase() : value);
        }
        parameters.remove("limit", "50");
        parameters.remove("offset", "0");
        // RentCache always asks for it, and shows it to those who did.
        parameters.remove("includeTotalCount");
        StringBuilder text = new StringBuilder();
        parameters.forEach((name, value) -> text.append(text.isEmpty() ? "" : "&").append(name).append('=').append(value));
        return text.toString();
    }
}

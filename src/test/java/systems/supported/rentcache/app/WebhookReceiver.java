package systems.supported.rentcache.app;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A program that webhooks are sent to: keeps what it gets, and answers as a test says. */
final class WebhookReceiver implements AutoCloseable {
    final List<Got> got = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile Consumer<HttpServerResponse> answers = response -> response.setStatusCode(204).end();

    /** A request that came. */
    record Got(String target, String signature, String webhook, Buffer body) {
        JsonObject json() {
            return body.toJsonObject();
        }

        List<JsonObject> events() {
            List<JsonObject> events = new ArrayList<>();
            json().getJsonArray("events").forEach(event -> events.add((JsonObject) event));
            return events;
        }

        /** Whether a secret signed it, by one of its signatures. */
        boolean isSignedBy(String secret) {
            List<String> parts = Arrays.asList(signature.split(","));
            String time = parts.get(0).substring(2);
            return parts.contains("v1=" + hmac(secret, time + "." + body.toString(StandardCharsets.UTF_8)));
        }

        private static String hmac(String secret, String text) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
            } catch (GeneralSecurityException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    WebhookReceiver(Vertx vertx) {
        server = vertx.createHttpServer().requestHandler(this::take);
        Node.await(server.listen(0, "127.0.0.1"));
    }

    private void take(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            got.add(new Got(request.uri(), request.getHeader("RentCache-Signature"),
                    request.getHeader("RentCache-Webhook"), body));
            answers.accept(request.response());
        });
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort() + "/hook?token=hush";
    }

    void answer(int status) {
        answers = response -> response.setStatusCode(status).end();
    }

    void answer(Consumer<HttpServerResponse> answer) {
        answers = answer;
    }

    /** All events that came, in their order. */
    List<JsonObject> events() {
        return got.stream().flatMap(request -> request.events().stream()).toList();
    }

    @Override
    public void close() {
        Node.await(server.close());
    }
}

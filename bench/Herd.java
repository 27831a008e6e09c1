import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * 10,000 equal cold questions at once, spread over some nodes: what was billed for them, and when the last was answered
 * against the time of one call upstream.
 *
 * <p>Arguments: a key, the sandbox's port, the milliseconds that a call is to take, the nodes' ports.
 */
final class Herd {
    private static final int QUESTIONS = 10_000;
    private static final java.net.http.HttpClient PLAIN = java.net.http.HttpClient.newHttpClient();

    private Herd() {
    }

    public static void main(String[] arguments) throws Exception {
        String sandbox = "http://localhost:" + arguments[1] + "/_sandbox/";
        int latency = Integer.parseInt(arguments[2]);
        Vertx vertx = Vertx.vertx();
        HttpClient client = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setPipelining(true).setPipeliningLimit(100))
                .with(new PoolOptions().setHttp1MaxSize(40).setMaxWaitQueueSize(-1))
                .build();
        herd(client, arguments, "/v1/properties?zipCode=78244&limit=1");
        ask(HttpRequest.newBuilder(URI.create(sandbox + "faults"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"latencyMillis\":" + latency + "}")));
        long before = billed(sandbox);
        long millis = herd(client, arguments, "/v1/properties?zipCode=78244&limit=7");
        System.out.printf("herd of %d: billed %d; the last was answered after %d ms, a call upstream takes %d ms%n",
                QUESTIONS, billed(sandbox) - before, millis, latency);
        long kept = herd(client, arguments, "/v1/properties?zipCode=78244&limit=7");
        System.out.printf("the same herd when the answer is near: %d ms%n", kept);
        vertx.close().await();
    }

    private static long herd(HttpClient client, String[] arguments, String target) throws Exception {
        long begun = System.nanoTime();
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            int port = Integer.parseInt(arguments[3 + i % (arguments.length - 3)]);
            answers.add(client.request(HttpMethod.GET, port, "127.0.0.1", target)
                    .compose(request -> request.putHeader("X-Api-Key", arguments[0]).send())
                    .compose(response -> response.body().map(response.statusCode())));
        }
        Future.join(answers).await();
        long wrong = answers.stream().filter(answer -> answer.result() != 200).count();
        if (wrong > 0) {
            System.out.println("herd: " + wrong + " were not answered 200");
        }
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private static long billed(String sandbox) throws Exception {
        return new JsonObject(ask(HttpRequest.newBuilder(URI.create(sandbox + "bill")))).getLong("billed");
    }

    private static String ask(HttpRequest.Builder request) throws Exception {
        return PLAIN.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
}

package systems.supported.rentcache.app;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import systems.supported.rentcache.app.Node.Answer;

/**
 * Consumers that ask several nodes through a load balancer, so many requests a second however slow the answers are. As
 * load balancers do, it sends nothing to a node whose {@code /health/ready} does not say yes, and goes to the next node
 * where a connection is refused, for then nothing was sent. What failed once it was sent is never tried again.
 *
 * <p>{@link #answered} is thread-safe; the rest is confined to the verticle's event loop.
 */
final class SteadyLoad extends VerticleBase {
    private static final long TICK_MILLIS = 5;
    private static final long PROBE_MILLIS = 100;
    private static final long PROBE_TIMEOUT_MILLIS = 500;
    private static final long ANSWER_TIMEOUT_MILLIS = 5_000;
    private static final int CONNECTIONS = 16;

    private final List<NodeProcess> nodes;
    private final List<Map.Entry<String, Buffer>> questions;
    private final int perSecond;
    private final Set<NodeProcess> in = new HashSet<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Promise<Void> over = Promise.promise();
    private HttpClient client;
    private HttpClient probes;
    private long begun;
    private long ended;
    private int sent;
    private int next;
    private int movedOn;
    private int wrong;
    private boolean stopping;
    private volatile int answered;

    /** A request that got no answer: whom it was sent to, and why. */
    record Failure(String node, String cause) {
    }

    /**
     * What came of it.
     *
     * @param sent      requests that were to be made
     * @param perSecond how many a second that was
     * @param statuses  answers by their status
     * @param wrong     answers with a body that is not the question's
     * @param failures  requests without an answer
     * @param movedOn   how often a connection was refused, and the next node asked
     */
    record Result(
            int sent, long perSecond, Map<Integer, Integer> statuses, int wrong, List<Failure> failures, int movedOn) {
    }

    /**
     * A load that begins when this is deployed.
     *
     * @param questions what is asked in turn, with the body that is the right answer
     */
    SteadyLoad(List<NodeProcess> nodes, Map<String, Buffer> questions, int perSecond) {
        this.nodes = List.copyOf(nodes);
        this.questions = List.copyOf(questions.entrySet());
        this.perSecond = perSecond;
    }

    /** What each of some targets is answered by a node. */
    static Map<String, Buffer> answersOf(NodeProcess node, List<String> targets) {
        Map<String, Buffer> answers = new TreeMap<>();
        for (String target : targets) {
            Answer answer = node.get(target);
            if (answer.status() != 200) {
                throw new AssertionError(target + " of " + node.name() + ": " + answer.status() + " " + answer.text());
            }
            answers.put(target, Buffer.buffer(answer.bytes()));
        }
        return answers;
    }

    @Override
    public Future<?> start() {
        client = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setConnectTimeout((int) PROBE_TIMEOUT_MILLIS))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(-1))
                .build();
        probes = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false).setConnectTimeout((int) PROBE_TIMEOUT_MILLIS));
        return Future.join(nodes.stream().map(this::probe).toList()).onComplete(probed -> {
            begun = System.nanoTime();
            vertx.setPeriodic(TICK_MILLIS, timer -> sendDue());
            nodes.forEach(node -> vertx.setPeriodic(PROBE_MILLIS, timer -> probe(node)));
        });
    }

    private Future<Void> probe(NodeProcess node) {
        return probes.request(HttpMethod.GET, node.port(), node.host(), "/health/ready")
                .compose(request -> request.idleTimeout(PROBE_TIMEOUT_MILLIS).send())
                .map(response -> response.statusCode() == 200)
                .otherwise(false)
                .map(ready -> {
                    if (ready) {
                        in.add(node);
                    } else {
                        in.remove(node);
                    }
                    return null;
                });
    }

    private void sendDue() {
        if (stopping) {
            return;
        }
        long due = (System.nanoTime() - begun) * perSecond / TimeUnit.SECONDS.toNanos(1);
        while (sent < due) {
            Map.Entry<String, Buffer> question = questions.get(sent++ % questions.size());
            send(question, 0);
        }
    }

    private void send(Map.Entry<String, Buffer> question, int tries) {
        NodeProcess node = choose();
        client.request(new RequestOptions().setHost(node.host()).setPort(node.port()).setURI(question.getKey()))
                .onSuccess(request -> send(request, question, node))
                .onFailure(refused -> {
                    // Nothing was sent: it may go to the next.
                    in.remove(node);
                    movedOn++;
                    if (tries < 2 * nodes.size()) {
                        send(question, tries + 1);
                    } else {
                        failed(node, refused);
                    }
                });
    }

    private NodeProcess choose() {
        for (int i = 0; i < nodes.size(); i++) {
            NodeProcess node = nodes.get(next++ % nodes.size());
            if (in.contains(node)) {
                return node;
            }
        }
        return nodes.get(next++ % nodes.size());
    }

    private void send(HttpClientRequest request, Map.Entry<String, Buffer> question, NodeProcess node) {
        request.putHeader("X-Api-Key", Node.ADMIN).idleTimeout(ANSWER_TIMEOUT_MILLIS).send()
                .compose(response -> response.body().map(body -> {
                    statuses.merge(response.statusCode(), 1, Integer::sum);
                    if (response.statusCode() == 200 && !body.equals(question.getValue())) {
                        wrong++;
                    }
                    return null;
                }))
                .onSuccess(answered -> done())
                .onFailure(failure -> failed(node, failure));
    }

    private void failed(NodeProcess node, Throwable cause) {
        failures.add(new Failure(node.name(), cause.toString()));
        done();
    }

    private void done() {
        answered++;
        if (stopping && answered == sent) {
            over.tryComplete();
        }
    }

    /** How many requests have come to an end. */
    int answered() {
        return answered;
    }

    /** Whether some time passes in which so many requests come to an end. */
    BooleanSupplier goesOnFor(int requests) {
        int before = answered;
        return () -> answered >= before + requests;
    }

    /** Makes no more requests, and waits for the answers. */
    @Override
    public Future<?> stop() {
        stopping = true;
        ended = System.nanoTime();
        if (answered == sent) {
            over.tryComplete();
        }
        return over.future().eventually(() -> Future.join(client.close(), probes.close()));
    }

    /** What came of it; once this is undeployed. */
    Result result() {
        return new Result(
                sent, sent * TimeUnit.SECONDS.toNanos(1) / (ended - begun), Map.copyOf(statuses), wrong,
                List.copyOf(failures), movedOn);
    }
}

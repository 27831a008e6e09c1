package systems.supported.rentcache.webhooks;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import systems.supported.rentcache.ops.Build;

/**
 * Sends signed requests to webhooks. A host's name is looked up here, and that address is connected to which was found
 * to be allowed; redirects are not followed, and of an answer only the status is looked at. Thread-safe.
 */
public final class WebhookSender {
    /** The header with the time and the signatures. */
    public static final String SIGNATURE = "RentCache-Signature";
    /** The header with the webhook's number. */
    public static final String WEBHOOK = "RentCache-Webhook";

    private static final int MOST_ANSWER_BYTES = 64 << 10;
    private static final int CONNECTIONS_TO_ONE = 2;
    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final int GONE = 410;

    private final Vertx vertx;
    private final WebhookTarget allowed;
    private final WebhookSecrets secrets;
    private final Duration timeout;
    private final InstantSource clock;
    private final HttpClient client;
    private final String userAgent = "RentCache/" + Build.version();

    /**
     * What came of a request.
     *
     * @param status the answer's status; 0 where there was none
     * @param fault  why it does not count as delivered; null where it does
     */
    public record Sent(int status, String fault) {
        /** Whether the events were taken. */
        public boolean isDelivered() {
            return fault == null;
        }

        /** Whether the receiver says that it wants nothing more. */
        boolean isUnwanted() {
            return status == GONE;
        }

        private static Sent of(int status) {
            boolean taken = status >= 200 && status < 300;
            return new Sent(status, taken ? null : "It answered with the status " + status + ".");
        }
    }

    /**
     * A sender.
     *
     * @param timeout of one request, from the look-up of its host to the end of its answer
     */
    public WebhookSender(
            Vertx vertx, WebhookTarget allowed, WebhookSecrets secrets, Duration timeout, InstantSource clock) {
        this(vertx, allowed, secrets, timeout, clock, null);
    }

    /** With authorities of one's own; null for those that the platform trusts. */
    WebhookSender(
            Vertx vertx,
            WebhookTarget allowed,
            WebhookSecrets secrets,
            Duration timeout,
            InstantSource clock,
            TrustOptions trust) {
        this.vertx = vertx;
        this.allowed = allowed;
        this.secrets = secrets;
        this.timeout = timeout;
        this.clock = clock;
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout((int) timeout.toMillis())
                        .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                        .setTrustOptions(trust),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS_TO_ONE));
    }

    /** Sends events; none for a test. Never fails. */
    public Future<Sent> send(Webhook webhook, JsonArray events) {
        JsonObject body = new JsonObject().put("v", 1).put("webhook", webhook.id());
        if (events.isEmpty()) {
            body.put("test", true);
        }
        return send(webhook, body.put("events", events).toBuffer());
    }

    private Future<Sent> send(Webhook webhook, Buffer body) {
        Promise<Sent> sent = Promise.promise();
        Attempt attempt = new Attempt(sent);
        long timer = vertx.setTimer(timeout.toMillis(), late -> attempt.fail(
                "It did not answer within " + timeout.toMillis() + " ms."));
        sent.future().onComplete(done -> vertx.cancelTimer(timer));
        address(webhook.url())
                .compose(address -> client.request(request(webhook, address, body)))
                .onSuccess(request -> attempt.begin(request, body))
                .onFailure(failure -> attempt.fail(failure.getMessage()));
        return sent.future();
    }

    private Future<InetAddress> address(URI url) {
        String host = url.getHost().replaceAll("^\\[|]$", "");
        return vertx.executeBlocking(() -> {
            InetAddress[] found;
            try {
                found = InetAddress.getAllByName(host);
            } catch (UnknownHostException unknown) {
                throw new UnknownHostException("Its host is not known.");
            }
            for (InetAddress address : found) {
                if (!allowed.allows(address)) {
                    throw new UnknownHostException("Its host has a link-local address, or one of cloud metadata, which "
                            + "WEBHOOK_LINK_LOCAL does not allow.");
                }
            }
            return found[0];
        }, false);
    }

    private RequestOptions request(Webhook webhook, InetAddress address, Buffer body) {
        URI url = webhook.url();
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        int port = WebhookTarget.port(url);
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
                .setHost(url.getHost())
                .setPort(port)
                .setSsl(url.getScheme().equals("https"))
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
                .setFollowRedirects(false)
                .putHeader("Content-Type", "application/json")
                .putHeader("User-Agent", userAgent)
                .putHeader(WEBHOOK, Long.toString(webhook.id()))
                .putHeader(SIGNATURE, secrets.signature(webhook, clock.instant(), body));
    }

    /** One request: it ends once, whichever of answer, failure and time-out comes first. */
    private static final class Attempt {
        private final Promise<Sent> sent;
        private HttpClientRequest request;

        Attempt(Promise<Sent> sent) {
            this.sent = sent;
        }

        void begin(HttpClientRequest begun, Buffer body) {
            request = begun;
            if (sent.future().isComplete()) {
                begun.reset();
                return;
            }
            begun.send(body).onSuccess(this::read).onFailure(failure -> fail(failure.getMessage()));
        }

        private void read(HttpClientResponse response) {
            int[] bytes = new int[1];
            response.handler(part -> {
                bytes[0] += part.length();
                if (bytes[0] > MOST_ANSWER_BYTES) {
                    end(Sent.of(response.statusCode()));
                    request.reset();
                }
            });
            response.end()
                    .onSuccess(ended -> end(Sent.of(response.statusCode())))
                    .onFailure(failure -> fail(failure.getMessage()));
        }

        private void end(Sent result) {
            sent.tryComplete(result);
        }

        void fail(String fault) {
            if (sent.tryComplete(new Sent(0, fault == null ? "The connection was lost." : fault)) && request != null) {
                request.reset();
            }
        }
    }

    /** Closes the connections. */
    public Future<Void> close() {
        return client.close();
    }
}

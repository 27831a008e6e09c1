package systems.supported.rentcache.upstream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.TrustOptions;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import systems.supported.rentcache.cache.BodyRelay;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.cache.Validators;

/**
 * Makes one call to the upstream and says what came of it; never fails otherwise. Confined to one event loop.
 *
 * <p>An https upstream is spoken to in HTTP/2 where it offers that: all calls share a connection, as many at once as
 * there may be connections. Others, and plain http, get HTTP/1.1.
 *
 * <p>Rentcast bills a 200 with a body and nothing else. A call whose answer got lost after it was sent may have been
 * one, so it counts as billed.
 */
final class UpstreamClient {
    private static final String USER_AGENT = "RentCache";
    private static final CharSequence API_KEY_HEADER = HttpHeaders.createOptimized("X-Api-Key");
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final CharSequence TRACESTATE = HttpHeaders.createOptimized("tracestate");
    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final int MAX_HEADERS = 64 << 10;
    private static final int MAX_WAITING_FOR_A_CONNECTION = 1_000;
    /** A body up to this size is looked through on the event loop: some tenths of a millisecond. */
    private static final int CHECKED_INLINE = 64 << 10;
    /** The upstream did not look at the call (RFC 9113 §8.7), nor bill it. */
    private static final long REFUSED_STREAM = 7;

    private final Vertx vertx;
    private final UpstreamOptions options;
    private final InstantSource clock;
    private final NegotiatedClient client;
    private final KeptConnections connections;

    UpstreamClient(Vertx vertx, UpstreamOptions options, InstantSource clock) {
        this(vertx, options, clock, null);
    }

    /** With authorities of one's own; null for those that the platform trusts. */
    UpstreamClient(Vertx vertx, UpstreamOptions options, InstantSource clock, TrustOptions trust) {
        this.vertx = vertx;
        this.options = options;
        this.clock = clock;
        this.connections = new KeptConnections(options.idleConnections());
        HttpClientOptions http1 = new HttpClientOptions()
                .setMaxHeaderSize(MAX_HEADERS)
                .setConnectTimeout((int) Math.min(options.timeout().toMillis(), 10_000))
                .setIdleTimeout((int) Math.max(1, options.timeout().toSeconds()))
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setHttp2KeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setHttp2MultiplexingLimit(options.maxConnections())
                .setTrustOptions(trust);
        HttpClientOptions http2 = new HttpClientOptions(http1)
                .setProtocolVersion(HttpVersion.HTTP_2).setUseAlpn(true);
        boolean secure = "https".equalsIgnoreCase(options.url().getScheme());
        this.client = new NegotiatedClient(secure ? pooled(http2) : null, pooled(http1));
    }

    /** Closes every connection: what comes later fails. */
    Future<Void> close() {
        return client.close();
    }

    private HttpClient pooled(HttpClientOptions http) {
        return vertx.httpClientBuilder()
                .with(http)
                .with(new PoolOptions()
                        .setHttp1MaxSize(options.maxConnections())
                        .setHttp2MaxSize(1)
                        .setMaxWaitQueueSize(MAX_WAITING_FOR_A_CONNECTION))
                .withConnectHandler(connections::opened)
                .build();
    }

    /**
     * Makes a call.
     *
     * @param key     the upstream key
     * @param timeout the most that it may take
     */
    Future<Ended> call(UpstreamRequest request, ConsumerKey key, Duration timeout) {
        Promise<Ended> reply = Promise.promise();
        Call call = new Call(request, reply);
        long timer = vertx.setTimer(Math.max(1, timeout.toMillis()), late -> call.fail(Kind.TIMED_OUT, 0, null));
        reply.future().onComplete(done -> vertx.cancelTimer(timer));
        client.request(target(request))
                .onSuccess(http -> call.send(http, key))
                .onFailure(call::notConnected);
        return reply.future();
    }

    private RequestOptions target(UpstreamRequest request) {
        return new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(options.url() + request.request().upstreamTarget());
    }

    /** The state of one call: its reply is given once, whichever of answer, failure and time-out comes first. */
    private final class Call {
        private final UpstreamRequest request;
        private final Promise<Ended> reply;
        private final Context context = vertx.getOrCreateContext();
        private HttpClientRequest http;
        private boolean sent;
        private boolean billed;

        Call(UpstreamRequest request, Promise<Ended> reply) {
            this.request = request;
            this.reply = reply;
        }

        void send(HttpClientRequest connected, ConsumerKey key) {
            http = connected;
            if (reply.future().isComplete()) {
                http.reset();
                return;
            }
            http.putHeader(API_KEY_HEADER, key.value())
                    .putHeader(HttpHeaders.ACCEPT, "application/json")
                    .putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY)
                    .putHeader(HttpHeaders.USER_AGENT, USER_AGENT);
            if (request.trace().traceparent() != null) {
                http.putHeader(TRACEPARENT, request.trace().traceparent());
                if (request.trace().tracestate() != null) {
                    http.putHeader(TRACESTATE, request.trace().tracestate());
                }
            }
            Validators validators = request.validators();
            if (validators.etag() != null) {
                http.putHeader(HttpHeaders.IF_NONE_MATCH, validators.etag());
            } else if (validators.lastModified() != null) {
                http.putHeader(HttpHeaders.IF_MODIFIED_SINCE, validators.lastModified());
            }
            if (connections.isLast(http)) {
                http.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
            sent = true;
            http.send().onSuccess(this::answered).onFailure(this::lost);
        }

        void notConnected(Throwable failure) {
            boolean refused = failure instanceof ConnectException || failure instanceof UnknownHostException;
            fail(refused || !(failure instanceof TimeoutException) ? Kind.UNREACHABLE : Kind.TIMED_OUT, 0, null);
        }

        private void lost(Throwable failure) {
            if (failure instanceof StreamResetException reset && reset.getCode() == REFUSED_STREAM) {
                fail(Kind.UNREACHABLE, 0, null);
                return;
            }
            fail(failure instanceof TimeoutException ? Kind.TIMED_OUT : Kind.BROKEN, 0, null);
        }

        private void answered(HttpClientResponse response) {
            int status = response.statusCode();
            if (status == 304 && request.validators().isPresent()) {
                settle(new UpstreamReply.NotModified(clock.instant()), false);
                return;
            }
            Kind failure = failure(status);
            if (failure != null) {
                // Whatever the error says, it is not for the consumer; reading it frees the connection.
                response.exceptionHandler(ignored -> { });
                sent = false;
                fail(failure, status, RetryAfter.parse(response.getHeader("Retry-After"), clock.instant()));
                return;
            }
            billed = status == 200;
            sent = billed;
            String encoding = response.headers().get(HttpHeaders.CONTENT_ENCODING);
            if (encoding == null || encoding.equalsIgnoreCase("identity")) {
                collectOrStream(response);
            } else {
                // Not asked for, and not to be read.
                fail(Kind.BROKEN, status, null);
            }
        }

        private void collectOrStream(HttpClientResponse response) {
            long announced = number(response.headers().get(HttpHeaders.CONTENT_LENGTH));
            if (announced > options.maxBodyBytes()) {
                stream(response, announced, Buffer.buffer());
            } else {
                collect(response, announced);
            }
        }

        private void collect(HttpClientResponse response, long announced) {
            Buffer body = Buffer.buffer((int) Math.max(0, announced));
            response.handler(chunk -> {
                body.appendBuffer(chunk);
                if (body.length() > options.maxBodyBytes()) {
                    stream(response, announced, body);
                }
            });
            response.exceptionHandler(broken -> fail(Kind.BROKEN, response.statusCode(), null));
            // A buffer that grew has room to spare, which would be kept with the answer.
            response.endHandler(ended -> whole(response, body.length() == announced ? body : body.copy()));
        }

        private void stream(HttpClientResponse response, long announced, Buffer received) {
            response.pause();
            response.handler(null);
            response.endHandler(null);
            settle(new UpstreamReply.Streaming(
                    response.statusCode(), ResponseHeaders.meaningful(response.headers()), announced,
                    new BodyRelay(context, response, received), cost()), billed);
        }

        private void whole(HttpClientResponse response, Buffer body) {
            billed = billed && body.length() > 0;
            if (body.length() == 0) {
                answer(response, body, true);
            } else if (body.length() <= CHECKED_INLINE) {
                answer(response, body, JsonBody.isIntact(body.getBytes()));
            } else {
                vertx.executeBlocking(() -> JsonBody.isIntact(body.getBytes()), false)
                        .onComplete(checked -> answer(response, body, checked.succeeded() && checked.result()));
            }
        }

        private void answer(HttpClientResponse response, Buffer body, boolean intact) {
            MultiMap headers = response.headers();
            settle(new UpstreamReply.Answered(
                    response.statusCode(),
                    ResponseHeaders.meaningful(headers),
                    body,
                    new Validators(headers.get(HttpHeaders.ETAG), headers.get(HttpHeaders.LAST_MODIFIED)),
                    age(headers),
                    clock.instant(),
                    intact,
                    cost()), billed);
        }

        void fail(Kind kind, int status, Duration retryAfter) {
            boolean inDoubt = sent && kind != Kind.UNREACHABLE;
            settle(new UpstreamReply.Failed(
                    new UpstreamFailure(kind, status, retryAfter, inDoubt ? options.priceMicros() : 0)),
                    inDoubt);
            if (http != null && inDoubt) {
                http.reset();
                leaveIfSilent(kind);
            }
        }

        /**
         * In HTTP/1.1 a call that is given up takes its connection with it. In HTTP/2 the connection might be dead and
         * every further call on it lost as well: they get another one, while those under way go on.
         */
        private void leaveIfSilent(Kind kind) {
            if (kind == Kind.TIMED_OUT && http.version() == HttpVersion.HTTP_2) {
                http.connection().shutdown(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        private void settle(UpstreamReply outcome, boolean mayBeBilled) {
            boolean first = reply.tryComplete(new Ended(outcome, mayBeBilled));
            if (!first && outcome instanceof UpstreamReply.Streaming late) {
                late.body().abandon();
            }
        }

        private long cost() {
            return billed ? options.priceMicros() : 0;
        }
    }

    private static Kind failure(int status) {
        return switch (status) {
            case 401, 403 -> Kind.KEY_REFUSED;
            case 429 -> Kind.RATE_LIMITED;
            case 504 -> Kind.TIMED_OUT;
            default -> status >= 500 ? Kind.SERVER_ERROR : status < 200 || status / 100 == 3 ? Kind.BROKEN : null;
        };
    }

    private static Duration age(MultiMap headers) {
        return Duration.ofSeconds(Math.max(0, number(headers.get("Age"))));
    }

    private static long number(String digits) {
        try {
            return digits == null ? -1 : Long.parseLong(digits.strip());
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }
}

package systems.supported.rentcache.storage;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import systems.supported.rentcache.config.RedisUrl;
import systems.supported.rentcache.config.Secret;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Redis, as something that may be away at any moment and is then skipped.
 *
 * <p>A request is answered or fails within a time-out, whatever became of Redis: not there yet, cut off, slow, hung,
 * full, read-only, loading, or refusing the password. After some failures in a row requests fail at once, and Redis is
 * tried again in the background. Reading and writing are judged apart, each with a connection of its own
 * ({@link RedisLane}), so that a full or read-only Redis is still read, and a large write delays no read.
 *
 * <p>Nothing is connected before it is used. The connections live on the context that the client is made on, so it is
 * made outside of verticles that stop before it. Thread-safe; futures complete on the caller's context.
 */
public final class RedisClient {
    private static final String PROBE = "rentcache:probe";
    private static final String PROBE_MILLIS = "1000";

    private final Vertx vertx;
    private final Context home;
    private final Options options;
    private final RedisUrl url;
    private final RedisLane reads;
    private final RedisLane writes;
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** What a request does. */
    public enum Use {
        /** It only reads. */
        READ,
        /** It changes something. */
        WRITE
    }

    /**
     * How to use Redis.
     *
     * @param url            where it is
     * @param timeout        how long a request that reads may take
     * @param writeTimeout   how long one that writes may take; no answer waits for it
     * @param connectTimeout how long it may take to connect, with TLS and password
     * @param retryAfter     how long after Redis was found to be away it is tried again
     * @param mostWaiting    how many requests of either use may be under way; what is more fails at once
     */
    public record Options(
            RedisUrl url, Duration timeout, Duration writeTimeout, Duration connectTimeout, Duration retryAfter,
            int mostWaiting) {

        /** The standard options but for a time-out of reads; writes may take ten times as long. */
        public static Options standard(RedisUrl url, Duration timeout) {
            return new Options(
                    url, timeout, timeout.multipliedBy(10), Duration.ofSeconds(2), Duration.ofSeconds(2), 4_096);
        }
    }

    /**
     * A client that is not connected yet.
     *
     * @param health is told when Redis begins to fail and when it works again
     */
    public RedisClient(Vertx vertx, Options options, PartHealth health) {
        this.vertx = vertx;
        this.home = vertx.getOrCreateContext();
        this.options = options;
        this.url = options.url();
        boolean together = !isCluster();
        this.reads = new RedisLane(
                vertx, home, "redis-reads", () -> Redis.createClient(vertx, connecting(options)), together, options,
                options.timeout(), () -> Request.cmd(Command.EXISTS, PROBE), this::explain,
                () -> health.worked("read"), fault -> health.failed("read", fault));
        this.writes = new RedisLane(
                vertx, home, "redis-writes", () -> Redis.createClient(vertx, connecting(options)), together, options,
                options.writeTimeout(), () -> Request.cmd(Command.SET, PROBE, "1", "PX", PROBE_MILLIS), this::explain,
                () -> health.worked("write"), fault -> health.failed("write", fault));
    }

    /** Sends a request; its answer, which may be null, or a {@link RedisException}. */
    public Future<Response> send(Use use, Request request) {
        return lane(use).ask(List.of(request)).map(answers -> answers.get(0));
    }

    /**
     * Sends requests in one round trip.
     *
     * @return their answers in the same order, some of which may be null; a {@link RedisException} if one of them fails
     */
    public Future<List<Response>> batch(Use use, List<Request> requests) {
        return lane(use).ask(requests);
    }

    /**
     * Hears what is published to a channel, over a connection of its own.
     *
     * @param handler takes the messages, on the context on which this client was made
     * @return completes after the first attempt to connect
     */
    public Future<Subscription> listen(String channel, Consumer<String> handler) {
        AtomicInteger attempts = new AtomicInteger();
        return Subscription.open(vertx, channel, options.retryAfter(), lost -> {
            Promise<Supplier<Future<Void>>> opened = Promise.promise();
            home.runOnContext(run -> subscribe(channel, handler, lost, attempts.getAndIncrement()).onComplete(opened));
            return opened.future();
        }).compose(heard -> {
            subscriptions.add(heard);
            return closed ? heard.close().map(heard) : Future.succeededFuture(heard);
        });
    }

    private Future<Supplier<Future<Void>>> subscribe(
            String channel, Consumer<String> handler, Runnable lost, int attempt) {
        Redis client = Redis.createClient(vertx, listening(attempt));
        return client.connect()
                .timeout(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .compose(live -> {
                    live.exceptionHandler(broken -> lost.run());
                    live.endHandler(ended -> lost.run());
                    live.handler(heard -> {
                        if (heard.size() == 3 && "message".equals(heard.get(0).toString())) {
                            handler.accept(heard.get(2).toString());
                        }
                    });
                    return live.send(Request.cmd(Command.SUBSCRIBE, channel))
                            .timeout(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
                })
                .onFailure(failure -> client.close())
                .map(subscribed -> client::close);
    }

    /** In a cluster every node has all messages; one after the other is tried. */
    private RedisOptions listening(int attempt) {
        RedisOptions listening = connecting(options);
        return isCluster()
                ? listening.setType(RedisClientType.STANDALONE)
                        .setEndpoints(List.of(url.servers().get(attempt % url.servers().size())))
                : listening;
    }

    /** The time of Redis' clock, in milliseconds since 1970-01-01T00:00Z. */
    public Future<Long> serverMillis() {
        return send(Use.READ, Request.cmd(Command.TIME))
                .map(time -> time.get(0).toLong() * 1_000 + time.get(1).toLong() / 1_000);
    }

    /** Connects and sees whether Redis can be read and written; fails with a {@link RedisException} where not. */
    public Future<Void> check() {
        return Future.join(
                        reads.askPatiently(List.of(Request.cmd(Command.EXISTS, PROBE))),
                        writes.askPatiently(List.of(Request.cmd(Command.SET, PROBE, "1", "PX", PROBE_MILLIS))))
                .mapEmpty();
    }

    /** Whether it is a cluster, whose servers each hold a part: a script may only use names of one of them. */
    public boolean isCluster() {
        return url.form() == RedisUrl.Form.CLUSTER;
    }

    private RedisLane lane(Use use) {
        return use == Use.READ ? reads : writes;
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Closes the connections, those of subscriptions too; what is under way fails. */
    public Future<Void> close() {
        closed = true;
        return Future.join(subscriptions.stream().map(Subscription::close).toList())
                .eventually(reads::close)
                .eventually(writes::close)
                .mapEmpty();
    }

    /** A failure in one line, without the password, which a server may repeat when it refuses a command. */
    private RedisException explain(Throwable failure) {
        if (failure instanceof RedisException known) {
            return known;
        }
        String text = failure.getMessage() == null || failure.getMessage().isBlank()
                ? failure.getClass().getSimpleName() : failure.getMessage();
        String line = String.join(" ", text.lines().map(String::strip).toList());
        String password = url.password().map(Secret::reveal).orElse("");
        String shown = password.isEmpty() ? line : line.replace(password, Secret.MASK);
        return new RedisException(shown.endsWith(".") ? shown : shown + ".", false);
    }

    private RedisOptions connecting(Options options) {
        NetClientOptions network = new NetClientOptions()
                .setConnectTimeout((int) options.connectTimeout().toMillis())
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setHostnameVerificationAlgorithm("HTTPS");
        url.authority().ifPresent(file -> network.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
        RedisOptions connecting = new RedisOptions()
                .setType(switch (url.form()) {
                    case SINGLE -> RedisClientType.STANDALONE;
                    case CLUSTER -> RedisClientType.CLUSTER;
                    case SENTINEL -> RedisClientType.SENTINEL;
                })
                .setNetClientOptions(network)
                .setEndpoints(url.servers())
                .setMasterName(url.master())
                // Its answers have the same form on every version of Redis.
                .setPreferredProtocolVersion(ProtocolVersion.RESP2)
                .setMaxWaitingHandlers(options.mostWaiting());
        // Not within the endpoints: those stand in the client's messages.
        url.user().ifPresent(connecting::setUser);
        url.password().ifPresent(password -> connecting.setPassword(password.reveal()));
        return connecting;
    }
}

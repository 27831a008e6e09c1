package systems.supported.rentcache.storage;

import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One pipelined connection to Redis with a circuit breaker before it.
 *
 * <p>The connection is made by the first request, and made anew by the next one after it was lost. A client of Vert.x
 * is made with each connection and closed with it: the client's own way of closing a connection puts it back into its
 * pool, also one that hangs. Whenever the breaker opens, the connection goes too, and with it whatever is wrong with
 * it, such as leading to a server that is no master any more.
 *
 * <p>While the breaker is open, which it is after a refusal, a lost connection or {@value #FAILURES} slow answers in a
 * row, requests fail at once. It tries again by itself, with a request of its own, so that no one has to wait to find
 * out that Redis is still away, and an idle process notices that it is back.
 *
 * <p>Thread-safe; the connection's state is confined to {@code home}, futures complete on the caller's context.
 */
final class RedisLane {
    /** Slow answers in a row after which requests fail at once. */
    private static final int FAILURES = 3;

    private final Vertx vertx;
    private final Context home;
    private final Supplier<Redis> clients;
    private final boolean together;
    private final RedisClient.Options options;
    private final Duration timeout;
    private final Function<Throwable, RedisException> explanation;
    private final Runnable worked;
    private final Consumer<String> failed;
    private final CircuitBreaker breaker;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger slowInARow = new AtomicInteger();

    private Redis client;
    private Future<RedisConnection> connection;
    private volatile boolean closed;

    /**
     * A lane that is not connected yet.
     *
     * @param home        the event loop of the connection
     * @param clients     makes a client of Vert.x, on {@code home}
     * @param together    whether several requests may go in one piece; a cluster's nodes each take their own
     * @param timeout     how long a request may take
     * @param probe       a request by which it can be seen whether Redis does again what this lane asks of it
     * @param explanation says of a failure what may be shown of it
     * @param worked      run when Redis has answered, on any thread
     * @param failed      told what is wrong while Redis does not answer, on any thread
     */
    RedisLane(
            Vertx vertx, Context home, String name, Supplier<Redis> clients, boolean together,
            RedisClient.Options options, Duration timeout, Supplier<Request> probe,
            Function<Throwable, RedisException> explanation, Runnable worked, Consumer<String> failed) {
        this.vertx = vertx;
        this.home = home;
        this.clients = clients;
        this.together = together;
        this.options = options;
        this.timeout = timeout;
        this.explanation = explanation;
        this.worked = worked;
        this.failed = failed;
        this.breaker = CircuitBreaker.create(name, vertx, new CircuitBreakerOptions()
                .setMaxFailures(FAILURES)
                .setTimeout(-1)
                .setResetTimeout(options.retryAfter().toMillis())
                .setNotificationPeriod(0));
        breaker.openHandler(opened -> home.runOnContext(run -> drop(client)));
        breaker.halfOpenHandler(trying -> attempt(List.of(probe.get()), options.connectTimeout()));
    }

    /** Sends requests in one go; their answers in the same order, or a {@link RedisException} if one of them fails. */
    Future<List<Response>> ask(List<Request> requests) {
        return ask(requests, timeout);
    }

    /** The same with a time-out that allows for connecting. */
    Future<List<Response>> askPatiently(List<Request> requests) {
        return ask(requests, options.connectTimeout());
    }

    private Future<List<Response>> ask(List<Request> requests, Duration within) {
        if (waiting.addAndGet(requests.size()) > options.mostWaiting()) {
            waiting.addAndGet(-requests.size());
            return Future.failedFuture(new RedisException("too many requests wait for Redis.", false));
        }
        return attempt(requests, within).onComplete(done -> waiting.addAndGet(-requests.size()));
    }

    private Future<List<Response>> attempt(List<Request> requests, Duration within) {
        Future<List<Response>> answer = breaker.execute(() -> exchange(requests, within));
        return answer.recover(failure -> Future.failedFuture(
                failure instanceof RedisException ? failure : new RedisException("Redis is away.", false)));
    }

    private Future<List<Response>> exchange(List<Request> requests, Duration within) {
        Promise<List<Response>> answer = Promise.promise();
        long timer = vertx.setTimer(within.toMillis(), late -> answer.tryFail(
                new RedisException("no answer within " + within.toMillis() + " ms.", true)));
        home.runOnContext(run -> {
            // What was given up before it could be sent need not be sent.
            if (!answer.future().isComplete()) {
                connected().compose(live -> send(live, requests)).onComplete(
                        answer::tryComplete, failure -> answer.tryFail(explanation.apply(failure)));
            }
        });
        return answer.future().onComplete(done -> {
            vertx.cancelTimer(timer);
            note(done.cause());
        });
    }

    private Future<List<Response>> send(RedisConnection live, List<Request> requests) {
        if (requests.size() == 1) {
            return live.send(requests.get(0)).map(Collections::singletonList);
        }
        return together ? live.batch(requests) : Future.all(requests.stream().map(live::send).toList())
                .map(done -> done.<Response>list());
    }

    private Future<RedisConnection> connected() {
        if (closed) {
            return Future.failedFuture(new RedisException("The connection to Redis was closed.", false));
        }
        if (connection == null) {
            Redis made;
            try {
                made = clients.get();
            } catch (RuntimeException unusable) {
                return Future.failedFuture(unusable);
            }
            client = made;
            connection = made.connect()
                    .timeout(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .recover(failure -> Future.failedFuture(failure instanceof TimeoutException
                            ? new RedisException(
                                    "no connection within " + options.connectTimeout().toMillis() + " ms.", false)
                            : failure))
                    .onSuccess(live -> live
                            .exceptionHandler(broken -> drop(made))
                            .endHandler(ended -> drop(made)))
                    .onFailure(failure -> drop(made));
        }
        return connection;
    }

    private void drop(Redis dead) {
        if (dead != null && client == dead) {
            client = null;
            connection = null;
            dead.close();
        }
    }

    /**
     * Judges Redis by what came of a request. Lone slow answers say little, and a request fails for it alone; a refusal
     * or a lost connection says that the next request will fare no better.
     */
    private void note(Throwable failure) {
        if (closed) {
            return;
        }
        if (failure == null) {
            slowInARow.set(0);
            worked.run();
            return;
        }
        boolean slow = failure instanceof RedisException known && known.isSlow();
        if (!slow || slowInARow.incrementAndGet() >= FAILURES) {
            failed.accept(failure.getMessage());
            if (breaker.state() == CircuitBreakerState.CLOSED) {
                breaker.open();
            }
        }
    }

    /** Closes the connection; what is under way fails. */
    Future<Void> close() {
        closed = true;
        breaker.close();
        Promise<Void> done = Promise.promise();
        home.runOnContext(run -> {
            drop(client);
            done.complete();
        });
        return done.future();
    }
}

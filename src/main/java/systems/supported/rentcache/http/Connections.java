package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import systems.supported.rentcache.peer.PeerAddress;
import systems.supported.rentcache.peer.TrustedProxies;

/**
 * The connections of one event loop, with what is known of each.
 *
 * <p>The server has no idle time-out of its own: that would take a consumer that waits for its answer, or is slow in
 * taking it, for one that is gone, and is content with a byte now and then. In its place a connection is closed that
 * brought no whole request for so long and is owed no answer, and one is cut off whose consumer took nothing for so long
 * of what is ready for it ({@link Outflow}). Time is counted in ticks of a second, so that a request costs no look at the
 * clock.
 *
 * <p>Confined to one event loop.
 */
final class Connections {
    private static final long TICK_MILLIS = 1_000;

    private final Map<HttpConnection, ConnectionState> states = new IdentityHashMap<>();
    private final Vertx vertx;
    private final TrustedProxies proxies;
    private final OpenConnections open;
    private final long patienceTicks;
    private long tick;
    private boolean draining;

    Connections(Vertx vertx, Duration idleTimeout, TrustedProxies proxies, OpenConnections open) {
        this.vertx = vertx;
        this.proxies = proxies;
        this.open = open;
        this.patienceTicks = Math.max(1, idleTimeout.toMillis() / TICK_MILLIS);
        vertx.setPeriodic(TICK_MILLIS, timer -> closeIdle());
    }

    void opened(HttpConnection connection) {
        ConnectionState state = state(connection, EncodedAnswers.of(connection));
        if (!open.opened(state.peer())) {
            state.cutOff();
            return;
        }
        states.put(connection, state);
        connection.closeHandler(closed -> {
            states.remove(connection);
            open.closed(state.peer());
        });
    }

    private ConnectionState state(HttpConnection connection, EncodedAnswers encodedAnswers) {
        return new ConnectionState(
                tick, Outflow.of(connection), encodedAnswers, proxies, connection.remoteAddress());
    }

    /** The state of a request's connection, which has just brought the request. */
    ConnectionState of(HttpServerRequest request) {
        ConnectionState state = known(request.connection());
        state.asked(request.response(), tick);
        if (draining) {
            state.answerLast();
        }
        return state;
    }

    /** The address of the consumer that a request comes from. */
    PeerAddress consumer(HttpServerRequest request) {
        return known(request.connection()).consumer(request);
    }

    private ConnectionState known(HttpConnection connection) {
        ConnectionState state = states.get(connection);
        return state == null ? state(connection, null) : state;
    }

    /**
     * Makes each answer the last on its connection (RFC 9112 §9.6), and in the end closes what never asked anything, and
     * would only be waited for. Who asks meanwhile is answered: a connection that is closed while a request is on its
     * way loses it.
     *
     * @param time how long that lasts
     */
    Future<Void> drain(Duration time) {
        draining = true;
        states.values().forEach(ConnectionState::answerLast);
        Future<?> drained = time.isZero() ? Future.succeededFuture() : vertx.timer(time.toMillis());
        return drained.<Void>mapEmpty().onSuccess(over -> closeUnused());
    }

    private void closeUnused() {
        List<HttpConnection> unused = new ArrayList<>();
        states.forEach((connection, state) -> {
            if (state.isUnused()) {
                unused.add(connection);
            }
        });
        unused.forEach(HttpConnection::close);
    }

    private void closeIdle() {
        tick++;
        List<HttpConnection> idle = new ArrayList<>();
        List<ConnectionState> stuck = new ArrayList<>();
        states.forEach((connection, state) -> {
            if (state.lastTaken(tick) < tick - patienceTicks) {
                stuck.add(state);
            } else if (state.lastActive(tick) < tick - patienceTicks) {
                idle.add(connection);
            }
        });
        idle.forEach(HttpConnection::close);
        stuck.forEach(ConnectionState::cutOff);
    }
}

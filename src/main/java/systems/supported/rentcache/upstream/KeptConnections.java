package systems.supported.rentcache.upstream;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.util.HashSet;
import java.util.Set;

/**
 * Bounds how many HTTP/1.1 connections stay open when no call needs them. The pool has no such bound, and closing a
 * connection that it takes for free would race with its next call. So it is settled when a call is sent: where more
 * connections are open than are to be kept, the call is the last on its connection and says so to the upstream
 * ({@code Connection: close}, RFC 9112 §9.6).
 *
 * <p>An HTTP/2 connection carries many calls at once; there is one of it, which is kept. Confined to one event loop.
 */
final class KeptConnections {
    private final int most;
    private final Set<HttpConnection> kept = new HashSet<>();

    /** None yet; {@code most} may be 0. */
    KeptConnections(int most) {
        this.most = most;
    }

    /** A connection was opened. */
    void opened(HttpConnection connection) {
        kept.add(connection);
        connection.closeHandler(closed -> kept.remove(connection));
    }

    /** Whether a call that is about to be sent is to be the last on its connection. */
    boolean isLast(HttpClientRequest call) {
        return call.version() != HttpVersion.HTTP_2 && kept.size() > most && kept.remove(call.connection());
    }
}

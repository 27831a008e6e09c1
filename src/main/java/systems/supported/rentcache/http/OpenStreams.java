package systems.supported.rentcache.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.auth.Authentication;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.Permission;

/**
 * The streams of server-sent events (WHATWG HTML §9.2) of one event loop: looks once a second whether their keys are
 * still an administrator's, and ends them all when the server stops. Confined to its event loop.
 */
final class OpenStreams {
    private static final long TICK_MILLIS = 1_000;

    private final Authenticator authenticator;
    private final Set<LiveStream> streams = new HashSet<>();
    private boolean closed;

    OpenStreams(Vertx vertx, Authenticator authenticator) {
        this.authenticator = authenticator;
        vertx.setPeriodic(TICK_MILLIS, timer -> List.copyOf(streams).forEach(this::look));
    }

    /** Whether none is let in any more. */
    boolean isClosed() {
        return closed;
    }

    /** What who is not let in is told. */
    static RefusedCall full() {
        return RefusedCall.unavailable("As many streams as LIVE_STREAMS allows are open. Try again later.");
    }

    /**
     * Begins to answer a request by a stream.
     *
     * @param onEnd run once, when it ends for whatever reason
     */
    void begin(RoutingContext request, LiveStream stream, Runnable onEnd) {
        streams.add(stream);
        request.response().exceptionHandler(lost -> stream.end());
        request.response().closeHandler(gone -> stream.end());
        request.response().setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // A proxy in between that gathers what it passes on would make of each event a late one.
                .putHeader("X-Accel-Buffering", "no");
        stream.begin(() -> {
            onEnd.run();
            streams.remove(stream);
        });
    }

    private void look(LiveStream stream) {
        stream.tick();
        authenticator.verify(stream.presented(), stream.from()).onSuccess(authentication -> {
            boolean away = authentication instanceof Authentication.Unavailable
                    || authentication instanceof Authentication.Throttled;
            boolean administers = authentication instanceof Authentication.Accepted accepted
                    && accepted.caller().key().may(Permission.ADMIN);
            if (!away && !administers) {
                stream.end();
            }
        });
    }

    /** Ends all streams, and lets none in any more. */
    void close() {
        closed = true;
        List.copyOf(streams).forEach(LiveStream::end);
    }
}

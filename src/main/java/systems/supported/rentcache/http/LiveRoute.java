package systems.supported.rentcache.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.auth.Authentication;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.live.LiveFeed;

/**
 * The streams of server-sent events (WHATWG HTML §9.2) of one event loop: opens them, looks once a second whether their
 * keys are still an administrator's, and ends them all when the server stops. Confined to its event loop.
 */
final class LiveRoute {
    /** The operation's id in the contract. */
    static final String OPERATION = "live";
    private static final long TICK_MILLIS = 1_000;
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final Vertx vertx;
    private final ServingParts parts;
    private final Connections connections;
    private final Set<LiveStream> streams = new HashSet<>();
    private boolean closed;

    LiveRoute(Vertx vertx, ServingParts parts, Connections connections) {
        this.connections = connections;
        this.vertx = vertx;
        this.parts = parts;
        vertx.setPeriodic(TICK_MILLIS, timer -> List.copyOf(streams).forEach(this::look));
    }

    void handle(RoutingContext request) {
        Set<String> names = names(request.queryParams().get("events"));
        Context here = vertx.getOrCreateContext();
        LiveStream stream = new LiveStream(
                request.response(), ProxyHandler.presented(request.request()),
                connections.consumer(request.request()), parts.metrics());
        LiveFeed.Opened opened = closed ? null : parts.live().open(
                request.request().headers().get(LAST_EVENT_ID), names,
                frame -> here.runOnContext(hear -> stream.offer(frame)));
        if (opened == null) {
            throw RefusedCall.unavailable("As many streams as LIVE_STREAMS allows are open. Try again later.");
        }
        streams.add(stream);
        request.response().exceptionHandler(lost -> stream.end());
        request.response().closeHandler(gone -> stream.end());
        request.response().setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // A proxy in between that gathers what it passes on would make of each event a late one.
                .putHeader("X-Accel-Buffering", "no");
        stream.begin(opened.missed(), () -> {
            opened.close().run();
            streams.remove(stream);
        });
        if (names.contains(LiveFeed.NOW)) {
            parts.live().now().onSuccess(stream::offer);
        }
    }

    /** The names that are asked for; all where none is. */
    private static Set<String> names(String given) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : given == null ? new String[0] : given.split(",")) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        if (!LiveFeed.NAMES.containsAll(names)) {
            throw RefusedCall.invalid("events", given, String.join(", ", LiveFeed.NAMES) + "; with commas");
        }
        return names.isEmpty() ? LiveFeed.NAMES : names;
    }

    private void look(LiveStream stream) {
        stream.tick();
        parts.authenticator().verify(stream.presented(), stream.from()).onSuccess(authentication -> {
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

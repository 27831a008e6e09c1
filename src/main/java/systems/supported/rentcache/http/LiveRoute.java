package systems.supported.rentcache.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashSet;
import java.util.Set;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.live.Frame;
import systems.supported.rentcache.live.LiveFeed;

/** Opens streams of the figures and events of this moment, on one event loop. Confined to it. */
final class LiveRoute {
    /** The operation's id in the contract. */
    static final String OPERATION = "live";
    static final String LAST_EVENT_ID = "Last-Event-ID";

    private final Vertx vertx;
    private final ServingParts parts;
    private final OpenStreams streams;
    private final Connections connections;

    LiveRoute(Vertx vertx, ServingParts parts, OpenStreams streams, Connections connections) {
        this.connections = connections;
        this.vertx = vertx;
        this.parts = parts;
        this.streams = streams;
    }

    void handle(RoutingContext request) {
        Set<String> names = names(request.queryParams().get("events"));
        Context here = vertx.getOrCreateContext();
        LiveStream stream = new LiveStream(
                request.response(), ProxyHandler.presented(request.request()),
                connections.consumer(request.request()), parts.metrics(), "live-stream");
        LiveFeed.Opened opened = streams.isClosed() ? null : parts.live().open(
                request.request().headers().get(LAST_EVENT_ID), names,
                frame -> here.runOnContext(hear -> stream.offer(frame)));
        if (opened == null) {
            throw OpenStreams.full();
        }
        streams.begin(request, stream, opened.close());
        stream.send(opened.missed().stream().map(Frame::text).toList());
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
}

package systems.supported.rentcache.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.ParsableMIMEValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.KeptEvents;
import systems.supported.rentcache.outbox.EventPage;
import systems.supported.rentcache.outbox.Following;
import systems.supported.rentcache.outbox.KeptEvent;
import systems.supported.rentcache.outbox.OutboxReader;

/**
 * Opens streams of the events that are kept, on one event loop. A stream reads them from the database as its reader takes
 * them, so one who is slow costs a page of memory and is told everything; one who stops taking is cut off. Confined to
 * the event loop.
 */
final class EventsRoute {
    /** The operation's id in the contract. */
    static final String OPERATION = "events";
    private static final String STREAM = "text/event-stream";
    private static final int PAGE = 200;

    private final Vertx vertx;
    private final ServingParts parts;
    private final OpenStreams streams;
    private final Connections connections;

    EventsRoute(Vertx vertx, ServingParts parts, OpenStreams streams, Connections connections) {
        this.vertx = vertx;
        this.parts = parts;
        this.streams = streams;
        this.connections = connections;
    }

    /** Whether a request would rather have a stream than a page. */
    static boolean wantsStream(RoutingContext request) {
        List<MIMEHeader> offers = List.of(new ParsableMIMEValue(STREAM), new ParsableMIMEValue(Document.JSON));
        MIMEHeader best = request.parsedHeaders().findBestUserAcceptedIn(request.parsedHeaders().accept(), offers);
        return best == null || best == offers.get(0);
    }

    void handle(RoutingContext request) {
        KeptEvents.requireKept(parts.kept());
        Set<String> names = KeptEvents.names(request.queryParams().get("types"));
        if (streams.isClosed() || !parts.streamPlaces().take()) {
            throw OpenStreams.full();
        }
        LiveStream stream = new LiveStream(
                request.response(), ProxyHandler.presented(request.request()),
                connections.consumer(request.request()), parts.metrics(), "event-stream");
        Reading reading = new Reading(vertx.getOrCreateContext(), stream, limit(request));
        Following[] following = new Following[1];
        streams.begin(request, stream, () -> {
            parts.streamPlaces().giveBack();
            if (following[0] != null) {
                following[0].close();
            }
        });
        following[0] = parts.kept().follow(after(request), names, Math.min(PAGE, reading.left), reading::take);
        if (stream.isEnded()) {
            following[0].close();
        }
    }

    private static int limit(RoutingContext request) {
        String given = request.queryParams().get("limit");
        return given == null ? Integer.MAX_VALUE : Integer.parseInt(given);
    }

    private static String after(RoutingContext request) {
        String last = request.request().headers().get(LiveRoute.LAST_EVENT_ID);
        String given = last == null || last.isEmpty() ? request.queryParams().get("after") : last;
        return given == null ? OutboxReader.NOW : given;
    }

    /** A stream being filled from the pages that are read for it. */
    private static final class Reading {
        private final Context context;
        private final LiveStream stream;
        private int left;

        private Reading(Context context, LiveStream stream, int left) {
            this.context = context;
            this.stream = stream;
            this.left = left;
        }

        /** Comes on any thread, one page after another. */
        private Future<Void> take(EventPage page) {
            Promise<Void> taken = Promise.promise();
            context.runOnContext(here -> send(page).onComplete(taken));
            return taken.future();
        }

        private Future<Void> send(EventPage page) {
            List<String> texts = new ArrayList<>();
            for (KeptEvent event : page.events()) {
                if (left > 0) {
                    left -= event.isReset() ? 0 : 1;
                    texts.add("id: " + event.cursor() + "\nevent: " + event.name() + "\ndata: " + event.json() + "\n\n");
                }
            }
            if (left > 0) {
                // An id alone is no event, but the reader goes on from it: others were passed on the way there.
                texts.add("id: " + page.next() + "\n\n");
            }
            Future<Void> sent = stream.send(texts);
            return left > 0 ? sent : sent.onSuccess(all -> stream.end());
        }
    }
}

package systems.supported.rentcache.events;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An event that happened, on its way to who wants to hear of it. It is told on the event bus once, and becomes JSON when
 * it is first told or kept, for which no answer waits where an outbox keeps it. Thread-safe.
 */
public final class EventMessage {
    private final Event event;
    private final String node;
    private final Instant at;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile String cursor;
    private JsonObject body;

    private EventMessage(Event event, String node, Instant at) {
        this.event = event;
        this.node = node;
        this.at = at;
    }

    /**
     * A message that was not told yet.
     *
     * @param node the name of the node that tells it
     * @param at   when it happened
     */
    public static EventMessage of(Event event, String node, Instant at) {
        return new EventMessage(event, node, at);
    }

    /** The event's name. */
    public String name() {
        return Event.name(event.address());
    }

    /** When it happened. */
    public Instant at() {
        return at;
    }

    /** The event, without a cursor as long as it was not told; not to be changed. */
    public synchronized JsonObject body() {
        if (body == null) {
            body = event.toJson(node, at);
        }
        return body;
    }

    /** Its place in the outbox; null where it has none. */
    public String cursor() {
        return cursor;
    }

    /** Gives it a place in the outbox, or takes that away by null. */
    public void place(String given) {
        cursor = given;
    }

    /** Tells it on the event bus, with its cursor where it has one, unless that was done before. */
    public void tell(Vertx vertx) {
        tell(vertx, cursor);
    }

    /** The same without its cursor, which is not for certain. */
    public void tellUnplaced(Vertx vertx) {
        tell(vertx, null);
    }

    private void tell(Vertx vertx, String place) {
        if (told.compareAndSet(false, true)) {
            vertx.eventBus().publish(event.address(), place == null ? body() : body().put("cursor", place));
        }
    }
}

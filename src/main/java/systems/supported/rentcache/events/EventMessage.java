package systems.supported.rentcache.events;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/** An event that happened, on its way to who wants to hear of it. It is told on the event bus once. Thread-safe. */
public final class EventMessage {
    private final String address;
    private final Instant at;
    private final JsonObject body;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile String cursor;

    private EventMessage(String address, Instant at, JsonObject body) {
        this.address = address;
        this.at = at;
        this.body = body;
    }

    /**
     * A message that was not told yet.
     *
     * @param node the name of the node that tells it
     * @param at   when it happened
     */
    public static EventMessage of(Event event, String node, Instant at) {
        return new EventMessage(event.address(), at, event.toJson(node, at));
    }

    /** The event's name. */
    public String name() {
        return Event.name(address);
    }

    /** When it happened. */
    public Instant at() {
        return at;
    }

    /** The event, without a cursor as long as it was not told; not to be changed. */
    public JsonObject body() {
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
            vertx.eventBus().publish(address, place == null ? body : body.put("cursor", place));
        }
    }
}

package systems.supported.rentcache.webhooks;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import systems.supported.rentcache.outbox.EventPage;
import systems.supported.rentcache.outbox.KeptEvent;

/**
 * Events that are delivered together. Pure.
 *
 * @param events each with its name, in order
 * @param cursor behind the last of them
 * @param oldest when the first of them happened
 */
record Batch(JsonArray events, String cursor, Instant oldest) {
    /** How many events are in one at most. */
    static final int MOST_EVENTS = 100;
    /** About how many bytes of events are in one at most, where it is not one event alone. */
    static final int MOST_BYTES = 256 << 10;

    /** As many of a page's events as one holds; the page has some. */
    static Batch of(EventPage page) {
        JsonArray events = new JsonArray();
        long bytes = 0;
        for (KeptEvent event : page.events()) {
            bytes += event.json().length();
            if (!events.isEmpty() && (events.size() == MOST_EVENTS || bytes > MOST_BYTES)) {
                break;
            }
            events.add(new JsonObject().put("name", event.name()).put("event", new JsonObject(event.json())));
        }
        boolean whole = events.size() == page.events().size();
        Instant oldest = Instant.parse(events.getJsonObject(0).getJsonObject("event").getString("at"));
        return new Batch(events, whole ? page.next() : page.events().get(events.size() - 1).cursor(), oldest);
    }
}

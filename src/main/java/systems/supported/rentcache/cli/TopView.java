package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What {@code rentcache top} shows.
 *
 * @param now    the figures, as the admin API's {@code Now} has them; null before the first came
 * @param events the last events, the latest first
 * @param trouble why nothing comes; empty where it does
 * @param paused whether the picture stands still
 * @param help   whether what the keys do is shown in place of the events
 */
record TopView(JsonObject now, List<Event> events, String trouble, boolean paused, boolean help) {
    /** An event by its name, as the live stream brings it. */
    record Event(String name, JsonObject data) {
    }
}

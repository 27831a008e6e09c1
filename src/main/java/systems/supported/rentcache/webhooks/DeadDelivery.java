package systems.supported.rentcache.webhooks;

import io.vertx.core.json.JsonArray;
import java.time.Instant;

/**
 * Events that were given up.
 *
 * @param id     its number
 * @param at     when it was given up
 * @param tries  how often it was tried
 * @param fault  why the last try failed
 * @param events what was to be delivered
 * @param wanted whether it is to be tried once more
 */
public record DeadDelivery(long id, Instant at, int tries, String fault, JsonArray events, boolean wanted) {
}

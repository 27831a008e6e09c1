package systems.supported.rentcache.outbox;

import java.util.List;

/**
 * Events that follow a cursor, in order.
 *
 * @param events the events, of the names that were asked for; first a {@linkplain KeptEvent#isReset reset} where the
 *               cursor was of no use, and then what is kept follows
 * @param next   the cursor to go on with; it may have passed events of other names
 * @param more   whether there is more already
 */
public record EventPage(List<KeptEvent> events, String next, boolean more) {
}

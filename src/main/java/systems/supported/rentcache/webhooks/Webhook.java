package systems.supported.rentcache.webhooks;

import java.net.URI;
import java.time.Instant;
import java.util.Set;

/**
 * An address that events are sent to.
 *
 * @param id              its number
 * @param url             the address
 * @param events          the names of the events it wants
 * @param paused          whether nothing is sent for the time being
 * @param secret          which of its secrets signs
 * @param createdAt       when it was made
 * @param cursor          up to where events were delivered, or given up
 * @param delivered       how many events were delivered
 * @param failures        how many tries failed of what is delivered next
 * @param nextTryAt       when that is tried again
 * @param lastFault       why the last try failed; null where it did not
 * @param lastDeliveredAt when something was delivered last; null where nothing was
 */
public record Webhook(
        long id,
        URI url,
        Set<String> events,
        boolean paused,
        Generation secret,
        Instant createdAt,
        String cursor,
        long delivered,
        int failures,
        Instant nextTryAt,
        String lastFault,
        Instant lastDeliveredAt) {

    /**
     * Which of a webhook's secrets signs.
     *
     * @param number      from 1; grows by one with each new secret
     * @param formerUntil until when the one before signs as well
     */
    public record Generation(int number, Instant formerUntil) {
        /** Whether the one before signs as well. */
        public boolean withFormer(Instant now) {
            return number > 1 && now.isBefore(formerUntil);
        }
    }

    /** What an administrator says of a webhook. */
    public record Spec(URI url, Set<String> events, boolean paused) {
    }

    /** What an administrator said of it. */
    public Spec spec() {
        return new Spec(url, events, paused);
    }

    /** The same, with what is before a cursor delivered. */
    Webhook at(String newCursor) {
        return new Webhook(
                id, url, events, paused, secret, createdAt, newCursor, delivered, 0, Instant.EPOCH, null,
                lastDeliveredAt);
    }
}

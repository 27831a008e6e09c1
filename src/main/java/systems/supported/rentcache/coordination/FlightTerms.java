package systems.supported.rentcache.coordination;

import java.time.Duration;

/**
 * How long things take on flights. All are longer than nothing.
 *
 * @param lease        how long an owner that fell silent keeps the others waiting; renewed at a third of it
 * @param remembered   how long those who board are told of an outcome
 * @param patience     how long a passenger waits at most before it is told to board again
 * @param firstLook    how long after boarding a passenger first looks for an outcome whose message may be lost
 * @param longestLook  how long it waits between two looks at most; each time it is twice as long as before
 * @param storeTimeout how long the store may take to answer before flights are local
 * @param longest      how long a flight may be open; then its lease is no longer renewed
 */
public record FlightTerms(
        Duration lease, Duration remembered, Duration patience, Duration firstLook, Duration longestLook,
        Duration storeTimeout, Duration longest) {

    /** The standard terms, but for the passengers' patience. */
    public static FlightTerms standard(Duration patience) {
        return new FlightTerms(
                Duration.ofSeconds(3), Duration.ofSeconds(1), patience, Duration.ofMillis(100), Duration.ofMillis(800),
                Duration.ofSeconds(1), Duration.ofMinutes(2));
    }
}
